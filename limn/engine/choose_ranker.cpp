// Each user's list is made once: the blend's best items, what the blend says of them, and what the
// ranker is told. From then on a weight is tried by a sum and a top ten.
#include "limn/engine/choose_ranker.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/core/stopwatch.h"
#include "limn/engine/din_ranker.h"
#include "limn/engine/tree_ranker.h"
#include "limn/recommend/middle_rank.h"

namespace limn {
namespace {

// What a ranker may weigh, beside parts whose weights sum to 1: a step is a factor of two, from
// what hardly moves a list to what leaves little of the blend.
constexpr std::array weight_grid{0.05F, 0.1F, 0.2F, 0.4F, 0.8F, 1.6F};

constexpr std::size_t fewest_lists = 20;  // to learn from: of fewer nothing is sure

// Epochs of DIN: at most so many, and so many more than the best.
constexpr std::size_t most_epochs = 30;
constexpr std::size_t patience = 6;

// (lists) (candidates): what a ranker says, standardized.
using Found = std::vector<std::vector<float>>;

// Left bare where none of the candidates was chosen later: no order of them is better than another.
struct RankedList {
  std::vector<float> blend;  // (candidates)
  std::vector<ItemIndex> candidates;
  History history;                     // of the user
  Matrix features;                     // (candidates, features); trees only
  std::vector<std::uint8_t> held_out;  // (candidates)
  std::size_t held_out_count = 0;      // candidates or not

  [[nodiscard]] bool bare() const { return blend.empty(); }
};

RankedList make_list(const Blend& blend, const ValidationUser& user, const ItemFacts& facts,
                     RankerKind kind) {
  std::vector<float> scores(blend.item_count());
  Matrix of_parts;
  const bool trees = kind == RankerKind::trees;
  static_cast<void>(blend.score_with_scales(user.query, scores, trees ? &of_parts : nullptr));
  const std::vector<std::uint8_t> used = used_items(user.query.history, scores.size());
  std::vector<ItemIndex> candidates = ranker_candidates(scores, used);
  RankedList list;
  list.history = user.query.history;
  list.held_out_count = user.held_out.size();
  const auto chosen_later = [&](ItemIndex item) {
    return std::ranges::find(user.held_out, item) != user.held_out.end();
  };
  if (std::ranges::none_of(candidates, chosen_later)) return list;
  if (trees) list.features = tree_features({user.query, candidates, of_parts, used}, facts);
  for (const ItemIndex item : candidates) {
    list.blend.push_back(scores[item]);
    list.held_out.push_back(chosen_later(item) ? 1 : 0);
  }
  list.candidates = std::move(candidates);
  return list;
}

// (users): those whom a ranker is for, in random order.
std::vector<std::size_t> drawn_users(std::span<const ValidationUser> users,
                                     const RankerChoice& choice) {
  std::vector<std::size_t> drawn;
  for (std::size_t user = 0; user < users.size(); ++user) {
    const bool known = std::ranges::any_of(
        users[user].query.history, [](const HistoryEntry& entry) { return entry.weight > 0; });
    if (known && !users[user].held_out.empty()) drawn.push_back(user);
  }
  Random random(choice.seed);
  random.shuffle(std::span(drawn));
  return drawn;
}

std::vector<RankedList> make_lists(const RankerTask& task, std::span<const std::size_t> users,
                                   RankerKind kind) {
  const Blend blend({task.parts.all().begin(), task.parts.all().end()}, task.weights);
  const ItemFacts facts = tree_facts(task.models);
  std::vector<RankedList> lists(users.size());
  constexpr std::size_t grain = 8;
  parallel_for(users.size(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      lists[i] = make_list(blend, task.users[users[i]], facts, kind);
    }
  });
  return lists;
}

Result<BoostedRanker> fit_trees(std::span<const RankedList> lists, const RankerChoice& choice) {
  std::vector<float> values;
  std::vector<float> labels;
  std::vector<std::int32_t> sizes;
  std::size_t columns = 0;
  for (const RankedList& list : lists) {
    if (list.bare()) continue;
    columns = list.features.cols();
    values.insert(values.end(), list.features.data(),
                  list.features.data() + list.features.rows() * columns);
    labels.insert(labels.end(), list.held_out.begin(), list.held_out.end());
    sizes.push_back(static_cast<std::int32_t>(list.blend.size()));
  }
  const Matrix features(labels.size(), columns, std::move(values));
  return BoostedRanker::fit(
      choice.lightgbm, {features, labels, sizes},
      {.top_k = static_cast<int>(choice.k), .seed = static_cast<std::uint32_t>(choice.seed)});
}

// NDCG@k of a list in the order of blend + weight * found.
double ndcg_of(const RankedList& list, std::span<const float> found, float weight, std::size_t k) {
  std::vector<float> scores = list.blend;
  for (std::size_t c = 0; c < scores.size(); ++c) scores[c] += weight * found[c];
  double gain = 0;
  double rank = 0;
  for (const Scored& scored : top_k(scores, k)) {
    if (list.held_out[scored.index] != 0) gain += discounted_gain(rank, k);
    rank += 1;
  }
  return gain / best_gain(list.held_out_count, k);
}

std::vector<double> ndcg_of_all(std::span<const RankedList> lists, const Found& found, float weight,
                                std::size_t k) {
  std::vector<double> values;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    values.push_back(ndcg_of(lists[i], found[i], weight, k));
  }
  return values;
}

