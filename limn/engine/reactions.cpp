// Reactions: how far one like pulls up what resembles its item, and one dislike pushes it down.
#include <algorithm>
#include <optional>

#include "limn/core/progress.h"
#include "limn/core/top_k.h"
#include "limn/engine/answers_json.h"
#include "limn/engine/engine_state.h"
#include "limn/engine/histories.h"
#include "limn/engine/strategies.h"
#include "limn/recommend/blend.h"

namespace limn {
namespace {

constexpr std::size_t nearest = 10;

// The items most like `item` that may be shown.
std::vector<ItemIndex> neighbours_of(const ModelView& models, ItemIndex item,
                                     std::span<const std::uint8_t> used) {
  const std::vector<float> likeness = item_likeness(models, item);
  TopK best(nearest);
  for (ItemIndex i = 0; i < likeness.size(); ++i) {
    if (i != item && used[i] == 0 && likeness[i] > 0) best.offer(i, likeness[i]);
  }
  std::vector<ItemIndex> items;
  for (const Scored& scored : best.take()) items.push_back(scored.index);
  return items;
}

std::optional<ItemIndex> best_item(std::span<const float> scores,
                                   std::span<const std::uint8_t> used) {
  TopK best(1);
  for (ItemIndex i = 0; i < scores.size(); ++i) {
    if (used[i] == 0) best.offer(i, scores[i]);
  }
  const std::vector<Scored> found = best.take();
  return found.empty() ? std::nullopt : std::optional(found.front().index);
}

// The mean rank of `items` among those that may be shown, from 1.
double mean_rank(std::span<const float> scores, std::span<const std::uint8_t> used,
                 std::span<const ItemIndex> items) {
  double sum = 0;
  for (const ItemIndex item : items) {
    std::size_t above = 0;
    for (ItemIndex i = 0; i < scores.size(); ++i)
      above += used[i] == 0 && scores[i] > scores[item] ? 1 : 0;
    sum += static_cast<double>(above + 1);
  }
  return sum / static_cast<double>(items.size());
}

}  // namespace

Result<ReactionsReport> Engine::reactions(std::size_t most_users) {
  LIMN_TRY(const std::shared_ptr<const Snapshot> snapshot, state_->snapshot());
  LIMN_TRY(const Strategy strategy, current_strategy(state_->store, state_->config));
  LIMN_TRY(const std::vector<std::string> users, state_->store.read_user_ids());
  const EventWeightOptions weights = event_weight_options(state_->config);
  const std::size_t items = snapshot->info().items;
  const std::size_t step = std::max<std::size_t>(1, users.size() / most_users);
  std::vector<double> before;
  std::vector<double> liked;
  std::vector<double> disliked;
  for (std::size_t u = 0; u < users.size(); u += step) {
    LIMN_TRY_VOID(Interrupt::check("reactions"));
    if (users[u].empty()) continue;
    LIMN_TRY(Person person,
             state_->person(*snapshot, users[u], {.words = {}, .whole_events = false}));
    std::erase_if(person.history, [&](const HistoryEntry& e) { return e.item >= items; });
    if (person.history.empty()) continue;

    const std::vector<std::uint8_t> used = used_items(person.history, items);
    const Ranking ranking = state_->rank(*snapshot, person, strategy);
    const std::optional<ItemIndex> item = best_item(ranking.scores, used);
    if (!item) continue;
    const std::vector<ItemIndex> looked_at = neighbours_of(snapshot->models(), *item, used);
    if (looked_at.empty()) continue;
    const auto rank_after = [&](std::string_view kind) {
      Person reacted = person;
      reacted.history.push_back({*item, event_weight(kind, 0, weights), person.now, INT64_MAX});
      return mean_rank(state_->rank(*snapshot, reacted, strategy).scores, used, looked_at);
    };
    before.push_back(mean_rank(ranking.scores, used, looked_at));
    liked.push_back(rank_after("like"));
    disliked.push_back(rank_after("dislike"));
  }
  return ReactionsReport{.users = before.size(),
                         .items = items,
                         .before = mean(before),
                         .after_like = paired_bootstrap(before, liked),
                         .after_dislike = paired_bootstrap(before, disliked)};
}

Json to_json(const ReactionsReport& report) {
  const auto change = [](const PairedComparison& c) {
    return JsonObject{{"rank_change", rounded(c.difference)}, {"ci95", to_json(c.interval)}};
  };
  return JsonObject{{"users", report.users},
                    {"items", report.items},
                    {"rank", rounded(report.before)},
                    {"like", change(report.after_like)},
                    {"dislike", change(report.after_dislike)}};
}

}  // namespace limn
