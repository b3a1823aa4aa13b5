// A ranker of boosted trees over rank_features(): LightGBM's lambdarank, where its library is.
//
// Optional in every sense: nothing of LightGBM is needed to build, the library is opened by its
// path when asked for, and a list without it is what the blend says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/core/result.h"

namespace limn {

// Lists to learn from, one after the other. Borrowed. The features must come from models that did
// not see the labels, or the trees learn to trust what will not be there.
struct RankingLists {
  MatrixView features;                  // (rows, columns)
  std::span<const float> labels;        // (rows): whole numbers from 0, more is better, at most 30
  std::span<const std::int32_t> sizes;  // rows of each list; they add up to all
};

struct BoostedRankerOptions {
  int trees = 100;
  int leaves = 15;
  int min_leaf_rows = 50;
  double learning_rate = 0.05;
  int top_k = 10;  // NDCG@top_k is what is pushed up
  std::uint32_t seed = 1;
};

// Immutable; score() may be called from many threads.
class BoostedRanker {
 public:
  // Trains on one thread, in LightGBM's deterministic mode: the same input, the same model.
  // Errors: unavailable where the library cannot be opened or is of another kind; invalid_argument
  // where the lists do not fit together, or it refuses them.
  [[nodiscard]] static Result<BoostedRanker> fit(const std::filesystem::path& library,
                                                 const RankingLists& lists,
                                                 const BoostedRankerOptions& options);

  // From what model() gave. Errors: unavailable as above; corrupt for anything else.
  [[nodiscard]] static Result<BoostedRanker> load(const std::filesystem::path& library,
                                                  std::string_view model);

  // Whether the library can be opened. Errors: unavailable.
  [[nodiscard]] static Result<void> can_open(const std::filesystem::path& library);

  BoostedRanker(BoostedRanker&&) noexcept;
  BoostedRanker& operator=(BoostedRanker&&) noexcept;
  ~BoostedRanker();

  // (rows): higher is better, comparable within a list. Errors: invalid_argument for features of
  // another width than the ones it learnt from.
  [[nodiscard]] Result<std::vector<float>> score(MatrixView features) const;

  // The features that it learnt from.
  [[nodiscard]] Result<std::size_t> width() const;

  // The model for a generation: a line with the hash of the rest, then LightGBM's text.
  [[nodiscard]] Result<std::string> model() const;

 private:
  struct Booster;
  explicit BoostedRanker(std::unique_ptr<Booster> booster);

  std::unique_ptr<Booster> booster_;
};

}  // namespace limn
