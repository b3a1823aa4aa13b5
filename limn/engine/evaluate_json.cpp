#include "limn/engine/evaluate.h"

namespace limn {
namespace {

template <typename Findings>
JsonArray array_of(const Findings& findings) {
  JsonArray array;
  for (const auto& finding : findings) array.push_back(to_json(finding));
  return array;
}

}  // namespace

Json to_json(const Evaluation& evaluation) {
  Json json = to_json(evaluation.report);
  JsonObject& object = json.as_object();
  object["seconds"] = rounded(evaluation.seconds);
  if (evaluation.verdict) {
    const PairedComparison& c = evaluation.verdict->comparison;
    object["blend_against_best_part"] = JsonObject{{"part", evaluation.verdict->best_part},
                                                   {"metric", evaluation.verdict->metric},
                                                   {"difference", rounded(c.difference)},
                                                   {"ci95", to_json(c.interval)},
                                                   {"p", rounded(c.p_value)}};
  }
  object["comparisons"] = array_of(evaluation.comparisons);
  object["groups"] = array_of(evaluation.groups);
  if (evaluation.ladder) object["ladder"] = to_json(*evaluation.ladder);
  if (evaluation.ratings) object["ratings"] = to_json(*evaluation.ratings);
  if (evaluation.left_out) object["left_out"] = to_json(*evaluation.left_out);
  return json;
}

}  // namespace limn
