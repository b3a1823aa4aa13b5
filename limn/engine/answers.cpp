// Answers about one user: the list with its reasons, the terms of a score, the profile card.
#include <algorithm>
#include <map>

#include "limn/core/stopwatch.h"
#include "limn/core/vector_ops.h"
#include "limn/engine/draft.h"
#include "limn/engine/engine_state.h"
#include "limn/engine/experiment.h"
#include "limn/engine/lists.h"
#include "limn/engine/strategies.h"
#include "limn/feedback/assignment.h"

namespace limn {
namespace {

// Items that must not be shown: (items), not 0.
Result<std::vector<std::uint8_t>> excluded_items(const Snapshot& snapshot, const Person& person,
                                                 const RecommendOptions& options) {
  std::vector<std::uint8_t> excluded(snapshot.info().items, 0);
  for (std::size_t item = 0; item < excluded.size(); ++item) {
    excluded[item] = snapshot.hidden()[item] == std::byte{0} ? 0 : 1;
  }
  if (!options.include_used) {
    for (const HistoryEntry& entry : person.history) {
      if (entry.item < excluded.size()) excluded[entry.item] = 1;
    }
  }
  if (options.category.empty()) return excluded;

  std::optional<std::uint32_t> wanted;
  for (std::uint32_t c = 0; c < snapshot.categories().size(); ++c) {
    if (snapshot.categories()[c] == options.category) wanted = c;
  }
  for (std::size_t item = 0; item < excluded.size(); ++item) {
    const SparseRow row = snapshot.item_categories().row(item);
    if (!wanted || !std::binary_search(row.cols.begin(), row.cols.end(), *wanted))
      excluded[item] = 1;
  }
  return excluded;
}

std::string_view type_name(Term::Kind kind) {
  switch (kind) {
    case Term::Kind::history_item: return "history";
    case Term::Kind::similar_user: return "similar_users";
    case Term::Kind::text: return "text";
    case Term::Kind::popularity: return "popularity";
    case Term::Kind::base: return "base";
  }
  return "base";
}

// The terms of one score, put together as a person would tell them.
struct GroupedTerms {
  std::vector<std::pair<ItemIndex, double>> history;  // the most telling first
  double similar_users = 0;
  std::size_t similar_user_count = 0;
  double text = 0;
  double popularity = 0;
  double base = 0;
};

GroupedTerms group(const std::vector<Term>& terms) {
  GroupedTerms groups;
  std::map<ItemIndex, double> by_item;
  std::map<std::uint32_t, double> by_user;
  for (const Term& term : terms) {
    switch (term.kind) {
      case Term::Kind::history_item: by_item[term.ref] += term.weight; break;
      case Term::Kind::similar_user: by_user[term.ref] += term.weight; break;
      case Term::Kind::text: groups.text += term.weight; break;
      case Term::Kind::popularity: groups.popularity += term.weight; break;
      case Term::Kind::base: groups.base += term.weight; break;
    }
  }
  for (const auto& [user, weight] : by_user) groups.similar_users += weight;
  groups.similar_user_count = by_user.size();
  groups.history.assign(by_item.begin(), by_item.end());
  std::stable_sort(groups.history.begin(), groups.history.end(), [](const auto& a, const auto& b) {
    return std::abs(a.second) > std::abs(b.second);
  });
  return groups;
}

constexpr std::size_t history_reasons = 3;  // more are told as "the rest"

// What a user's events say of an item, together and the strongest of them.
struct ItemEvents {
  double sum = 0;
  double strongest = 0;

