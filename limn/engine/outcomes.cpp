#include "limn/engine/outcomes.h"

#include <algorithm>

#include "limn/engine/histories.h"
#include "limn/feedback/beta.h"

namespace limn {
namespace {

constexpr std::chrono::days attribution_window{7};
constexpr std::chrono::days return_after{1};
// As much as a click weighs: events.weights may move it, the bar stays.
constexpr double satisfying_weight = 0.5;
constexpr int satisfied_from = 4;
constexpr int dissatisfied_to = 2;

bool holds(const ShownList& list, ItemIndex item) {
  return std::ranges::any_of(list.places,
                             [&](const ShownPlace& place) { return place.item == item; });
}

bool covers(const ShownList& list, ItemIndex item, Time time) {
  return list.time <= time && time < list.time + attribution_window && holds(list, item);
}

// A mean of what may be absent.
struct RunningMean {
  double sum = 0;
  double count = 0;

  void add(double value) {
    sum += value;
    count += 1;
  }
  [[nodiscard]] std::optional<double> value() const {
    return count > 0 ? std::optional(sum / count) : std::nullopt;
  }
};

// The last of a user's lists, oldest first, that an event belongs to; -1 when none.
std::ptrdiff_t cause(std::span<const ShownList* const> lists, ItemIndex item, Time time) {
  for (std::ptrdiff_t i = std::ssize(lists); i-- > 0;) {
    if (covers(*lists[static_cast<std::size_t>(i)], item, time)) return i;
  }
  return -1;
}

// What came of one user's lists.
class UserOutcomes {
 public:
  explicit UserOutcomes(std::vector<const ShownList*> lists)
      : lists_(std::move(lists)),
        outcomes_(lists_.size()),
        dwells_(lists_.size()),
        ratings_(lists_.size()) {}

  void add_events(const EventTable& events, const EventWeightOptions& weights) {
    for (std::size_t row = 0; row < events.size(); ++row) {
      const Time time = events.time[row];
      for (std::size_t i = 0; i < lists_.size(); ++i) {
        const auto later = time - lists_[i]->time;
        if (return_after <= later && later < attribution_window) outcomes_[i].returned = true;
      }
      const std::ptrdiff_t list = cause(lists_, events.item[row], time);
      if (list < 0) continue;
      add_event(static_cast<std::size_t>(list), events, row, weights);
    }
  }

  void add_score(const SatisfactionScore& score) {
    for (std::size_t i = lists_.size(); i-- > 0;) {
      const bool of_list = score.list != 0 && score.list == lists_[i]->id;
      const bool of_item = score.list == 0 && covers(*lists_[i], score.item, score.time);
      if (!of_list && !of_item) continue;
      outcomes_[i].score = score.score;  // scores come oldest first: the last word counts
      return;
    }
  }

  [[nodiscard]] std::vector<ListOutcome> take() {
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
      outcomes_[i].dwell_seconds = dwells_[i].value();
      outcomes_[i].rating = ratings_[i].value();
      outcomes_[i].satisfied = is_satisfied(outcomes_[i]);
    }
    return std::move(outcomes_);
  }

 private:
  void add_event(std::size_t list, const EventTable& events, std::size_t row,
                 const EventWeightOptions& weights) {
    ListOutcome& outcome = outcomes_[list];
    const std::string& kind = events.kinds[events.kind[row]];
    const float value = events.value[row];
    const float weight = event_weight(kind, value, weights);
    outcome.weight += weight;
    outcome.engaged |= weight > 0;
    if (weight > 0) outcome.chosen.push_back(events.item[row]);
    outcome.turned_away |= weight < 0;
    outcome.completed |= kind == "complete" || kind == "purchase";
    if (kind == "dwell" && value > 0) dwells_[list].add(value);
    if (kind == "rate") ratings_[list].add(value);
  }

  std::vector<const ShownList*> lists_;
  std::vector<ListOutcome> outcomes_;
  std::vector<RunningMean> dwells_;
  std::vector<RunningMean> ratings_;
};

// The interval of a share, from its Beta posterior.
Estimate share(std::span<const ListOutcome> outcomes, bool ListOutcome::*member) {
  const auto hits = static_cast<double>(
      std::ranges::count_if(outcomes, [&](const ListOutcome& o) { return o.*member; }));
  const auto n = static_cast<double>(outcomes.size());
  const Beta posterior{1 + hits, 1 + n - hits};
  return {.value = n > 0 ? hits / n : 0,
          .interval = {.low = posterior.quantile(0.025), .high = posterior.quantile(0.975)},
          .lists = outcomes.size()};
}

template <typename Value>
void add_mean(std::span<const ListOutcome> outcomes, std::optional<Value> ListOutcome::*member,
              const std::string& name, std::map<std::string, Estimate>& measures) {
  std::vector<double> values;
  for (const ListOutcome& outcome : outcomes) {
    if (outcome.*member) values.push_back(static_cast<double>(*(outcome.*member)));
  }
  if (values.empty()) return;
  measures[name] = {
      .value = mean(values), .interval = bootstrap_mean(values), .lists = values.size()};
}

SatisfactionRow make_row(std::string strategy, std::optional<std::string> segment,
                         std::span<const ListOutcome> outcomes) {
  SatisfactionRow row{std::move(strategy), std::move(segment), outcomes.size(), {}};
  row.measures["satisfied"] = share(outcomes, &ListOutcome::satisfied);
  row.measures["engaged"] = share(outcomes, &ListOutcome::engaged);
  row.measures["completed"] = share(outcomes, &ListOutcome::completed);
  row.measures["turned_away"] = share(outcomes, &ListOutcome::turned_away);
  row.measures["returned"] = share(outcomes, &ListOutcome::returned);
  add_mean(outcomes, &ListOutcome::dwell_seconds, "dwell_seconds", row.measures);
  add_mean(outcomes, &ListOutcome::rating, "rating", row.measures);
  add_mean(outcomes, &ListOutcome::score, "score", row.measures);
  return row;
}

Result<std::vector<ListOutcome>> list_outcomes(const Store& store, std::span<const ShownList> lists,
                                               std::span<const SatisfactionScore> scores,
                                               const Config& config) {
  const EventWeightOptions weights = event_weight_options(config);
  std::map<UserIndex, std::vector<std::size_t>> by_user;  // places in `lists`
  for (std::size_t i = 0; i < lists.size(); ++i) by_user[lists[i].user].push_back(i);
  std::map<UserIndex, std::vector<const SatisfactionScore*>> scores_by_user;
  for (const SatisfactionScore& score : scores) scores_by_user[score.user].push_back(&score);

  std::vector<ListOutcome> outcomes(lists.size());
  for (auto& [user, places] : by_user) {
    std::ranges::stable_sort(places, {}, [&](std::size_t i) { return lists[i].time; });
    std::vector<const ShownList*> own;
    for (const std::size_t i : places) own.push_back(&lists[i]);
    UserOutcomes gathered(std::move(own));
    LIMN_TRY(const EventTable events, store.history(user));
    gathered.add_events(events, weights);
    for (const SatisfactionScore* score : scores_by_user[user]) gathered.add_score(*score);
    const std::vector<ListOutcome> found = gathered.take();
    for (std::size_t i = 0; i < places.size(); ++i) outcomes[places[i]] = found[i];
  }
  return outcomes;
}

}  // namespace

