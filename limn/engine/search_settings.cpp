// Each part is searched alone: its own settings hardly depend on what it is blended with, and six
// searches along a line cost what one over all settings at once would need for its first step. A
// trial fits only the rows that the sampled users' histories touch.
#include "limn/engine/search_settings.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include "limn/core/parallel.h"
#include "limn/core/progress.h"
#include "limn/core/random.h"
#include "limn/core/stopwatch.h"
#include "limn/eval/intervals.h"
#include "limn/recommend/interactions.h"
#include "limn/recommend/middle_rank.h"

namespace limn {
namespace {

// 0: every event counts alike. What was best on any public split lies between.
constexpr double half_life_grid[] = {0, 100, 30, 10, 5, 3, 2, 1, 0.5, 0.25};

// So many users weigh as much as an item's words: a tenth where words speak for new items alone.
constexpr double text_prior_grid[] = {0.1, 1, 3, 10, 30, 100};

// The user's own words are worth so many events.
constexpr double text_weight_grid[] = {0.3, 1, 3};

// The best of a grid is better than nothing by chance: so many standard errors are asked.
constexpr double sure_errors = 2;

// A smaller relative gain is noise.
constexpr double least_gain = 2e-3;

// What a fit of items^3 may cost in all, in items^3 a fit that was asked for: 2,700 items are
// searched like any part, and 8,000 get one fit of 25.
constexpr double cubic_budget = 2e10;

// The same for one small system an item: 12,000 items are searched like any part.
constexpr double nearby_budget = 12e3;

// Fewer items are told apart by as many dimensions as limn.toml says; whether more dimensions would
// tell more apart is asked of larger catalogues only, where a fit more is worth it.
constexpr std::size_t many_items = 10'000;

double ndcg_of_user(const Recommender& part, const SearchUser& user, std::size_t k,
                    std::span<float> scores) {
  Query query;
  query.history = user.history;
  query.text = user.words;
  part.score(query, scores);
  for (const HistoryEntry& entry : user.history)
    scores[entry.item] = -std::numeric_limits<float>::infinity();
  std::vector<float> relevant;
  for (const ItemIndex item : user.held_out) {
    // A part that says nothing of an item has not found it.
    if (scores[item] != 0) relevant.push_back(scores[item]);
  }
  const double best = best_gain(user.held_out.size(), k);
  return best > 0 ? gain_of(scores, relevant, k) / best : 0;
}

// Whether `values` are greater than `others`, user by user, by more than chance would have it.
bool surely_greater(std::span<const double> values, std::span<const double> others) {
  std::vector<double> gains(values.size());
  std::ranges::transform(values, others, gains.begin(), std::minus());
  return error_interval(gains, sure_errors).low > 0;
}

// One search: who it is for, and the best found so far.
class Search {
 public:
  Search(const Training& training, std::vector<SearchUser> users, const SearchOptions& options,
         std::size_t dense_limit)
      : training_(training),
        users_(std::move(users)),
        options_(options),
        interactions_(interactions(training.histories, training.items, {})),
        rows_(training.items),
        dense_limit_(dense_limit) {
    for (const SearchUser& user : users_) {
      for (const HistoryEntry& entry : user.history) rows_[entry.item] = 1;
    }
  }

  [[nodiscard]] std::size_t users() const { return users_.size(); }

  // Moves `settings`. Nothing where the training has nothing for the part.
  Result<std::optional<PartSearch>> part(std::string_view name, ModelSettings& settings) {
    PartSearch found{.part = std::string(name)};
    LIMN_TRY(PartArrays arrays, fit_part(name, training_, interactions_, settings, rows_));
    if (arrays.empty()) return std::nullopt;
    found.fits = 1;
    extra_fits_ = 0;
    found.before = found.after = ndcg(name, arrays, settings);
    improve_half_life(arrays, settings, found);
    for (const Knob& knob : knobs_of(name)) {
      if (knob.key == "text_weight" && training_.item_embeddings.empty()) continue;
      if (knob.key == "dim" && (training_.items < many_items || settings.ials_dim == 0)) continue;
      const std::size_t before = found.fits;
      LIMN_TRY_VOID(move(knob, settings, arrays, found));
      // What the other knobs move is not given up for the dimensions.
      if (knob.key == "dim") extra_fits_ = found.fits - before;
    }
    improve_half_life(arrays, settings, found);
    if (name == "ials") LIMN_TRY_VOID(improve_texts(arrays, settings, found));
    return found;
  }

