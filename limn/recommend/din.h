// DIN: will this user click that item? A network that reads the history by what is asked.
//
// Deep Interest Network (Zhou et al., 2018): one vector for a user cannot hold all her interests,
// so the history is summed anew for each item in question, each event weighted by how much it says
// of that item. Trained on shown items that were clicked and not; used to re-rank a short list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/types.h"
#include "limn/recommend/din_gradients.h"
#include "limn/recommend/mlp.h"

namespace limn {

struct DinOptions {
  std::size_t dim = 16;          // of an item's own embedding, and of its category's
  std::size_t max_history = 50;  // events that are read, the newest
  bool attention = true;         // false: the history's mean (the paper's BaseModel)
  std::array<std::size_t, 2> unit_hidden{32, 16};
  std::array<std::size_t, 2> output_hidden{64, 32};
  MlpActivation activation = MlpActivation::dice;
  std::size_t batch = 256;                // examples a step
  double learning_rate = 1e-3;            // of the layers (Adam)
  double embedding_learning_rate = 0.05;  // of the embeddings (Adagrad)
  double l2 = 1e-4;                       // of the embeddings that a step touches
  std::uint64_t seed = 1;
};

struct DinModel {
  DinShape shape;
  DinParameters<float> parameters;
  DinStatistics<float> statistics;      // what Dice normalises by
  std::vector<std::uint32_t> category;  // (items): each item's
};

// What DIN reads of a history: the items of its positive events, oldest first.
[[nodiscard]] std::vector<ItemIndex> liked_items(History history);

// A model of these sizes whose parameters are 0, to be filled. `category` (items): each item's,
// less than `categories`.
[[nodiscard]] DinModel empty_din(std::vector<std::uint32_t> category, std::size_t categories,
                                 const DinOptions& options);

// Trains a model, an epoch at a call, so that the caller can stop when validation says so. The same
// seed and examples give the same bytes on any number of threads.
class DinTrainer {
 public:
  // As empty_din() has it, filled at random.
  DinTrainer(std::vector<std::uint32_t> category, std::size_t categories,
             const DinOptions& options);

  // One pass over the examples in a random order; answers their mean log loss as it went. Requires
  // items of the model.
  double run_epoch(std::span<const ClickExample> examples);

  [[nodiscard]] const DinModel& model() const { return model_; }

 private:
  void step(std::span<const ClickExample> examples);
  void move_layers(std::vector<float>& parameters, std::span<const float> gradient,
                   std::vector<float>& first, std::vector<float>& second) const;
  void move_rows(std::vector<float>& table, const RowGradients<float>& gradients,
                 std::vector<float>& squares, double share) const;
  void keep_statistics(MlpStatistics<float>& kept, const MlpStatistics<float>& of_batch) const;

  DinOptions options_;
  DinModel model_;
  std::uint64_t epochs_ = 0;
  std::uint64_t steps_ = 0;
  double loss_ = 0;
  std::vector<float> unit_first_, unit_second_;  // Adam's moments
  std::vector<float> output_first_, output_second_;
  std::vector<float> item_squares_, category_squares_;  // Adagrad's sums
};

// The log odds that one with this history (oldest first) clicks each candidate. Items beyond the
// model are skipped in the history, and have the least odds of the list. O(candidates * history *
// width * hidden) flops: 30 ms for 100 candidates and 50 events.
[[nodiscard]] std::vector<float> din_scores(const DinModel& model,
                                            std::span<const ItemIndex> history,
                                            std::span<const ItemIndex> candidates);

// The same of one with this history, of which the choices are read.
[[nodiscard]] std::vector<float> din_scores(const DinModel& model, History history,
                                            std::span<const ItemIndex> candidates);

// The candidates in the order of their odds, the most likely first; equal ones stay as they were.
[[nodiscard]] std::vector<ItemIndex> rerank_by_din(const DinModel& model, History history,
                                                   std::span<const ItemIndex> candidates);

// The share of pairs of a clicked and another example that are in the right order, ties half: the
// area under the ROC curve. 0.5 where there is no such pair. O(n log n).
[[nodiscard]] double click_auc(std::span<const float> scores,
                               std::span<const std::uint8_t> clicked);

}  // namespace limn
