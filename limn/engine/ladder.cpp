#include "limn/engine/ladder.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "limn/core/random.h"
#include "limn/engine/choose_models.h"
#include "limn/engine/strategies.h"
#include "limn/recommend/blend.h"

namespace limn {
namespace {

constexpr std::size_t fewest_users = 20;
constexpr std::size_t most_users = 1'000;
constexpr std::size_t known_from = 11;  // events: then every rung can be made of them

// What is left of a history on each rung: any number between these.
struct Lengths {
  std::string_view name;
  std::size_t least;
  std::size_t most;
};
constexpr std::array<Lengths, history_bucket_count> rungs{
    {{history_bucket_names[0], 0, 0},
     {history_bucket_names[1], 1, 3},
     {history_bucket_names[2], 4, 10},
     {history_bucket_names[3], SIZE_MAX, SIZE_MAX}}};

// A fifth of those who are known well and have something to find, ascending.
std::vector<UserIndex> choose_users(const LadderInput& input, const Relevance& relevance,
                                    std::uint64_t seed) {
  std::vector<UserIndex> able;
  std::size_t ranked = 0;
  for (std::size_t user = 0; user < input.split.users(); ++user) {
    const auto& test = input.split.test[user];
    const bool has_target = std::ranges::any_of(
        test, [&](const HistoryEntry& event) { return is_relevant(event, relevance); });
    ranked += has_target ? 1 : 0;
    if (has_target && input.known[user].size() >= known_from)
      able.push_back(static_cast<UserIndex>(user));
  }
  Random random(seed);
  random.shuffle(std::span(able));
  able.resize(std::min({able.size(), most_users, std::max(fewest_users, ranked / 5)}));
  std::ranges::sort(able);
  return able;
}

// The training without some users, and without texts where behaviour alone is asked for.
struct Fit {
  std::vector<std::vector<TextEvent>> texts;
  std::vector<History> histories;
  Training training;
  FittedModels models;
  std::optional<Parts> parts;
  std::optional<Blend> blend;
  JsonObject weights;
};

Result<void> fit_without(const LadderInput& input, const std::vector<UserIndex>& left_out,
                         bool with_text, const Config& config, Fit& fit) {
  fit.training = input.training;
  fit.histories.assign(input.training.histories.begin(), input.training.histories.end());
  fit.texts.assign(input.training.user_texts.begin(), input.training.user_texts.end());
  for (const UserIndex user : left_out) {
    fit.histories[user] = {};
    if (!fit.texts.empty()) fit.texts[user].clear();
  }
  fit.training.histories = fit.histories;
  fit.training.user_texts = fit.texts;
  if (!with_text) {
    fit.training.user_texts = {};
    fit.training.item_embeddings = {};
    fit.training.text_neighbours = {};
    fit.training.word_neighbours = {};
  }
  LIMN_TRY(const ChosenModels chosen, choose_models(fit.training, config));
  LIMN_TRY(fit.models, fit_models(fit.training, config, chosen.found.settings));
  fit.parts.emplace(fit.models.view(fit.training), config);
  const BlendWeights served = served_weights(chosen.weights.weights, fit.parts->names());
  fit.weights = weights_json(served, fit.parts->names());
  fit.blend.emplace(
      std::vector<const Recommender*>(fit.parts->all().begin(), fit.parts->all().end()), served);
  return {};
}

const Recommender* part_named(const Parts& parts, std::string_view name) {
  for (std::size_t p = 0; p < parts.names().size(); ++p) {
    if (parts.names()[p] == name) return parts.all()[p];
  }
  return nullptr;
}

// The newest events of a rung, and the words that were said with them; the bio is always known.
struct Known {
  History history;
  std::vector<TextEvent> texts;
};

Known known_on(const Lengths& rung, const LadderInput& input, UserIndex user, std::uint64_t seed) {
  Known known;
  known.history = input.known[user];
  if (rung.least < known.history.size()) {
    Random random(seed * 0x9e3779b97f4a7c15 + user);
    known.history = known.history.last(rung.least + random.below(rung.most - rung.least + 1));
  }
  if (input.texts.empty()) return known;
  for (const TextEvent& text : input.texts[user]) {
    const bool said_with_them = !known.history.empty() && text.time >= known.history.front().time;
    const bool whole = known.history.size() == input.known[user].size();
    if (text.event == 0 || whole || said_with_them) known.texts.push_back(text);
  }
  return known;
}

NamedScorer scorer_on(const Lengths& rung, std::string_view name, const Recommender& recommender,
                      const Fit& fit, const LadderInput& input, const Config& config) {
  NamedScorer named;
  named.name = fmt::format("{} {}", name, rung.name);
  const auto seed = static_cast<std::uint64_t>(config.runtime.seed);
  const ModelView models = fit.models.view(fit.training);
  named.score = [&rung, &recommender, models, &input, &config, seed, now = fit.training.now](
                    UserIndex user, std::span<float> scores) {
    Known known = known_on(rung, input, user, seed);
    if (models.item_embeddings.empty()) known.texts.clear();  // behaviour alone is asked
    // The models have not seen this user: no row of theirs is asked for.
    const QueryState state =
        make_query(models, known.history, known.texts, std::nullopt, now, history_decay(), config);
    recommender.score(state.query(), scores);
  };
  return named;
}

// The split with the test events of `users` alone.
Split split_of(const Split& split, const std::vector<UserIndex>& users) {
  Split alone = split;
  for (std::size_t user = 0; user < alone.users(); ++user) {
    if (!std::ranges::binary_search(users, user)) alone.test[user].clear();
  }
  return alone;
}

GroupValue value_of(const EvaluationReport& report, std::string_view name, std::string_view rung,
                    const std::string& metric) {
  const std::string full = fmt::format("{} {}", name, rung);
  const auto row = std::ranges::find(report.rows, full, &RecommenderReport::name);
  return {std::string(name), row->metrics.at(metric), row->ci95.at(metric)};
}

Result<LadderRung> rung_of(const EvaluationReport& report, std::string_view rung,
                           const std::vector<std::string_view>& names, const std::string& metric) {
  LadderRung made{std::string(rung), {}, {}};
  std::vector<NamedPair> pairs;
  for (const std::string_view name : names) {
    made.values.push_back(value_of(report, name, rung, metric));
    if (name != "blend")
      pairs.push_back({fmt::format("{} {}", name, rung), fmt::format("blend {}", rung)});
  }
  LIMN_TRY(made.blend_against, compare(report, pairs, metric));
  return made;
}

}  // namespace

bool LadderRung::blend_leads() const {
  return std::ranges::all_of(blend_against,
                             [](const Comparison& c) { return c.difference.difference >= 0; });
}

bool LadderRung::blend_is_worse() const {
  return std::ranges::any_of(blend_against,
                             [](const Comparison& c) { return c.difference.interval.high < 0; });
}

Result<Ladder> measure_ladder(const LadderInput& input, const EvaluateOptions& protocol,
                              const Config& config) {
  Ladder ladder;
  ladder.metric = fmt::format("ndcg@{}", protocol.ks.front());
  const std::vector<UserIndex> users =
      choose_users(input, protocol.relevance, static_cast<std::uint64_t>(config.runtime.seed));
  if (users.size() < fewest_users) return ladder;

  Fit whole;
  Fit behaviour;
  LIMN_TRY_VOID(fit_without(input, users, true, config, whole));
  LIMN_TRY_VOID(fit_without(input, users, false, config, behaviour));
  const Recommender* const text = part_named(*whole.parts, "text");
  std::vector<NamedScorer> scorers;
  std::vector<std::string_view> names;
  if (text != nullptr) names.emplace_back("text");
  for (const std::string_view name : {"behaviour", "blend"}) names.push_back(name);
  for (const Lengths& rung : rungs) {
    if (text != nullptr) scorers.push_back(scorer_on(rung, "text", *text, whole, input, config));
    scorers.push_back(scorer_on(rung, "behaviour", *behaviour.blend, behaviour, input, config));
    scorers.push_back(scorer_on(rung, "blend", *whole.blend, whole, input, config));
  }
  EvaluateOptions options = protocol;
  options.ks = {protocol.ks.front()};
  const Split alone = split_of(input.split, users);
  LIMN_TRY(const EvaluationReport report, evaluate(alone, scorers, options));
  ladder.users = report.ranked_users.size();
  ladder.weights = {{"behaviour", behaviour.weights}, {"blend", whole.weights}};
  for (const Lengths& rung : rungs) {
    LIMN_TRY(LadderRung made, rung_of(report, rung.name, names, ladder.metric));
    ladder.rungs.push_back(std::move(made));
  }
  return ladder;
}

Json to_json(const Ladder& ladder) {
  JsonArray array;
  for (const LadderRung& rung : ladder.rungs) {
    JsonObject values;
    for (const GroupValue& value : rung.values) {
      values[value.recommender] =
          JsonObject{{"mean", rounded(value.mean)}, {"ci95", to_json(value.ci95)}};
    }
    JsonArray against;
    for (const Comparison& comparison : rung.blend_against) against.push_back(to_json(comparison));
    array.push_back(JsonObject{{"history", rung.history},
                               {"recommenders", std::move(values)},
                               {"blend_against", std::move(against)},
                               {"blend_leads", rung.blend_leads()},
                               {"blend_is_worse", rung.blend_is_worse()}});
  }
  return JsonObject{{"metric", ladder.metric},
                    {"users", ladder.users},
                    {"histories", "cut to the newest events of known users that no fit has seen"},
                    {"weights", ladder.weights},
                    {"rungs", std::move(array)}};
}

}  // namespace limn
