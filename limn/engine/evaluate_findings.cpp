// What is found on top of the report: rows of re-ranked lists, pairs, groups, the ladder.
#include <algorithm>
#include <charconv>
#include <limits>

#include "limn/engine/evaluate_past.h"
#include "limn/engine/lists.h"

namespace limn {
namespace {

constexpr float left_out = -std::numeric_limits<float>::infinity();

// What no list may hold: what the user has, and what the recommender leaves out.
std::vector<std::uint8_t> excluded_items(const Split& split, UserIndex user,
                                         std::span<const float> scores) {
  std::vector<std::uint8_t> owned(split.items, 0);
  for (std::size_t item = 0; item < scores.size(); ++item) owned[item] = scores[item] == left_out;
  for (const UserHistories* part : {&split.train, &split.valid}) {
    for (const HistoryEntry& event : (*part)[user]) owned[event.item] = 1;
  }
  return owned;
}

std::string reranked_name(std::string_view name, const ListWishes& wishes) {
  return fmt::format("{}, {}", name, wishes.name);
}

bool has_row(const EvaluationReport& report, std::string_view name) {
  return std::ranges::find(report.rows, name, &RecommenderReport::name) != report.rows.end();
}

float* wish_named(std::string_view name, RerankOptions& options) {
  if (name == "diversity") return &options.diversity;
  if (name == "calibration") return &options.calibration;
  if (name == "popularity_penalty") return &options.popularity_penalty;
  return nullptr;
}

}  // namespace

Result<ListWishes> parse_list_wishes(std::string_view text) {
  ListWishes wishes{std::string(text), {}};
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find(','));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    float* const wish = wish_named(pair.substr(0, equals), wishes.options);
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    float number = -1;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool whole = read.ec == std::errc{} && read.ptr == value.data() + value.size();
    if (wish != nullptr && whole && 0 <= number && number <= 1) {
      *wish = number;
      continue;
    }
    return fail(ErrorCode::invalid_argument,
                "cannot re-rank: {}: not diversity, calibration or popularity_penalty from 0 to 1, "
                "as calibration=0.3,diversity=0.1",
                pair);
  }
  if (!wishes.name.empty()) return wishes;
  return fail(ErrorCode::invalid_argument, "cannot re-rank: nothing is wished for");
}

NamedScorer reranked(const NamedScorer& scorer, const ListWishes& wishes, const Split& split,
                     const Past& past, const ModelView& models, std::size_t n,
                     const Config& config) {
  NamedScorer made;
  made.name = reranked_name(scorer.name, wishes);
  made.fit_seconds = scorer.fit_seconds;
  RerankOptions options = wishes.options;
  options.n = n;
  options.candidates = std::max<std::size_t>(100, 3 * n);
  made.settings = {{"diversity", rounded(options.diversity)},
                   {"calibration", rounded(options.calibration)},
                   {"popularity_penalty", rounded(options.popularity_penalty)},
                   {"candidates", options.candidates}};
  made.score = [score = scorer.score, options, &split, &past, models, &config](
                   UserIndex user, std::span<float> scores) {
    score(user, scores);
    const std::vector<double> target =
        liked_classes(past.known[user], past.item_classes, past.now, config);
    ListSources sources;
    sources.embeddings = models.item_embeddings;
    sources.popularity = models.popularity;
    sources.item_classes = past.item_classes;
    sources.class_target = target;
    const std::vector<Scored> list =
        top_items(scores, excluded_items(split, user, scores), sources, options);
    // The list as scores: each place above the next, and all above what is not on it.
    for (const Scored& scored : list) scores[scored.index] = left_out;
    const float highest = scores.empty() ? 0 : *std::ranges::max_element(scores);
    const float rest = std::max(highest, 0.0F);
    for (std::size_t place = 0; place < list.size(); ++place) {
      const float steps = static_cast<float>(list.size() - place);
      scores[list[place].index] = rest + steps * std::max(1.0F, rest * 1e-6F);
    }
  };
  return made;
}

Result<void> add_findings(const Split& split, const Training& training, const Past& past,
                          const EvaluateOptions& protocol, const Config& config,
                          const EvaluationOptions& options, Evaluation& evaluation) {
  const EvaluationReport& report = evaluation.report;
  const std::string metric = fmt::format("ndcg@{}", options.ks.front());
  for (const ListWishes& wishes : options.lists) {
    const std::string name = reranked_name("blend", wishes);
    if (has_row(report, name)) evaluation.reranked.push_back(name);
  }
  std::vector<NamedPair> pairs = options.compare;
  if (pairs.empty()) {
    pairs = pairs_with_best(report, metric, evaluation.reranked);
    for (const std::string& name : evaluation.reranked) pairs.push_back({"blend", name});
  }
  LIMN_TRY(evaluation.comparisons, compare(report, pairs, metric));
  evaluation.groups = measure_groups(report, group_users(split, report), metric);
  evaluation.left_out = past.left_out;
  for (const UserIndex user : report.ranked_users)
    evaluation.user_ids.push_back(past.user_ids.empty() ? fmt::format("{}", user)
                                                        : past.user_ids[user]);
  if (options.ratings) {
    LIMN_TRY(evaluation.ratings, evaluate_ratings(past.ratings, split.users(), split.items,
                                                  static_cast<std::uint64_t>(config.runtime.seed)));
  }
  if (!options.ladder || training.items == 0) return {};
  const LadderInput input{split, training, past.known, past.texts};
  LIMN_TRY(evaluation.ladder, measure_ladder(input, protocol, config));
  return {};
}

}  // namespace limn
