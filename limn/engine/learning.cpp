// Learning: one more event in the log, and what its outcome says of the parts that ranked the item.
#include <algorithm>

#include "limn/engine/engine_state.h"
#include "limn/engine/experiment.h"
#include "limn/engine/histories.h"
#include "limn/engine/outcomes.h"
#include "limn/engine/strategies.h"

namespace limn {
namespace {

// What each part gave to the item's score, before the user answered.
Result<Strategy> moved_strategy(const Strategy& before, const Ranking& ranking, ItemIndex item,
                                float weight) {
  const std::vector<double> totals =
      part_totals(ranking.explain_parts(item), ranking.parts.names().size());
  std::vector<PartShare> shares;
  for (std::size_t p = 0; p < totals.size(); ++p)
    shares.push_back({ranking.parts.names()[p], totals[p]});
  return update(before, shares, {.liked = weight > 0, .strength = std::abs(weight)});
}

// The id of the list that the event belongs to; 0 where there is none.
Result<std::int64_t> list_behind(const Store& store, UserIndex user, const Event& event) {
  LIMN_TRY(const std::optional<ItemIndex> item, store.find_item(event.item));
  if (!item) return 0;
  LIMN_TRY(const std::optional<ShownList> list, causing_list(store, user, *item, event.time));
  return list ? list->id : 0;
}

}  // namespace

Result<FeedbackAnswer> Engine::feedback(const Event& event) {
  FeedbackAnswer answer;
  answer.event = event;
  LIMN_TRY(answer.before, current_strategy(state_->store, state_->config));
  answer.after = answer.before;

  // The ranking is the one that the user saw: it is asked before the event is there.
  std::optional<Strategy> moved;
  const float weight = event_weight(event.kind, event.value, event_weight_options(state_->config));
  const auto snapshot = state_->snapshot();
  LIMN_TRY(const std::optional<Experiment> experiment, current_experiment(state_->store));
  if (snapshot && !experiment && weight != 0 && !event.item.empty()) {
    const auto item = state_->known_item(**snapshot, event.item);
    if (item) {
      LIMN_TRY(const Person person,
               state_->person(**snapshot, event.user, {.words = {}, .whole_events = false}));
      const Ranking ranking = state_->rank(**snapshot, person, answer.before);
      LIMN_TRY(moved, moved_strategy(answer.before, ranking, *item, weight));
    }
  }
  LIMN_TRY(answer.event.id, state_->store.append(event));
  if (moved) {
    LIMN_TRY(answer.after, append(state_->store, std::move(*moved), event.time));
  }
  LIMN_TRY(const std::optional<UserIndex> user, state_->store.find_user(event.user));
  if (user) {
    LIMN_TRY(const EventTable history, state_->store.history(*user));
    answer.profile_version = history.size();
    LIMN_TRY(answer.list, list_behind(state_->store, *user, event));
  }
  if (experiment) LIMN_TRY_VOID(learn_if_due(state_->store, state_->config, *experiment));
  return answer;
}

Result<std::int64_t> Engine::rate(const GivenScore& given) {
  SatisfactionScore score{
      .list = given.list, .score = given.score, .reason = given.reason, .time = given.time};
  LIMN_TRY(const std::optional<UserIndex> user, state_->store.find_user(given.user));
  if (given.list != 0) {
    std::vector<ShownList> lists;
    if (user) {
      LIMN_TRY(lists, state_->store.user_lists(*user));
    }
    const bool shown =
        std::ranges::any_of(lists, [&](const ShownList& list) { return list.id == given.list; });
    if (!shown) {
      return fail(ErrorCode::not_found, "cannot take score: list {}: {} was not shown it",
                  given.list, given.user);
    }
  } else {
    LIMN_TRY(const std::optional<ItemIndex> item, state_->store.find_item(given.item));
    if (!item) {
      return fail(ErrorCode::not_found, "cannot take score: {}: no such item", given.item);
    }
    score.item = *item;
  }
  return state_->store.append_score(given.user, score);
}

}  // namespace limn
