// Answers about one user: the list with its reasons, the terms of a score, the profile card.
#include <algorithm>
#include <span>

#include "limn/core/stopwatch.h"
#include "limn/core/vector_ops.h"
#include "limn/engine/draft.h"
#include "limn/engine/engine_state.h"
#include "limn/engine/experiment.h"
#include "limn/engine/lists.h"
#include "limn/engine/predicted_stars.h"
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
    case Term::Kind::trending: return "trending";
    case Term::Kind::ranker: return "ranker";
    case Term::Kind::base: return "base";
  }
  return "base";
}

constexpr std::size_t history_reasons = 3;  // more are told as "the rest"
constexpr double least_reason = 0.0005;     // less than that is not worth a line

// The terms of one score, put together as a person would tell them.
struct GroupedTerms {
  std::vector<std::pair<ItemIndex, double>> history;  // the most telling first, worth a line each
  double rest = 0;                                    // of the other events, and what all items get
  std::size_t rest_count = 0;                         // items that those events were with
  double similar_users = 0;
  std::size_t similar_user_count = 0;
  double text = 0;
  double popularity = 0;
  double trending = 0;
  double ranker = 0;
};

// Adds up what is said by the same history item. One for a whole page: the array of all items is
// made once.
class HistorySums {
 public:
  explicit HistorySums(std::size_t items) : sums_(items), seen_(items) {}

  void add(ItemIndex item, double weight) {
    if (seen_[item] == 0) items_.push_back(item);
    seen_[item] = 1;
    sums_[item] += weight;
  }

  // (items added): each with its sum, in the order of their first term. Empties this.
  [[nodiscard]] std::vector<std::pair<ItemIndex, double>> take() {
    std::vector<std::pair<ItemIndex, double>> taken;
    taken.reserve(items_.size());
    for (const ItemIndex item : items_) {
      taken.emplace_back(item, sums_[item]);
      sums_[item] = 0;
      seen_[item] = 0;
    }
    items_.clear();
    return taken;
  }

 private:
  std::vector<double> sums_;        // (items)
  std::vector<std::uint8_t> seen_;  // (items)
  std::vector<ItemIndex> items_;
};

GroupedTerms group(const std::vector<Term>& terms, HistorySums& sums) {
  GroupedTerms groups;
  for (const Term& term : terms) {
    switch (term.kind) {
      case Term::Kind::history_item: sums.add(term.ref, term.weight); break;
      case Term::Kind::similar_user:
        groups.similar_users += term.weight;
        ++groups.similar_user_count;
        break;
      case Term::Kind::text: groups.text += term.weight; break;
      case Term::Kind::popularity: groups.popularity += term.weight; break;
      case Term::Kind::trending: groups.trending += term.weight; break;
      case Term::Kind::ranker: groups.ranker += term.weight; break;
      case Term::Kind::base: groups.rest += term.weight; break;
    }
  }
  groups.history = sums.take();
  const std::size_t told = std::min(history_reasons, groups.history.size());
  const auto more_telling = [](const auto& a, const auto& b) {
    const double size_a = std::abs(a.second);
    const double size_b = std::abs(b.second);
    return size_a != size_b ? size_a > size_b : a.first < b.first;
  };
  std::partial_sort(groups.history.begin(),
                    groups.history.begin() + static_cast<std::ptrdiff_t>(told),
                    groups.history.end(), more_telling);
  std::size_t kept = 0;
  while (kept < told && std::abs(groups.history[kept].second) >= least_reason) ++kept;
  for (std::size_t h = kept; h < groups.history.size(); ++h)
    groups.rest += groups.history[h].second;
  groups.rest_count = groups.history.size() - kept;
  groups.history.resize(kept);
  return groups;
}

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
Reason history_reason(const ItemName& item, const std::string& title, double weight,
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
  std::vector<Reason> reasons;
  for (const auto& [item, weight] : groups.history) {
    ItemEvents events;
    for (const HistoryEntry& entry : person.history) {
      if (entry.item == item) events.add(double{entry.weight});
    }
    reasons.push_back(history_reason(names.item(item), names.title(item), weight, events));
  }
  double rest = groups.rest;
  const auto tell = [&](std::string type, double weight, std::string text) {
    if (std::abs(weight) < least_reason) {
      rest += weight;
    } else {
      reasons.push_back({std::move(type), "", weight, std::move(text)});
    }
  };
  if (groups.similar_user_count > 0) {
    tell("similar_users", groups.similar_users,
         fmt::format("{} people with tastes like yours chose it", groups.similar_user_count));
  }
  tell("text", groups.text, "close to your own words");
  tell("popularity", groups.popularity, "popular of late");
  tell("trending", groups.trending,
       groups.trending > 0 ? "chosen more of late than usual" : "chosen less of late than usual");
  tell("ranker", groups.ranker, "from what people went on to choose after such lists");
  std::stable_sort(reasons.begin(), reasons.end(), [](const Reason& a, const Reason& b) {
    return std::abs(a.weight) > std::abs(b.weight);
  });
  reasons.push_back({"rest", "", rest,
                     groups.rest_count == 0
                         ? std::string("less what an average item gets")
                         : fmt::format("{} more of your choices, less what an average item gets",
                                       groups.rest_count)});
  return reasons;
}

struct Listed {
  DraftPlace place;
  GroupedTerms groups;
};

// A whole list's places from `offset` on, with why each item is there.
std::vector<Listed> make_page(const std::vector<DraftPlace>& places, std::size_t offset,
                              const std::vector<Ranking>& rankings) {
  const auto shown = std::span(places).subspan(std::min(offset, places.size()));
  std::vector<Listed> page(shown.size());
  for (std::size_t r = 0; r < rankings.size(); ++r) {
    std::vector<std::size_t> owners;
    std::vector<ItemIndex> items;
    for (std::size_t p = 0; p < shown.size(); ++p) {
      if (shown[p].team != r) continue;
      owners.push_back(p);
      items.push_back(shown[p].scored.index);
    }
    const std::vector<std::vector<Term>> terms = rankings[r].explain(items);
    HistorySums sums(rankings[r].scores.size());
    for (std::size_t i = 0; i < items.size(); ++i)
      page[owners[i]] = {shown[owners[i]], group(terms[i], sums)};
  }
  return page;
}

// The names of what stands on the page and of what its reasons tell of.
Result<ItemNames> read_page_names(const Store& store, const std::vector<Listed>& page,
                                  const Config& config) {
  std::vector<ItemIndex> named;
  for (const Listed& listed : page) {
    named.push_back(listed.place.scored.index);
    for (const auto& [item, weight] : listed.groups.history) named.push_back(item);
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
  answer.remark = snapshot->ranker_absence();

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

  const PredictedStars stars(*snapshot, person.ratings);
  std::vector<ShownPlace> shown;
  for (const auto& [place, groups] : page) {
    const ItemName& item = names.item(place.scored.index);
    if (item.id.empty() || item.hidden) continue;  // since the build
    answer.items.push_back({item.id, names.title(place.scored.index), place.scored.score,
                            reasons_of(groups, person, names), place.propensity,
                            chosen.strategies[place.team].name, stars.of(place.scored.index)});
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
      std::string(user), std::string(item), names.title(number), ranking.scores[number], {}, {}};
  answer.predicted_rating = PredictedStars(*snapshot, person.ratings).of(number);
  for (const Term& term : terms) {
    ExplainedTerm& explained = answer.terms.emplace_back();
    explained.part = ranking.part_name(term);
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