// Fills in what the gate's users say of a ranker's scores (users; standardized).
void judge(std::span<const RankedList> lists, const Found& found, std::size_t k,
           RankerReport& report) {
  const std::vector<double> alone = ndcg_of_all(lists, found, 0, k);
  report.blend_ndcg = mean(alone);
  double best = report.blend_ndcg;
  for (const float weight : weight_grid) {
    const std::vector<double> with = ndcg_of_all(lists, found, weight, k);
    if (mean(with) <= best) continue;
    best = mean(with);
    std::vector<double> gains;
    for (std::size_t i = 0; i < with.size(); ++i) gains.push_back(with[i] - alone[i]);
    report.weight = weight;
    report.gain = mean(gains);
    report.interval = error_interval(gains, 2);
  }
  report.passed = report.interval.low > 0;
}

// What trees that learned from some lists say of others.
Result<Found> found_by_trees(std::span<const RankedList> learning, std::span<const RankedList> gate,
                             const RankerChoice& choice) {
  LIMN_TRY(const BoostedRanker trees, fit_trees(learning, choice));
  Found found;
  for (const RankedList& list : gate) {
    LIMN_TRY(const std::vector<float> scores, trees.score(list.features));
    found.push_back(standardized(scores));
  }
  return found;
}

Found found_by_din(const DinModel& model, std::span<const RankedList> lists) {
  Found found(lists.size());
  constexpr std::size_t grain = 8;
  parallel_for(lists.size(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      found[i] = standardized(din_scores(model, lists[i].history, lists[i].candidates));
    }
  });
  return found;
}

DinTeacher teacher_of(const RankerTask& task, std::span<const History> histories,
                      const RankerChoice& choice) {
  return {{.histories = histories,
           .dated = task.dated,
           .items = task.models.popularity.size(),
           .item_classes = task.models.item_classes},
          choice.seed};
}

Found nothing_found(std::span<const RankedList> lists) {
  Found found;
  for (const RankedList& list : lists) found.emplace_back(list.candidates.size());
  return found;
}

// Trains DIN until the lists say that it gets no better; the model that they liked best, of
// report.epochs, which are 0 where they liked none.
Result<DinModel> fit_din(const RankerTask& task, std::span<const RankedList> lists,
                         const RankerChoice& choice, RankerReport& report) {
  DinTeacher teacher = teacher_of(task, task.histories, choice);
  DinModel best = teacher.model();
  double most = 0;
  for (std::size_t epoch = 1; epoch <= most_epochs && epoch <= report.epochs + patience; ++epoch) {
    LIMN_TRY_VOID(teacher.run_epoch());
    RankerReport trial;
    judge(lists, found_by_din(teacher.model(), lists), choice.k, trial);
    if (trial.gain <= most) continue;
    most = trial.gain;
    report.epochs = epoch;
    best = teacher.model();
  }
  return best;
}

Result<DinModel> fit_din_again(const RankerTask& task, const RankerChoice& choice,
                               std::size_t epochs) {
  DinTeacher teacher = teacher_of(task, task.all_histories, choice);
  for (std::size_t epoch = 0; epoch < epochs; ++epoch) LIMN_TRY_VOID(teacher.run_epoch());
  return teacher.model();
}

}  // namespace

Result<ChosenRanker> choose_ranker(const RankerTask& task, const RankerChoice& choice) {
  ChosenRanker chosen;
  RankerReport& report = chosen.report;
  report.kind = choice.kind;
  if (choice.kind == RankerKind::none) return chosen;
  const Stopwatch watch;
  const std::vector<std::size_t> users = drawn_users(task.users, choice);
  const std::vector<RankedList> lists = make_lists(task, users, choice.kind);
  const auto learning = std::span(lists).first(lists.size() / 2);
  const auto gate = std::span(lists).subspan(learning.size());
  report.learning_users = learning.size();
  report.gate_users = gate.size();
  const auto telling = static_cast<std::size_t>(
      std::ranges::count_if(learning, [](const RankedList& list) { return !list.bare(); }));
  if (telling >= fewest_lists) {
    Found found;
    if (choice.kind == RankerKind::trees) {
      LIMN_TRY(found, found_by_trees(learning, gate, choice));
    } else {
      LIMN_TRY(const DinModel model, fit_din(task, learning, choice, report));
      found = report.epochs > 0 ? found_by_din(model, gate) : nothing_found(gate);
    }
    judge(gate, found, choice.k, report);
  }
  if (report.passed) {
    if (choice.kind == RankerKind::trees) {
      LIMN_TRY(const BoostedRanker trees, fit_trees(lists, choice));
      LIMN_TRY(chosen.model.trees, trees.model());
    } else {
      LIMN_TRY(chosen.model.din, fit_din_again(task, choice, report.epochs));
    }
    chosen.model.kind = choice.kind;
    chosen.model.weight = static_cast<float>(report.weight);
    chosen.model.parts = task.parts.names();
  }
  report.seconds = watch.seconds();
  return chosen;
}

JsonObject to_json(const RankerReport& report) {
  JsonObject json{{"kind", ranker_name(report.kind)},         {"passed", report.passed},
                  {"learning_users", report.learning_users},  {"gate_users", report.gate_users},
                  {"blend_ndcg", rounded(report.blend_ndcg)}, {"gain", rounded(report.gain)},
                  {"interval", to_json(report.interval)},     {"weight", rounded(report.weight)},
                  {"seconds", rounded(report.seconds)}};
  if (report.kind == RankerKind::din) json["epochs"] = report.epochs;
  return json;
}

}  // namespace limn