  // For weights that are there already.
  PartSearch half_life_only(std::string_view name, SparseMatrix weights,
                            ModelSettings& settings) const {
    PartArrays arrays;
    arrays.weights = std::move(weights);
    PartSearch found{.part = std::string(name)};
    found.before = found.after = ndcg(name, arrays, settings);
    improve_half_life(arrays, settings, found);
    return found;
  }

 private:
  [[nodiscard]] double ndcg(std::string_view name, const PartArrays& arrays,
                            const ModelSettings& settings) const {
    return mean(ndcg_by_user(name, arrays, settings));
  }

  [[nodiscard]] std::vector<double> ndcg_by_user(std::string_view name, const PartArrays& arrays,
                                                 const ModelSettings& settings) const {
    const std::unique_ptr<Recommender> part = make_part(name, arrays, settings);
    std::vector<double> by_user(users_.size());
    constexpr std::size_t grain = 16;
    parallel_for(users_.size(), grain, [&](std::size_t begin, std::size_t end) {
      std::vector<float> scores(training_.items);
      for (std::size_t u = begin; u < end; ++u)
        by_user[u] = ndcg_of_user(*part, users_[u], options_.k, scores);
    });
    return by_user;
  }

  [[nodiscard]] std::size_t budget(std::string_view name) const {
    if (name != "ease") return options_.fits;
    const auto n = static_cast<double>(training_.items);
    const double share =
        training_.items > dense_limit_ ? nearby_budget / n : cubic_budget / (n * n * n);
    const double fits = std::min(1.0, share) * static_cast<double>(options_.fits);
    return std::max<std::size_t>(1, static_cast<std::size_t>(fits));
  }

  // Steps along the grid from where it stands, up and then down, while that is a gain.
  Result<void> move(const Knob& knob, ModelSettings& settings, PartArrays& arrays,
                    PartSearch& found) {
    for (const bool up : {true, false}) {
      bool moved = false;
      while (found.fits < budget(knob.part) + extra_fits_) {
        const std::optional<double> next = neighbour(knob.grid, knob.value(settings), up);
        if (!next) break;
        ModelSettings trial = settings;
        knob.value(trial) = *next;
        LIMN_TRY_VOID(Interrupt::check("search settings"));
        LIMN_TRY(PartArrays fitted, fit_part(knob.part, training_, interactions_, trial, rows_));
        found.fits += 1;
        const double reached = ndcg(knob.part, fitted, trial);
        if (reached <= found.after * (1 + least_gain)) break;
        found.after = reached;
        settings = trial;
        arrays = std::move(fitted);
        moved = true;
      }
      if (moved) break;
    }
    return {};
  }

  static std::optional<double> neighbour(std::span<const double> grid, double value, bool up) {
    constexpr double same = 1e-9;
    if (up) {
      const auto above =
          std::ranges::find_if(grid, [&](double point) { return point > value + same; });
      return above == grid.end() ? std::nullopt : std::optional(*above);
    }
    std::optional<double> below;
    for (const double point : grid) {
      if (point < value - same) below = point;
    }
    return below;
  }

  // How much items' words and the user's own count in ials.
  Result<void> improve_texts(const PartArrays& arrays, ModelSettings& settings,
                             PartSearch& found) const {
    LIMN_TRY(const MappedTexts texts, map_item_texts(arrays, training_, interactions_));
    if (texts.map.empty()) return {};
    try_texts(text_prior_grid, &ModelSettings::ials_text_prior, arrays, texts, settings, found);
    const bool heard =
        std::ranges::any_of(users_, [](const SearchUser& user) { return !user.words.empty(); });
    if (heard)
      try_texts(text_weight_grid, &ModelSettings::ials_text_weight, arrays, texts, settings, found);
    return {};
  }

