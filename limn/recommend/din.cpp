#include "limn/recommend/din.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "limn/core/check.h"
#include "limn/core/parallel.h"
#include "limn/core/random.h"

namespace limn {
namespace {

// Examples whose gradient is one thread's work. Dice normalises within it; the sums of a step are
// added in order.
constexpr std::size_t shard = 64;

// Adam's (Kingma and Ba, 2015), as its paper sets them.
constexpr double first_decay = 0.9;
constexpr double second_decay = 0.999;
constexpr double epsilon = 1e-8;

// How much of Dice's statistics a step leaves.
constexpr float statistics_decay = 0.98F;

// Candidates that are scored as one batch.
constexpr std::size_t candidates_per_batch = 32;

void randomize(std::vector<float>& table, Random& random) {
  for (float& value : table) value = static_cast<float>(0.1 * random.normal());
}

MlpStatistics<float> initial_statistics(const MlpShape& shape) {
  MlpStatistics<float> statistics;
  for (std::size_t l = 0; l < 2; ++l) {
    statistics.mean[l].assign(shape.hidden[l], 0);
    statistics.variance[l].assign(shape.hidden[l], 1);
  }
  return statistics;
}

void add_to(std::vector<float>& sums, const std::vector<float>& values) {
  sums.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) sums[i] += values[i];
}

void add_rows(RowGradients<float>& sums, const RowGradients<float>& values) {
  for (std::size_t i = 0; i < values.rows().size(); ++i) {
    sums.add(values.rows()[i], values.gradient(i));
  }
}

}  // namespace

std::vector<ItemIndex> liked_items(History history) {
  std::vector<ItemIndex> liked;
  for (const HistoryEntry& entry : history) {
    if (entry.weight > 0) liked.push_back(entry.item);
  }
  return liked;
}

DinModel empty_din(std::vector<std::uint32_t> category, std::size_t categories,
                   const DinOptions& options) {
  LIMN_CHECK(options.dim >= 1);
  for (const std::uint32_t of_item : category) LIMN_CHECK(of_item < categories);
  DinModel model;
  DinShape& shape = model.shape;
  shape = {.dim = options.dim, .max_history = options.max_history, .attention = options.attention};
  shape.unit = {4 * shape.width(), options.unit_hidden, options.activation};
  shape.output = {3 * shape.width(), options.output_hidden, options.activation};
  DinParameters<float>& parameters = model.parameters;
  parameters.items.resize(category.size() * options.dim);
  parameters.categories.resize(categories * options.dim);
  parameters.unit.resize(shape.unit.parameter_count());
  parameters.output.resize(shape.output.parameter_count());
  model.statistics = {initial_statistics(shape.unit), initial_statistics(shape.output)};
  model.category = std::move(category);
  return model;
}

DinTrainer::DinTrainer(std::vector<std::uint32_t> category, std::size_t categories,
                       const DinOptions& options)
    : options_(options), model_(empty_din(std::move(category), categories, options)) {
  LIMN_CHECK(options.batch >= 1);
  Random random(options.seed);
  DinParameters<float>& parameters = model_.parameters;
  randomize(parameters.items, random);
  randomize(parameters.categories, random);
  parameters.unit = random_mlp(model_.shape.unit, random.next());
  parameters.output = random_mlp(model_.shape.output, random.next());
  for (auto* moments : {&unit_first_, &unit_second_}) moments->resize(parameters.unit.size());
  for (auto* moments : {&output_first_, &output_second_}) moments->resize(parameters.output.size());
  item_squares_.resize(parameters.items.size());
  category_squares_.resize(parameters.categories.size());
}

double DinTrainer::run_epoch(std::span<const ClickExample> examples) {
  if (examples.empty()) return 0;
  std::vector<ClickExample> order(examples.begin(), examples.end());
  Random random(options_.seed + 0x9e37'79b9 * ++epochs_);
  random.shuffle(std::span<ClickExample>(order));
  // The unit's last bias: with 1 / length it starts as the mean of the history.
  if (epochs_ == 1) {
    double length = 0;
    for (const ClickExample& example : examples) {
      length += static_cast<double>(std::min(example.history.size(), options_.max_history));
    }
    length /= static_cast<double>(examples.size());
    model_.parameters.unit.back() = static_cast<float>(1 / std::max(1.0, length));
  }
  loss_ = 0;
  for (std::size_t begin = 0; begin < order.size(); begin += options_.batch) {
    step(std::span<const ClickExample>(order).subspan(
        begin, std::min(options_.batch, order.size() - begin)));
  }
  return loss_ / static_cast<double>(order.size());
}

void DinTrainer::step(std::span<const ClickExample> examples) {
  ++steps_;
  const std::size_t shards = (examples.size() + shard - 1) / shard;
  std::vector<DinGradients<float>> parts(shards, DinGradients<float>(options_.dim));
  parallel_for(examples.size(), shard, [&](std::size_t begin, std::size_t end) {
    parts[begin / shard] = din_gradients<float>(model_.shape, model_.parameters, model_.category,
                                                examples.subspan(begin, end - begin));
  });
  DinGradients<float> sum(options_.dim);
  for (const DinGradients<float>& part : parts) {
    loss_ += part.loss;
    add_to(sum.unit, part.unit);
    add_to(sum.output, part.output);
    add_rows(sum.items, part.items);
    add_rows(sum.categories, part.categories);
    keep_statistics(model_.statistics.unit, part.statistics.unit);
    keep_statistics(model_.statistics.output, part.statistics.output);
  }
  const double share = 1 / static_cast<double>(examples.size());
  for (auto* gradient : {&sum.unit, &sum.output}) {
    for (float& value : *gradient) value *= static_cast<float>(share);
  }
  DinParameters<float>& parameters = model_.parameters;
  if (options_.attention) move_layers(parameters.unit, sum.unit, unit_first_, unit_second_);
  move_layers(parameters.output, sum.output, output_first_, output_second_);
  move_rows(parameters.items, sum.items, item_squares_, share);
  move_rows(parameters.categories, sum.categories, category_squares_, share);
}

void DinTrainer::move_layers(std::vector<float>& parameters, std::span<const float> gradient,
                             std::vector<float>& first, std::vector<float>& second) const {
  const auto steps = static_cast<double>(steps_);
  const double first_bias = 1 - std::pow(first_decay, steps);
  const double second_bias = 1 - std::pow(second_decay, steps);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const double slope = gradient[i];
    const double mean = first_decay * first[i] + (1 - first_decay) * slope;
    const double square = second_decay * second[i] + (1 - second_decay) * slope * slope;
    first[i] = static_cast<float>(mean);
    second[i] = static_cast<float>(square);
    parameters[i] -= static_cast<float>(options_.learning_rate * (mean / first_bias) /
                                        (std::sqrt(square / second_bias) + epsilon));
  }
}

