// Experiments as JSON: the document in the store, and what `limn strategies --json` prints.
#include "limn/engine/experiment.h"
#include "limn/eval/intervals.h"

namespace limn {
namespace {

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::better: return "better";
    case Verdict::worse: return "worse";
    case Verdict::undecided: break;
  }
  return "undecided";
}

}  // namespace

// Shares are written whole, not rounded: lists are chosen by them.
Json to_json(const Experiment& experiment) {
  JsonArray arms;
  for (std::size_t arm = 0; arm < experiment.arms.size(); ++arm) {
    arms.push_back(
        JsonObject{{"name", experiment.arms[arm]}, {"stopped", experiment.stopped[arm] != 0}});
  }
  JsonObject shares;
  for (const auto& [segment, of_segment] : experiment.shares)
    shares[segment] = JsonArray(of_segment.begin(), of_segment.end());
  return JsonObject{{"name", experiment.name},
                    {"mode", mode_name(experiment.mode)},
                    {"arms", std::move(arms)},
                    {"shares", std::move(shares)},
                    {"learned_lists", experiment.learned_lists}};
}

Json to_json(const Findings& findings) {
  JsonArray arms;
  for (const ArmEstimate& arm : findings.arms) {
    arms.push_back(JsonObject{{"name", arm.name},
                              {"lists", arm.record.shown},
                              {"satisfied", arm.record.satisfied},
                              {"rate", rounded(arm.record.rate())},
                              {"ci95", to_json(Interval{arm.low, arm.high})},
                              {"verdict", verdict_name(arm.verdict)},
                              {"stopped", arm.stopped}});
  }
  JsonObject json{{"present", findings.present}, {"arms", std::move(arms)}};
  json["experiment"] = findings.experiment ? to_json(*findings.experiment) : Json();
  if (findings.interleaving) {
    json["interleaving"] = JsonObject{{"wins", findings.interleaving->wins},
                                      {"losses", findings.interleaving->losses},
                                      {"ties", findings.interleaving->ties},
                                      {"p", rounded(findings.interleaving->p_value)}};
  }
  return json;
}

}  // namespace limn