  // Takes the best of the grid where it is surely better than nothing. The grids have one peak: it
  // is looked for from 1 up, or else down.
  void try_texts(std::span<const double> grid, double ModelSettings::*knob,
                 const PartArrays& arrays, const MappedTexts& texts, ModelSettings& settings,
                 PartSearch& found) const {
    ModelSettings trial = settings;
    const auto reached = [&](double value) {
      trial.*knob = value;
      return ndcg_by_user(found.part, with_texts(arrays, texts, trial), trial);
    };
    const std::vector<double> without = reached(0);
    std::vector<double> best = reached(1);
    double best_value = 1;
    for (const bool up : {true, false}) {
      while (const std::optional<double> next = neighbour(grid, best_value, up)) {
        std::vector<double> by_user = reached(*next);
        if (mean(by_user) <= mean(best)) break;
        best_value = *next;
        best = std::move(by_user);
      }
      if (best_value != 1) break;
    }
    if (!surely_greater(best, without)) return;
    settings.*knob = best_value;
    found.after = mean(best);
  }

  void improve_half_life(const PartArrays& arrays, ModelSettings& settings,
                         PartSearch& found) const {
    if (!training_.dated) return;
    double& half_life = settings.half_lives[found.part];
    const auto at = std::ranges::find(half_life_grid, half_life);
    const auto start = static_cast<std::ptrdiff_t>(at - std::begin(half_life_grid));
    const auto size = static_cast<std::ptrdiff_t>(std::size(half_life_grid));
    for (const std::ptrdiff_t step : {1, -1}) {
      bool moved = false;
      for (std::ptrdiff_t place = std::min(start, size - 1) + step; 0 <= place && place < size;
           place += step) {
        const double before = std::exchange(half_life, half_life_grid[place]);
        const double reached = ndcg(found.part, arrays, settings);
        if (reached <= found.after * (1 + least_gain)) {
          half_life = before;
          break;
        }
        found.after = reached;
        moved = true;
      }
      if (moved) break;
    }
  }

  const Training& training_;
  std::vector<SearchUser> users_;
  SearchOptions options_;
  SparseMatrix interactions_;
  std::vector<std::uint8_t> rows_;
  std::size_t extra_fits_ = 0;  // of this part, beside its budget
  std::size_t dense_limit_;     // more items are fitted item by item
};

SparseMatrix copy_of(SparseView view) {
  return {{view.offsets().begin(), view.offsets().end()},
          {view.indices().begin(), view.indices().end()},
          {view.values().begin(), view.values().end()},
          view.cols()};
}

std::vector<SearchUser> sampled(std::span<const SearchUser> users, const SearchOptions& options) {
  std::vector<SearchUser> chosen;
  for (const SearchUser& user : users) {
    if (!user.held_out.empty() && !user.history.empty()) chosen.push_back(user);
  }
  if (chosen.size() > options.max_users) {
    Random random(options.seed);
    random.shuffle(std::span(chosen));
    chosen.resize(options.max_users);
  }
  return chosen;
}

}  // namespace

Result<FoundSettings> search_settings(const Training& training, std::span<const SearchUser> users,
                                      const ModelSettings& start, const SearchOptions& options) {
  const Stopwatch watch;
  FoundSettings found;
  found.settings = start;
  if (options.fits == 0) return found;
  Search search(training, sampled(users, options), options, start.ease.max_items);
  found.users = search.users();
  if (found.users == 0) return found;
  for (const auto& [part, weights] : {std::pair("text", training.text_neighbours),
                                      std::pair("words", training.word_neighbours)}) {
    if (weights.rows() > 0)
      found.parts.push_back(search.half_life_only(part, copy_of(weights), found.settings));
  }
  for (const std::string_view part : searched_parts()) {
    LIMN_TRY(std::optional<PartSearch> done, search.part(part, found.settings));
    if (done) found.parts.push_back(std::move(*done));
  }
  found.seconds = watch.seconds();
  return found;
}

JsonObject to_json(const FoundSettings& found) {
  JsonObject parts;
  std::size_t fits = 0;
  for (const PartSearch& part : found.parts) {
    parts[part.part] = JsonObject{{"fits", part.fits},
                                  {"ndcg_before", rounded(part.before)},
                                  {"ndcg_after", rounded(part.after)}};
    fits += part.fits;
  }
  JsonObject json{{"chosen", to_json(found.settings)},
                  {"users", found.users},
                  {"fits", fits},
                  {"seconds", rounded(found.seconds)},
                  {"parts", std::move(parts)}};
  if (found.ials_dim_alone != 0) json["ials_dim_alone"] = found.ials_dim_alone;
  return json;
}

}  // namespace limn
