#include "limn/feedback/simulate.h"

#include <algorithm>
#include <cmath>

#include "limn/core/check.h"

namespace limn {
namespace {

// rates[arm][segment].
std::vector<std::vector<double>> true_rates(const SimulationOptions& options, Random& random) {
  std::vector<std::vector<double>> rates(options.rates.size());
  for (std::size_t segment = 0; segment < options.segments; ++segment) {
    const double factor = std::exp(options.spread * random.normal());
    for (std::size_t arm = 0; arm < rates.size(); ++arm)
      rates[arm].push_back(std::min(1.0, options.rates[arm] * factor));
  }
  return rates;
}

// The guardrails' part: who is stopped, and who takes the present one's place.
void obey(const Learned& learned, std::size_t lists, SimulationReport& report) {
  for (std::size_t arm = 0; arm < report.arms.size(); ++arm) {
    SimulatedArm& one = report.arms[arm];
    one.posterior = learned.overall[arm];
    if (learned.stopped[arm] != 0 && one.stopped_at == 0) one.stopped_at = lists;
    const bool better = learned.verdicts[arm] == Verdict::better;
    if (better && one.posterior.mean() > learned.overall[report.present].mean()) {
      report.present = arm;
      one.promoted_at = lists;
    }
  }
}

}  // namespace

std::size_t next_learning(std::size_t lists) {
  return lists + std::max<std::size_t>(1, lists / 20);
}

SimulationReport simulate(const SimulationOptions& options) {
  LIMN_CHECK(!options.rates.empty() && options.segments > 0);
  Random random(options.seed);
  const auto rates = true_rates(options, random);
  SimulationReport report;
  report.lists = options.lists;
  report.best =
      static_cast<std::size_t>(std::ranges::max_element(options.rates) - options.rates.begin());
  for (const double rate : options.rates) report.arms.push_back({.rate = rate});

  ArmRecords records(rates.size(), std::vector<ArmRecord>(options.segments));
  Learned learned =
      learn(records, report.present, std::vector<std::uint8_t>(rates.size()), options.shares);
  std::size_t learn_at = 1;
  for (std::size_t list = 0; list < options.lists; ++list) {
    const std::size_t segment = random.below(options.segments);
    const std::size_t arm = pick(learned.shares[segment], random.uniform());
    ArmRecord& record = records[arm][segment];
    const bool satisfied = random.uniform() < rates[arm][segment];
    record.shown += 1;
    record.satisfied += satisfied ? 1 : 0;
    report.satisfied += satisfied ? 1 : 0;
    report.arms[arm].shown += 1;
    report.arms[arm].shown_late += list >= options.lists - options.lists / 5 ? 1 : 0;
    report.satisfied_best += rates[report.best][segment];
    for (const auto& of_arm : rates)
      report.satisfied_evenly += of_arm[segment] / static_cast<double>(rates.size());
    if (list + 1 < learn_at && list + 1 < options.lists) continue;
    learned = learn(records, report.present, std::move(learned.stopped), options.shares);
    obey(learned, list + 1, report);
    learn_at = next_learning(list + 1);
  }
  return report;
}

Json to_json(const SimulationReport& report) {
  JsonArray arms;
  for (const SimulatedArm& arm : report.arms) {
    arms.push_back(JsonObject{{"rate", rounded(arm.rate)},
                              {"shown", arm.shown},
                              {"shown_late", arm.shown_late},
                              {"stopped_at", arm.stopped_at},
                              {"promoted_at", arm.promoted_at},
                              {"estimate", rounded(arm.posterior.mean())}});
  }
  return JsonObject{{"lists", report.lists},
                    {"best", report.best},
                    {"present", report.present},
                    {"arms", std::move(arms)},
                    {"satisfied", rounded(report.satisfied)},
                    {"satisfied_evenly", rounded(report.satisfied_evenly)},
                    {"satisfied_best", rounded(report.satisfied_best)}};
}

}  // namespace limn