// Adagrad (Duchi et al., 2011), which suits rows that are seldom met: each has its own step. The
// ridge, too, is for the rows of this step alone (the paper's mini-batch aware regularisation).
void DinTrainer::move_rows(std::vector<float>& table, const RowGradients<float>& gradients,
                           std::vector<float>& squares, double share) const {
  for (std::size_t i = 0; i < gradients.rows().size(); ++i) {
    const std::size_t begin = gradients.rows()[i] * options_.dim;
    for (std::size_t j = 0; j < options_.dim; ++j) {
      float& value = table[begin + j];
      const double slope = gradients.gradient(i)[j] * share + options_.l2 * share * value;
      squares[begin + j] += static_cast<float>(slope * slope);
      value -= static_cast<float>(options_.embedding_learning_rate * slope /
                                  (std::sqrt(squares[begin + j]) + epsilon));
    }
  }
}

void DinTrainer::keep_statistics(MlpStatistics<float>& kept,
                                 const MlpStatistics<float>& of_batch) const {
  for (std::size_t l = 0; l < 2; ++l) {
    for (std::size_t i = 0; i < of_batch.mean[l].size(); ++i) {
      kept.mean[l][i] += (1 - statistics_decay) * (of_batch.mean[l][i] - kept.mean[l][i]);
      kept.variance[l][i] +=
          (1 - statistics_decay) * (of_batch.variance[l][i] - kept.variance[l][i]);
    }
  }
}

std::vector<float> din_scores(const DinModel& model, std::span<const ItemIndex> history,
                              std::span<const ItemIndex> candidates) {
  std::vector<float> scores(candidates.size());
  std::vector<std::size_t> known;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i] < model.category.size()) known.push_back(i);
  }
  float least = 0;
  for (std::size_t begin = 0; begin < known.size(); begin += candidates_per_batch) {
    const std::size_t end = std::min(known.size(), begin + candidates_per_batch);
    std::vector<ClickExample> examples;
    for (std::size_t i = begin; i < end; ++i) {
      examples.push_back({.history = history, .item = candidates[known[i]]});
    }
    const std::vector<float> odds = din_log_odds<float>(model.shape, model.parameters,
                                                        model.statistics, model.category, examples);
    for (std::size_t i = begin; i < end; ++i) {
      scores[known[i]] = odds[i - begin];
      least = i == 0 ? odds[0] : std::min(least, odds[i - begin]);
    }
  }
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i] >= model.category.size()) scores[i] = least;
  }
  return scores;
}

std::vector<float> din_scores(const DinModel& model, History history,
                              std::span<const ItemIndex> candidates) {
  return din_scores(model, liked_items(history), candidates);
}

std::vector<ItemIndex> rerank_by_din(const DinModel& model, History history,
                                     std::span<const ItemIndex> candidates) {
  const std::vector<float> scores = din_scores(model, history, candidates);
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order,
                           [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  std::vector<ItemIndex> ranked;
  for (const std::size_t i : order) ranked.push_back(candidates[i]);
  return ranked;
}

double click_auc(std::span<const float> scores, std::span<const std::uint8_t> clicked) {
  LIMN_CHECK(scores.size() == clicked.size());
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  double right = 0;
  double others = 0;  // below the scores at hand
  double all_clicked = 0;
  for (std::size_t i = 0; i < order.size();) {
    double tied_clicked = 0;
    double tied_others = 0;
    const float score = scores[order[i]];
    for (; i < order.size() && scores[order[i]] == score; ++i) {
      (clicked[order[i]] != 0 ? tied_clicked : tied_others) += 1;
    }
    right += tied_clicked * (others + tied_others / 2);
    others += tied_others;
    all_clicked += tied_clicked;
  }
  return all_clicked > 0 && others > 0 ? right / (all_clicked * others) : 0.5;
}

}  // namespace limn
