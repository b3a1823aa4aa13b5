// The blend's weights are chosen on models that have not seen what they are judged by, with the
// settings that did best on it; users judge both, so the validation figures of a report are a
// little too good, and say nothing about the test part.
#include "limn/engine/choose_models.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "limn/core/check.h"
#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/core/sorted.h"

namespace limn {
namespace {

std::span<const TextEvent> own_texts(const Training& training, std::size_t user) {
  if (training.user_texts.empty()) return {};
  return training.user_texts[user];
}

// Histories cut in two: what is known, and what was liked after it.
struct HeldOut {
  std::vector<std::vector<HistoryEntry>> past;   // (users): what models are fitted on
  std::vector<std::vector<HistoryEntry>> asked;  // (users), or empty: users ask with more than it
  std::vector<std::vector<TextEvent>> texts;     // (users): those of the past
  std::vector<std::vector<ItemIndex>> liked_later;  // (users): items that are new to the user, each
                                                    // once, ascending
  std::vector<std::vector<ItemIndex>> of_others;    // (users): of those who were not drawn for the
                                                    // weights; from them, too, a ranker may learn
  bool by_time = false;                             // the same moment for all of them,
  Time now{};                                       // the last before it
};

// Holds out the last fifth of each history, or any fifth where its order says nothing; `least`
// events of a longer history in any case.
HeldOut hold_out_a_fifth(const Training& training, std::size_t least, std::uint64_t seed) {
  const std::size_t users = training.histories.size();
  HeldOut cut;
  cut.past.resize(users);
  cut.texts.resize(users);
  cut.liked_later.resize(users);
  Random random(seed);
  for (std::size_t user = 0; user < users; ++user) {
    std::vector<HistoryEntry> whole(training.histories[user].begin(),
                                    training.histories[user].end());
    if (!training.dated) random.shuffle(std::span(whole));
    const std::size_t fifth = whole.size() / 5;
    const std::size_t kept = whole.size() - (least < whole.size() ? std::max(least, fifth) : fifth);
    const auto later = std::span(whole).subspan(kept);
    cut.past[user].assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(kept));
    for (const HistoryEntry& entry : later) {
      const bool used = std::any_of(cut.past[user].begin(), cut.past[user].end(),
                                    [&](const HistoryEntry& e) { return e.item == entry.item; });
      if (entry.weight > 0 && !used) cut.liked_later[user].push_back(entry.item);
    }
    sort_unique(cut.liked_later[user]);
    for (const TextEvent& text : own_texts(training, user)) {
      const bool always = text.event == 0 || later.empty();
      if (always || text.time < later.front().time) cut.texts[user].push_back(text);
    }
  }
  return cut;
}

std::size_t users_with_later(const HeldOut& cut) {
  return static_cast<std::size_t>(std::ranges::count_if(
      cut.liked_later, [](const std::vector<ItemIndex>& liked) { return !liked.empty(); }));
}

// Likewise; where every history is too short for a fifth, one event of each that has two.
HeldOut hold_out_of_each(const Training& training, std::size_t least, std::uint64_t seed) {
  HeldOut cut = hold_out_a_fifth(training, least, seed);
  if (least > 0 || users_with_later(cut) > 0) return cut;
  return hold_out_a_fifth(training, 1, seed);
}

// The moment before which four fifths of all events are. Requires events.
Time late_moment(const Training& training) {
  std::vector<Time> moments;
  for (const History history : training.histories) {
    for (const HistoryEntry& entry : history) moments.push_back(entry.time);
  }
  const auto place = moments.begin() + static_cast<std::ptrdiff_t>(moments.size() * 4 / 5);
  std::ranges::nth_element(moments, place);
  return *place;
}

// Holds out what came after one moment, of users with something known; `with_news`: half of it.
HeldOut hold_out_by_time(const Training& training, bool with_news) {
  const std::size_t users = training.histories.size();
  HeldOut cut;
  cut.by_time = true;
  cut.past.resize(users);
  if (with_news) cut.asked.resize(users);
  cut.texts.resize(users);
  cut.liked_later.resize(users);
  const bool events = std::ranges::any_of(training.histories, [](History h) { return !h.empty(); });
  if (!events) return cut;
  const Time moment = late_moment(training);
  for (std::size_t user = 0; user < users; ++user) {
    const History whole = training.histories[user];
    const auto after = std::ranges::find_if(
        whole, [&](const HistoryEntry& entry) { return entry.time >= moment; });
    const auto asked = with_news ? after + (whole.end() - after) / 2 : after;
    cut.past[user].assign(whole.begin(), after);
    if (with_news) cut.asked[user].assign(whole.begin(), asked);
    if (!cut.past[user].empty()) cut.now = std::max(cut.now, cut.past[user].back().time);
    for (const TextEvent& text : own_texts(training, user)) {
      if (text.event == 0 || text.time < moment) cut.texts[user].push_back(text);
    }
    if (asked == whole.begin()) continue;
    std::vector<ItemIndex> used;
    for (const HistoryEntry& entry : whole.first(static_cast<std::size_t>(asked - whole.begin())))
      used.push_back(entry.item);
    sort_unique(used);
    for (const HistoryEntry& entry : std::span(asked, whole.end())) {
      if (entry.weight > 0 && !std::ranges::binary_search(used, entry.item))
        cut.liked_later[user].push_back(entry.item);
    }
    sort_unique(cut.liked_later[user]);
  }
  return cut;
}

// Everything of `training` is known, and `later` is what came after it.
HeldOut hold_out_what_follows(const Training& training,
                              std::span<const std::vector<HistoryEntry>> later) {
  LIMN_CHECK(later.size() == training.histories.size());
  HeldOut cut;
  cut.liked_later.resize(later.size());
  for (std::size_t user = 0; user < later.size(); ++user) {
    const History history = training.histories[user];
    cut.past.emplace_back(history.begin(), history.end());
    const std::span<const TextEvent> texts = own_texts(training, user);
    cut.texts.emplace_back(texts.begin(), texts.end());
    for (const HistoryEntry& entry : later[user]) {
      const bool used = std::any_of(history.begin(), history.end(),
                                    [&](const HistoryEntry& e) { return e.item == entry.item; });
      if (entry.weight > 0 && !used) cut.liked_later[user].push_back(entry.item);
    }
    sort_unique(cut.liked_later[user]);
  }
  return cut;
}

HeldOut hold_out(const Training& training, const ChoiceOptions& options, std::uint64_t seed) {
  constexpr std::size_t fewest_by_time = 50;  // users; what fewer like of late is chance
  if (!options.later.empty()) return hold_out_what_follows(training, options.later);
  const bool short_lists = options.candidates > 0;
  if (options.hold_out != HoldOut::end_of_each && training.dated && !short_lists) {
    HeldOut cut = hold_out_by_time(training, options.hold_out == HoldOut::after_news);
    if (users_with_later(cut) >= fewest_by_time) return cut;
  }
  return hold_out_of_each(training, short_lists ? 1 : 0, seed);
}

// What a user asks with.
History known(const HeldOut& cut, std::size_t user) {
  return cut.asked.empty() ? cut.past[user] : cut.asked[user];
}

// How many users to look at: so many that about `wanted` items are held out, within limits. Users
// with one item each say little, and cost little.
std::size_t users_for(const HeldOut& cut, double wanted, std::size_t least, std::size_t most) {
  double items = 0;
  double users = 0;
  for (const std::vector<ItemIndex>& liked : cut.liked_later) {
    items += static_cast<double>(liked.size());
    users += liked.empty() ? 0 : 1;
  }
  if (items == 0) return least;
  return std::clamp(static_cast<std::size_t>(wanted * users / items), least, most);
}

// How many users are looked at, for the blend's weights and, at least as many, for a ranker.
struct Sample {
  std::size_t of_weights = 0;
  std::size_t of_ranker = 0;
};

// Of those with something held out only so many; what is a ranker's alone is put aside.
void sample_users(HeldOut& cut, const Sample& sample, std::uint64_t seed) {
  std::vector<std::size_t> users;
  for (std::size_t user = 0; user < cut.liked_later.size(); ++user) {
    if (!cut.liked_later[user].empty()) users.push_back(user);
  }
  cut.of_others.resize(cut.liked_later.size());
  if (users.size() <= sample.of_weights) return;
  Random random(seed);
  random.shuffle(std::span(users));
  for (std::size_t i = sample.of_weights; i < users.size(); ++i) {
    std::vector<ItemIndex> liked = std::exchange(cut.liked_later[users[i]], {});
    if (i < sample.of_ranker) cut.of_others[users[i]] = std::move(liked);
  }
}

// A short list as it will be asked for: `count` random items that are not of the user's past, and
// those held out. Ascending, distinct.
std::vector<ItemIndex> short_list(History past, std::span<const ItemIndex> held_out,
                                  std::size_t count, std::size_t items, Random& random) {
  std::vector<std::uint8_t> taken = used_items(past, items);
  for (const ItemIndex item : held_out) taken[item] = 1;
  const auto left = static_cast<std::size_t>(std::ranges::count(taken, 0));
  std::vector<ItemIndex> list(held_out.begin(), held_out.end());
  for (const std::size_t whole = held_out.size() + std::min(count, left); list.size() < whole;) {
    const auto item = static_cast<ItemIndex>(random.below(items));
    if (std::exchange(taken[item], 1) == 0) list.push_back(item);
  }
  std::ranges::sort(list);
  return list;
}

// A user's lists: chance decides much of one of twenty items, and little of the mean of these.
constexpr std::size_t lists_a_user = 10;

// Learns a ranker over the lists of a blend, from all who have something held out. `states`
// (users): of those whom the weights were chosen with.
Result<ChosenRanker> choose_ranker_of(const Training& training, const HeldOut& cut,
                                      std::vector<QueryState> states, const Config& config,
                                      RankerTask task, const RankerChoice& choice) {
  if (choice.kind == RankerKind::none) return ChosenRanker{};
  std::vector<ValidationUser> users;
  for (std::size_t user = 0; user < states.size(); ++user) {
    const bool other = !cut.of_others[user].empty();
    if (other) {
      states[user] =
          make_query(task.models, known(cut, user), cut.texts[user], static_cast<UserIndex>(user),
                     training.now, history_decay(), config);
    }
    const auto& held_out = other ? cut.of_others[user] : cut.liked_later[user];
    if (!held_out.empty()) users.push_back({states[user].query(), held_out});
  }
  task.users = users;
  task.histories = training.histories;
  task.dated = training.dated;
  return choose_ranker(task, choice);
}

struct ChosenBlend {
  ChosenWeights weights;
  ChosenRanker ranker;  // of lists that they make of the whole catalogue
};

Result<ChosenBlend> choose_blend(const Training& training, std::span<const History> whole,
                                 const HeldOut& cut, const ModelSettings& settings,
                                 const Config& config, const ChoiceOptions& choice,
                                 ChooseOptions options) {
  LIMN_TRY(const FittedModels fitted, fit_models(training, config, settings));
  const ModelView models = fitted.view(training);
  const Parts parts(models, config);
  std::vector<QueryState> states(cut.past.size());
  constexpr std::size_t grain = 32;
  parallel_for(states.size(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t user = begin; user < end; ++user) {
      if (cut.liked_later[user].empty()) continue;
      states[user] =
          make_query(models, known(cut, user), cut.texts[user], static_cast<UserIndex>(user),
                     training.now, history_decay(), config);
    }
  });
  std::vector<ValidationUser> users;
  const std::size_t copies = choice.candidates > 0 ? lists_a_user : 1;
  std::deque<std::vector<ItemIndex>> lists;  // what the users borrow stays where it is
  Random random(options.seed);
  for (std::size_t user = 0; user < states.size(); ++user) {
    const std::span<const ItemIndex> held_out = cut.liked_later[user];
    if (held_out.empty()) continue;
    for (std::size_t copy = 0; copy < copies; ++copy) {
      users.push_back({states[user].query(), held_out});
      if (choice.candidates == 0) continue;
      users.back().candidates = lists.emplace_back(
          short_list(known(cut, user), held_out, choice.candidates, training.items, random));
    }
  }
  options.max_users *= copies;
  ChosenBlend chosen{choose_weights(parts.all(), users, {}, options), {}};
  if (choice.candidates > 0) return chosen;
  LIMN_TRY(chosen.ranker, choose_ranker_of(training, cut, std::move(states), config,
                                           {.models = models,
                                            .parts = parts,
                                            .weights = chosen.weights.weights,
                                            .all_histories = whole},
                                           {.kind = choice.ranker,
                                            .lightgbm = choice.lightgbm,
                                            .k = options.k,
                                            .seed = options.seed}));
  return chosen;
}

