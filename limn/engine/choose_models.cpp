// The blend's weights are chosen on models that have not seen what they are judged by, with the
// settings that did best on it; users judge both, so the validation figures of a report are a
// little too good, and say nothing about the test part.
#include "limn/engine/choose_models.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "limn/core/check.h"
#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/core/sorted.h"
#include "limn/eval/splits.h"

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
  std::optional<Time> now;  // where one moment cuts them all: the last event before it
};

std::size_t users_with_later(const HeldOut& cut) {
  return static_cast<std::size_t>(std::ranges::count_if(
      cut.liked_later, [](const std::vector<ItemIndex>& liked) { return !liked.empty(); }));
}

// The items of `later` that are liked, and not used before: ascending, each once.
std::vector<ItemIndex> new_likes(History known, History later) {
  std::vector<ItemIndex> used;
  for (const HistoryEntry& entry : known) used.push_back(entry.item);
  sort_unique(used);
  std::vector<ItemIndex> liked;
  for (const HistoryEntry& entry : later) {
    if (entry.weight > 0 && !std::ranges::binary_search(used, entry.item))
      liked.push_back(entry.item);
  }
  sort_unique(liked);
  return liked;
}

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
    cut.liked_later[user] = new_likes(cut.past[user], later);
    for (const TextEvent& text : own_texts(training, user)) {
      const bool always = text.event == 0 || later.empty();
      if (always || text.time < later.front().time) cut.texts[user].push_back(text);
    }
  }
  return cut;
}

// Likewise; where every history is too short for a fifth, one event of each that has two.
HeldOut hold_out_of_each(const Training& training, std::size_t least, std::uint64_t seed) {
  HeldOut cut = hold_out_a_fifth(training, least, seed);
  if (least > 0 || users_with_later(cut) > 0) return cut;
  return hold_out_a_fifth(training, 1, seed);
}

// Holds out what came after one moment, a fifth of all events, of users with something known;
// `with_news`: half of what each did since is known as well.
HeldOut hold_out_by_time(const Training& training, bool with_news) {
  const std::size_t users = training.histories.size();
  HeldOut cut;
  cut.past.resize(users);
  if (with_news) cut.asked.resize(users);
  cut.texts.resize(users);
  cut.liked_later.resize(users);
  const std::optional<Time> moment = moment_of_share(training.histories, 0.8);
  if (!moment) return cut;
  cut.now = Time::min();
  for (std::size_t user = 0; user < users; ++user) {
    const History whole = training.histories[user];
    const auto known = static_cast<std::size_t>(
        std::ranges::lower_bound(whole, *moment, {}, &HistoryEntry::time) - whole.begin());
    const std::size_t asked = with_news ? known + (whole.size() - known) / 2 : known;
    cut.past[user].assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(known));
    if (known > 0) cut.now = std::max(*cut.now, whole[known - 1].time);
    if (with_news)
      cut.asked[user].assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(asked));
    if (asked > 0) cut.liked_later[user] = new_likes(whole.first(asked), whole.subspan(asked));
    for (const TextEvent& text : own_texts(training, user)) {
      if (text.event == 0 || text.time < *moment) cut.texts[user].push_back(text);
    }
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
    cut.liked_later[user] = new_likes(history, later[user]);
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
  inner.asked_at_now = cut.now.has_value();
  inner.now = cut.now.value_or(training.now);

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
  chosen.by_time = inner.asked_at_now;
  LIMN_TRY(chosen.found, search_settings(inner, users, start, search));
  const auto blend_with = [&](const ModelSettings& settings, const ChoiceOptions& choice) {
    return choose_blend(inner, training.histories, cut, settings, config, choice, choose);
  };
  // What is best alone need not be best beside others: with more dimensions ials says more of what
  // the models of items say already. Where there are two blends, a ranker waits for the better.
  const bool two = chosen.found.settings.ials_dim != start.ials_dim;
  ChoiceOptions first_choice = options;
  if (two) first_choice.ranker = RankerKind::none;
  LIMN_TRY(ChosenBlend blend, blend_with(chosen.found.settings, first_choice));
  if (two) {
    ModelSettings other_dim = chosen.found.settings;
    other_dim.ials_dim = start.ials_dim;
    LIMN_TRY(ChosenBlend other, blend_with(other_dim, first_choice));
    if (other.weights.ndcg > blend.weights.ndcg) {
      blend = std::move(other);
      chosen.found.ials_dim_alone = std::exchange(chosen.found.settings.ials_dim, start.ials_dim);
    }
    if (options.ranker != RankerKind::none) {
      LIMN_TRY(blend, blend_with(chosen.found.settings, options));
    }
  }
  chosen.weights = std::move(blend.weights);
  chosen.ranker = std::move(blend.ranker);
  return chosen;
}

}  // namespace limn