bool is_satisfied(const ListOutcome& outcome) {
  if (outcome.score && *outcome.score >= satisfied_from) return true;
  if (outcome.score && *outcome.score <= dissatisfied_to) return false;
  return outcome.weight >= satisfying_weight;
}

Result<std::vector<ListOutcome>> list_outcomes(const Store& store, std::span<const ShownList> lists,
                                               const Config& config) {
  LIMN_TRY(const std::vector<SatisfactionScore> scores, store.read_scores());
  return list_outcomes(store, lists, scores, config);
}

Result<std::vector<std::vector<std::size_t>>> chosen_places(const Store& store,
                                                            std::span<const ShownList> lists,
                                                            const Config& config) {
  LIMN_TRY(const std::vector<ListOutcome> outcomes, list_outcomes(store, lists, config));
  std::vector<std::vector<std::size_t>> chosen(lists.size());
  for (std::size_t i = 0; i < lists.size(); ++i) {
    for (std::size_t place = 0; place < lists[i].places.size(); ++place) {
      const ItemIndex item = lists[i].places[place].item;
      if (std::ranges::find(outcomes[i].chosen, item) != outcomes[i].chosen.end())
        chosen[i].push_back(place);
    }
  }
  return chosen;
}

Result<std::optional<ShownList>> causing_list(const Store& store, UserIndex user, ItemIndex item,
                                              Time time) {
  LIMN_TRY(std::vector<ShownList> lists, store.user_lists(user));
  std::ranges::stable_sort(lists, {}, &ShownList::time);
  std::vector<const ShownList*> borrowed;
  for (const ShownList& list : lists) borrowed.push_back(&list);
  const std::ptrdiff_t found = cause(borrowed, item, time);
  if (found < 0) return std::nullopt;
  return std::optional(std::move(lists[static_cast<std::size_t>(found)]));
}

Result<SatisfactionReport> satisfaction(const Store& store, const Config& config) {
  LIMN_TRY(const std::vector<ShownList> lists, store.read_lists());
  LIMN_TRY(const std::vector<SatisfactionScore> scores, store.read_scores());
  LIMN_TRY(const std::vector<ListOutcome> outcomes, list_outcomes(store, lists, scores, config));
  SatisfactionReport report;
  report.lists = lists.size();
  report.scores = scores.size();
  for (const SatisfactionScore& score : scores) {
    if (!score.reason.empty()) report.reasons[score.reason] += 1;
  }
  std::map<std::string, std::map<std::string, std::vector<ListOutcome>>> groups;
  std::map<std::string, std::vector<ListOutcome>> by_strategy;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    by_strategy[lists[i].strategy].push_back(outcomes[i]);
    groups[lists[i].strategy][lists[i].segment].push_back(outcomes[i]);
  }
  for (const auto& [strategy, all] : by_strategy) {
    report.rows.push_back(make_row(strategy, std::nullopt, all));
    if (groups[strategy].size() == 1 && groups[strategy].begin()->first.empty()) continue;
    for (const auto& [segment, some] : groups[strategy])
      report.rows.push_back(make_row(strategy, segment, some));
  }
  return report;
}

Json to_json(const SatisfactionReport& report) {
  JsonArray rows;
  for (const SatisfactionRow& row : report.rows) {
    JsonObject json{{"strategy", row.strategy}, {"lists", row.lists}};
    json["segment"] = row.segment ? Json(*row.segment) : Json();
    for (const auto& [name, estimate] : row.measures) {
      json[name] = JsonObject{{"value", rounded(estimate.value)},
                              {"ci95", to_json(estimate.interval)},
                              {"lists", estimate.lists}};
    }
    rows.push_back(std::move(json));
  }
  JsonObject reasons;
  for (const auto& [reason, count] : report.reasons) reasons[reason] = count;
  return JsonObject{{"lists", report.lists},
                    {"scores", report.scores},
                    {"rows", std::move(rows)},
                    {"reasons", std::move(reasons)}};
}

}  // namespace limn