// Where the search of ials begins: all that nobody used weighs eight times what somebody did. How
// much that is a pair depends on how full the matrix is, by a factor of a hundred between a site of
// films and one of places; a search of a few steps would not get there.
double first_unobserved_weight(const Training& training) {
  constexpr double times_used = 8;
  double events = 0;
  double users = 0;
  for (const History history : training.histories) {
    events += static_cast<double>(history.size());
    users += history.empty() ? 0 : 1;
  }
  const double pairs = users * static_cast<double>(training.items);
  return pairs > 0 ? std::clamp(times_used * events / pairs, 0.001, 0.5) : 0.01;
}

}  // namespace

Result<ChosenModels> choose_models(const Training& training, const Config& config,
                                   const ChoiceOptions& options) {
  ChooseOptions choose;
  choose.k = options.k;
  choose.seed = static_cast<std::uint64_t>(config.runtime.seed);
  HeldOut cut = hold_out(training, options, choose.seed);
  choose.max_users = users_for(cut, 5'000, 600, 4'000);
  sample_users(cut, {choose.max_users, users_for(cut, 20'000, 2'000, 8'000)}, choose.seed);
  const std::vector<History> past(cut.past.begin(), cut.past.end());
  Training inner = training;
  inner.histories = past;
  inner.user_texts = cut.texts;
  inner.asked_at_now = cut.by_time;
  if (cut.by_time) inner.now = cut.now;

  SearchOptions search;
  search.fits = static_cast<std::size_t>(config.recommend.search_fits);
  search.max_users = users_for(cut, 4'000, 200, 4'000);
  search.k = options.k;
  search.seed = choose.seed;
  std::vector<SearchUser> users;
  std::vector<std::vector<float>> words(past.size());  // (users) (dim)
  for (std::size_t user = 0; user < past.size(); ++user) {
    if (!cut.liked_later[user].empty())
      words[user] = own_words(cut.texts[user], training.item_embeddings.cols());
    users.push_back({known(cut, user), cut.liked_later[user], words[user]});
  }
  ModelSettings start = default_settings(config);
  start.ials.objective.unobserved_weight = first_unobserved_weight(inner);
  ChosenModels chosen;
  chosen.by_time = cut.by_time;
  LIMN_TRY(chosen.found, search_settings(inner, users, start, search));
  const auto blend_with = [&](const ModelSettings& settings, const ChoiceOptions& choice) {
    return choose_blend(inner, training.histories, cut, settings, config, choice, choose);
  };
  ChoiceOptions without_ranker = options;
  without_ranker.ranker = RankerKind::none;
  LIMN_TRY(ChosenBlend blend, blend_with(chosen.found.settings, without_ranker));
  // What is best alone need not be best beside others: with more dimensions ials says more of what
  // the models of items say already.
  if (chosen.found.settings.ials_dim != start.ials_dim) {
    ModelSettings first = chosen.found.settings;
    first.ials_dim = start.ials_dim;
    LIMN_TRY(ChosenBlend other, blend_with(first, without_ranker));
    if (other.weights.ndcg > blend.weights.ndcg) {
      blend = std::move(other);
      chosen.found.ials_dim_alone = std::exchange(chosen.found.settings.ials_dim, start.ials_dim);
    }
  }
  if (options.ranker != RankerKind::none) {
    LIMN_TRY(blend, blend_with(chosen.found.settings, options));
  }
  chosen.weights = std::move(blend.weights);
  chosen.ranker = std::move(blend.ranker);
  return chosen;
}

}  // namespace limn
