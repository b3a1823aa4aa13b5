#include "limn/eval/protocol.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string_view>
#include <utility>

#include <sys/resource.h>

#include "limn/core/check.h"
#include "limn/core/class_shares.h"
#include "limn/core/parallel.h"
#include "limn/core/progress.h"
#include "limn/core/sorted.h"
#include "limn/core/stopwatch.h"
#include "limn/eval/lists.h"

namespace limn {
namespace {

// A user to rank for: what may not be shown and what should be found, each distinct and ascending.
struct TestUser {
  UserIndex user = 0;
  std::vector<ItemIndex> seen;      // in train or valid
  std::vector<ItemIndex> future;    // in test and not seen
  std::vector<ItemIndex> relevant;  // of these
};

TestUser make_test_user(const Split& split, UserIndex user, const Relevance& relevance) {
  TestUser result{.user = user};
  for (const UserHistories* part : {&split.train, &split.valid}) {
    for (const HistoryEntry& event : (*part)[user]) result.seen.push_back(event.item);
  }
  sort_unique(result.seen);
  for (const HistoryEntry& event : split.test[user]) {
    if (std::ranges::binary_search(result.seen, event.item)) continue;
    result.future.push_back(event.item);
    if (is_relevant(event, relevance)) result.relevant.push_back(event.item);
  }
  sort_unique(result.future);
  sort_unique(result.relevant);
  return result;
}

// Those with something to find; whoever has nothing relevant comes last. One moment for all leaves
// users whose whole story is future: they are not judged, since nothing of theirs could be learned
// from.
std::vector<TestUser> find_test_users(const Split& split, const Relevance& relevance) {
  const bool past_needed = cuts_at_one_moment(split.rule.kind);
  std::vector<TestUser> users;
  for (std::size_t user = 0; user < split.users(); ++user) {
    if (split.test[user].empty() || (past_needed && split.train[user].empty())) continue;
    users.push_back(make_test_user(split, static_cast<UserIndex>(user), relevance));
  }
  std::ranges::stable_partition(users, [](const TestUser& u) { return !u.relevant.empty(); });
  return users;
}

// In how many users' training events each item is.
std::vector<std::uint32_t> count_owners(const Split& split) {
  std::vector<std::uint32_t> owners(split.items, 0);
  std::vector<ItemIndex> items;
  for (const std::vector<HistoryEntry>& list : split.train) {
    items.clear();
    for (const HistoryEntry& event : list) items.push_back(event.item);
    sort_unique(items);
    for (const ItemIndex item : items) ++owners[item];
  }
  return owners;
}

// What is measured of one user at one k. The order is that of `user_metric_names`.
constexpr std::size_t user_metric_count = 11;
constexpr std::string_view user_metric_names[user_metric_count] = {
    "recall",  "precision", "ndcg",       "hit",         "mrr",        "map",
    "novelty", "diversity", "popularity", "calibration", "serendipity"};

std::vector<ItemIndex> order_by_popularity(const std::vector<std::uint32_t>& owners) {
  std::vector<ItemIndex> order(owners.size());
  std::iota(order.begin(), order.end(), ItemIndex{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](ItemIndex i) { return owners[i]; });
  return order;
}

// What every recommender is measured on.
struct Task {
  const Split& split;
  const EvaluateOptions& options;
  std::size_t max_k = 0;
  std::vector<TestUser> users;
  std::size_t ranked = 0;  // the first so many of `users` have a relevant item
  std::vector<std::uint32_t> owners;
  std::vector<ItemIndex> by_popularity;      // all items, the most owned first
  std::vector<std::vector<double>> targets;  // (ranked users) classes of what each liked before
};

// What one recommender did, user by user.
struct Outcome {
  std::vector<std::vector<double>> columns;             // [k x metric][ranked user]
  std::vector<std::vector<Scored>> lists;               // [ranked user]
  std::vector<std::vector<Satisfaction>> satisfaction;  // [k][user]
};

// (ranked users): the classes of what each liked before; of somebody who liked nothing, those of
// what everyone did.
std::vector<std::vector<double>> calibration_targets(const Task& task) {
  const SparseView classes = task.options.item_classes;
  std::vector<ItemIndex> liked_by_all;
  const auto liked_by = [&](UserIndex user) {
    std::vector<ItemIndex> items;
    for (const HistoryEntry& event : task.split.train[user]) {
      if (is_relevant(event, task.options.relevance)) items.push_back(event.item);
    }
    return items;
  };
  for (std::size_t user = 0; user < task.split.users(); ++user) {
    const std::vector<ItemIndex> items = liked_by(static_cast<UserIndex>(user));
    liked_by_all.insert(liked_by_all.end(), items.begin(), items.end());
  }
  const std::vector<double> everyone = class_shares(liked_by_all, {}, classes);
  std::vector<std::vector<double>> targets;
  for (std::size_t i = 0; i < task.ranked; ++i) {
    std::vector<double> own = class_shares(liked_by(task.users[i].user), {}, classes);
    const bool empty = std::ranges::all_of(own, [](double share) { return share == 0; });
    targets.push_back(empty ? everyone : std::move(own));
  }
  return targets;
}

double calibration_of(const Task& task, std::span<const Scored> list, std::size_t index,
                      std::size_t k) {
  std::vector<ItemIndex> items;
  for (const Scored& entry : list.first(std::min(k, list.size()))) items.push_back(entry.index);
  return calibration_gap(task.targets[index], class_shares(items, {}, task.options.item_classes));
}

void measure(const Task& task, const UserRanking& ranking, std::size_t index, Outcome& outcome) {
  const RankedTargets& targets = ranking.targets;
  const EvaluateOptions& options = task.options;
  const TestUser& user = task.users[index];
  for (std::size_t i = 0; i < options.ks.size(); ++i) {
    const std::size_t k = options.ks[i];
    const double values[user_metric_count] = {
        recall_at(targets, k, options.denominator),
        precision_at(targets, k),
        ndcg_at(targets, k),
        hit_at(targets, k),
        mrr_at(targets, k),
        map_at(targets, k),
        novelty_at(ranking.top, k, task.owners, task.split.users()),
        options.embeddings.empty() ? 0 : diversity_at(ranking.top, k, options.embeddings),
        popularity_at(ranking.top, k, task.owners),
        task.targets.empty() ? 0 : calibration_of(task, ranking.top, index, k),
        serendipity_at(ranking.top, k, user.relevant,
                       expected_items(task.by_popularity, user.seen, k))};
    for (std::size_t m = 0; m < user_metric_count; ++m) {
      outcome.columns[i * user_metric_count + m][index] = values[m];
    }
  }
}

void rank_user(const Task& task, const NamedScorer& scorer, std::size_t index,
               std::span<float> scores, Outcome& outcome) {
  const TestUser& user = task.users[index];
  scorer.score(user.user, scores);
  for (const ItemIndex item : user.seen) scores[item] = -std::numeric_limits<float>::infinity();

  UserRanking ranking = rank_items(scores, user.relevant, task.max_k);
  const bool all_liked = user.relevant.size() == user.future.size();
  const RankedTargets future =
      all_liked ? ranking.targets : rank_items(scores, user.future, task.max_k).targets;
  for (std::size_t i = 0; i < task.options.ks.size(); ++i) {
    const std::size_t k = task.options.ks[i];
    outcome.satisfaction[i][index] = {.hits = hits_at(future, k),
                                      .liked = hits_at(ranking.targets, k)};
  }
  if (index >= task.ranked) return;
  measure(task, ranking, index, outcome);
  outcome.lists[index] = std::move(ranking.top);
}

Result<Outcome> rank_all(const Task& task, const NamedScorer& scorer) {
  const std::size_t ks = task.options.ks.size();
  Outcome outcome{.columns = std::vector(ks * user_metric_count, std::vector<double>(task.ranked)),
                  .lists = std::vector<std::vector<Scored>>(task.ranked),
                  .satisfaction = std::vector(ks, std::vector<Satisfaction>(task.users.size()))};
  Progress progress("ranking with " + scorer.name, task.users.size());
  // 16 users a chunk: enough to outweigh its buffer, few enough to stop soon when asked to.
  parallel_for(task.users.size(), 16, [&](std::size_t begin, std::size_t end) {
    if (Interrupt::requested()) return;
    std::vector<float> scores(task.split.items);
    for (std::size_t i = begin; i < end; ++i) rank_user(task, scorer, i, scores, outcome);
    progress.add(end - begin);
  });
  LIMN_TRY_VOID(Interrupt::check("evaluate"));
  return outcome;
}

std::string at(std::string_view metric, std::size_t k) {
  return fmt::format("{}@{}", metric, k);
}

void add_user_metrics(const Task& task, Outcome& outcome, RecommenderReport& report) {
  const std::vector<Interval> intervals = bootstrap_means(outcome.columns, task.options.bootstrap);
  for (std::size_t c = 0; c < outcome.columns.size(); ++c) {
    const std::string_view metric = user_metric_names[c % user_metric_count];
    if (metric == "diversity" && task.options.embeddings.empty()) continue;
    if (metric == "calibration" && task.targets.empty()) continue;
    const std::string name = at(metric, task.options.ks[c / user_metric_count]);
    report.metrics[name] = mean(outcome.columns[c]);
    report.ci95[name] = intervals[c];
    report.per_user[name] = std::move(outcome.columns[c]);
  }
}

void add_list_metrics(const Task& task, const Outcome& outcome, RecommenderReport& report) {
  for (const std::size_t k : task.options.ks) {
    std::vector<std::uint32_t> exposure(task.split.items, 0);
    for (const std::vector<Scored>& list : outcome.lists) {
      for (std::size_t i = 0; i < std::min(k, list.size()); ++i) ++exposure[list[i].index];
    }
    report.metrics[at("coverage", k)] = coverage(exposure);
    report.metrics[at("gini", k)] = gini(exposure);
  }
}

void add_satisfaction(const Task& task, const Outcome& outcome, RecommenderReport& report) {
  const bool all_liked = std::ranges::all_of(
      task.users, [](const TestUser& u) { return u.relevant.size() == u.future.size(); });
  if (all_liked) return;
  for (std::size_t i = 0; i < task.options.ks.size(); ++i) {
    Satisfaction& total = report.satisfaction[task.options.ks[i]];
    for (const Satisfaction& user : outcome.satisfaction[i]) {
      total.hits += user.hits;
      total.liked += user.liked;
    }
  }
}

Result<RecommenderReport> evaluate_one(const Task& task, const NamedScorer& scorer) {
  const Stopwatch stopwatch;
  LIMN_TRY(Outcome outcome, rank_all(task, scorer));
  RecommenderReport report{.name = scorer.name,
                           .settings = scorer.settings,
                           .fit_seconds = scorer.fit_seconds,
                           .score_seconds = stopwatch.seconds()};
  add_list_metrics(task, outcome, report);
  add_satisfaction(task, outcome, report);
  add_user_metrics(task, outcome, report);
  return report;
}

double peak_rss_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;  // Linux counts KiB
}

EvaluationReport describe(const Task& task) {
  EvaluationReport report{.rule = task.split.rule,
                          .trained_on_valid = task.split.trained_on_valid,
                          .options = task.options,
                          .users = task.split.users(),
                          .users_on_both_sides = count_users_on_both_sides(task.split),
                          .items = task.split.items,
                          .events_train = count_events(task.split.train),
                          .events_valid = count_events(task.split.valid),
                          .events_test = count_events(task.split.test),
                          .users_without_relevant = task.users.size() - task.ranked};
  report.options.embeddings = {};
  report.options.item_classes = {};
  for (std::size_t i = 0; i < task.ranked; ++i) {
    report.ranked_users.push_back(task.users[i].user);
  }
  return report;
}

}  // namespace