  void add(double weight) {
    sum += weight;
    strongest = std::max(strongest, weight);
  }
  // A like, a purchase, four stars and more; a view or a question is none.
  [[nodiscard]] bool liked() const { return strongest >= 1; }
};

// A history reason: for what was liked or chosen, or for what was turned away and counts against.
Reason history_reason(const Item& item, const std::string& title, double weight,
                      const ItemEvents& events) {
  const bool helps = weight >= 0;
  std::string text;
  if (events.sum <= 0) {
    text = fmt::format("{} {}, which you did not like", helps ? "unlike" : "like", title);
  } else {
    const char* verb = events.liked() ? "liked" : "chose";
    text = helps ? fmt::format("you {} {}", verb, title)
                 : fmt::format("unlike {}, which you {}", title, verb);
  }
  return {"history", item.id, weight, std::move(text)};
}

std::vector<Reason> reasons_of(const GroupedTerms& groups, const Person& person,
                               const ItemNames& names) {
  std::map<ItemIndex, ItemEvents> opinions;
  for (const HistoryEntry& entry : person.history) opinions[entry.item].add(double{entry.weight});

  std::vector<Reason> reasons;
  double rest = groups.base;
  std::size_t rest_count = 0;
  for (std::size_t h = 0; h < groups.history.size(); ++h) {
    const auto [item, weight] = groups.history[h];
    if (h < history_reasons) {
      reasons.push_back(
          history_reason(names.item(item), names.title(item), weight, opinions[item]));
    } else {
      rest += weight;
      ++rest_count;
    }
  }
  if (groups.similar_user_count > 0) {
    reasons.push_back(
        {"similar_users", "", groups.similar_users,
         fmt::format("{} people with tastes like yours chose it", groups.similar_user_count)});
  }
  if (groups.text != 0) reasons.push_back({"text", "", groups.text, "close to your own words"});
  if (groups.popularity != 0)
    reasons.push_back({"popularity", "", groups.popularity, "popular of late"});
  std::stable_sort(reasons.begin(), reasons.end(), [](const Reason& a, const Reason& b) {
    return std::abs(a.weight) > std::abs(b.weight);
  });
  reasons.push_back(
      {"rest", "", rest,
       rest_count == 0
           ? std::string("less what an average item gets")
           : fmt::format("{} more of your choices, less what an average item gets", rest_count)});
  return reasons;
}

struct Listed {
  DraftPlace place;
  GroupedTerms groups;
};

// A whole list's places from `offset` on, with why each item is there.
std::vector<Listed> make_page(const std::vector<DraftPlace>& places, std::size_t offset,
                              const std::vector<Ranking>& rankings) {
  std::vector<Listed> page;
  for (std::size_t p = offset; p < places.size(); ++p) {
    page.push_back({places[p], group(rankings[places[p].team].explain(places[p].scored.index))});
  }
  return page;
}

// The names of what stands on the page and of what its reasons tell of.
Result<ItemNames> read_page_names(const Store& store, const std::vector<Listed>& page,
                                  const Config& config) {
  std::vector<ItemIndex> named;
  for (const Listed& listed : page) {
    named.push_back(listed.place.scored.index);
    const auto& history = listed.groups.history;
    for (std::size_t h = 0; h < std::min(history.size(), history_reasons); ++h)
      named.push_back(history[h].first);
  }
  return ItemNames::read(store, std::move(named), config.text.mask_personal_data);
}

std::string segment_of(const Person& person, const Snapshot& snapshot, const Config& config) {
  const std::optional<std::uint32_t> segment = profile_of(person, snapshot, config).segment;
  return segment ? snapshot.info().segments[*segment].label : std::string();
}

// What the strategies' lists are made with, and what that borrows from.
struct ListMaterial {
  SparseMatrix classes;
  std::vector<double> target;
  ListSources sources;
};

ListMaterial list_material(const Snapshot& snapshot, const Person& person,
                           const std::vector<Strategy>& strategies, const Config& config) {
  ListMaterial material;
  material.sources.embeddings = snapshot.models().item_embeddings;
  material.sources.popularity = snapshot.models().popularity;
  const bool calibrated = std::any_of(strategies.begin(), strategies.end(), [](const Strategy& s) {
    return s.parameters.calibration > 0;
  });
  if (!calibrated) return material;
  const ProfileSource& source = snapshot.profile_source();
  material.classes =
      list_classes(snapshot.item_categories(), source.item_topics, source.topic_shares.size());
  material.target = liked_classes(person.history, material.classes, person.now, config);
  material.sources.item_classes = material.classes;
  material.sources.class_target = material.target;
  return material;
}

// Two names with a + between them, where two strategies made the list.
std::string names_of(const std::vector<Strategy>& strategies) {
  std::string names = strategies.front().name;
  for (std::size_t i = 1; i < strategies.size(); ++i) names += "+" + strategies[i].name;
  return names;
}

}  // namespace

Result<Recommendations> Engine::recommend(std::string_view user, const RecommendOptions& options) {
  LIMN_TRY(const std::shared_ptr<const Snapshot> snapshot, state_->snapshot());
  const Stopwatch watch;
  LIMN_TRY(const Person person,
           state_->person(*snapshot, user, {.words = options.words, .whole_events = false}));
  Recommendations answer{.user = std::string(user), .generation = snapshot->number()};
  if (!options.request.empty()) answer.segment = segment_of(person, *snapshot, state_->config);
  LIMN_TRY(const ChosenStrategies chosen,
           choose_strategies(state_->store, state_->config, user, answer.segment, options.request));
  answer.strategy = names_of(chosen.strategies);
  answer.strategy_version = chosen.strategies.front().version;
  answer.propensity = chosen.propensity;

  std::vector<Ranking> rankings;
  for (const Strategy& strategy : chosen.strategies)
    rankings.push_back(state_->rank(*snapshot, person, strategy));
  LIMN_TRY(const std::vector<std::uint8_t> excluded, excluded_items(*snapshot, person, options));
  DraftOptions drafting{.n = options.n + options.offset};
  if (!options.request.empty()) drafting.seed = sticky_seed(user, options.request);
  const ListMaterial material = list_material(*snapshot, person, chosen.strategies, state_->config);
  const std::vector<DraftPlace> places =
      draft(rankings, chosen.strategies, excluded, material.sources, drafting);
  const std::vector<Listed> page = make_page(places, options.offset, rankings);
  LIMN_TRY(const ItemNames names, read_page_names(state_->store, page, state_->config));

  std::vector<ShownPlace> shown;
  for (const auto& [place, groups] : page) {
    const Item& item = names.item(place.scored.index);
    if (item.id.empty() || item.hidden) continue;  // since the build
    answer.items.push_back({item.id, names.title(place.scored.index), place.scored.score,
                            reasons_of(groups, person, names), place.propensity,
                            chosen.strategies[place.team].name});
    shown.push_back({place.scored.index, place.propensity, place.team});
  }
  if (!options.request.empty()) {
    LIMN_TRY(answer.list, state_->store.append_list(user, {.request = options.request,
                                                           .time = options.time,
                                                           .strategy = answer.strategy,
                                                           .version = answer.strategy_version,
                                                           .segment = answer.segment,
                                                           .propensity = answer.propensity,
                                                           .places = std::move(shown)}));
  }
  answer.seconds = watch.seconds();
  return answer;
}

Result<Explanation> Engine::explain(std::string_view user, std::string_view item) {
  LIMN_TRY(const std::shared_ptr<const Snapshot> snapshot, state_->snapshot());
  LIMN_TRY(const ItemIndex number, state_->known_item(*snapshot, item));
  LIMN_TRY(const Strategy strategy, current_strategy(state_->store, state_->config));
  LIMN_TRY(const Person person,
           state_->person(*snapshot, user, {.words = {}, .whole_events = false}));
  const Ranking ranking = state_->rank(*snapshot, person, strategy);
  const std::vector<Term> terms = ranking.explain(number);

  std::vector<ItemIndex> named{number};
  for (const Term& term : terms) {
    if (term.kind == Term::Kind::history_item) named.push_back(term.ref);
  }
  LIMN_TRY(const ItemNames names, ItemNames::read(state_->store, std::move(named),
                                                  state_->config.text.mask_personal_data));
  Explanation answer{
      std::string(user), std::string(item), names.title(number), ranking.scores[number], {}};
  for (const Term& term : terms) {
    ExplainedTerm& explained = answer.terms.emplace_back();
    explained.part = ranking.parts.names()[term.part];
    explained.type = type_name(term.kind);
    explained.weight = term.weight;
    if (term.kind == Term::Kind::history_item) explained.ref = names.item(term.ref).id;
    if (term.kind == Term::Kind::similar_user) {
      LIMN_TRY(const std::optional<User> other, state_->store.user(term.ref));
      explained.ref = other ? other->id : std::string();
    }
  }
  std::stable_sort(answer.terms.begin(), answer.terms.end(),
                   [](const ExplainedTerm& a, const ExplainedTerm& b) {
                     return std::abs(a.weight) > std::abs(b.weight);
                   });
  return answer;
}

}  // namespace limn