bool is_relevant(const HistoryEntry& event, const Relevance& relevance) {
  if (relevance.all) return true;
  return relevance.at_least ? event.weight >= *relevance.at_least : event.weight > 0;
}

Result<EvaluationReport> evaluate(const Split& split, std::span<const NamedScorer> scorers,
                                  const EvaluateOptions& options) {
  LIMN_CHECK(!options.ks.empty() && std::ranges::min(options.ks) >= 1);
  LIMN_CHECK(options.embeddings.empty() || options.embeddings.rows() == split.items);
  LIMN_CHECK(options.item_classes.cols() == 0 || options.item_classes.rows() == split.items);
  Task task{.split = split,
            .options = options,
            .max_k = std::ranges::max(options.ks),
            .users = find_test_users(split, options.relevance),
            .owners = count_owners(split)};
  task.ranked = static_cast<std::size_t>(std::ranges::count_if(
      task.users, [](const TestUser& user) { return !user.relevant.empty(); }));
  task.by_popularity = order_by_popularity(task.owners);
  if (options.item_classes.cols() > 0) task.targets = calibration_targets(task);

  EvaluationReport report = describe(task);
  for (const NamedScorer& scorer : scorers) {
    LIMN_TRY(RecommenderReport row, evaluate_one(task, scorer));
    report.rows.push_back(std::move(row));
  }
  report.peak_rss_mb = peak_rss_mb();
  return report;
}

}  // namespace limn
