// Models: everything that ranks, fitted on histories, and the parts that rank with it.
//
// The same functions serve a build, which writes the arrays to a generation, and an evaluation,
// which fits them on the past and throws them away.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/matrix.h"
#include "limn/core/result.h"
#include "limn/core/sparse.h"
#include "limn/core/types.h"
#include "limn/feedback/event_weight.h"
#include "limn/profile/profile.h"
#include "limn/recommend/choose_weights.h"
#include "limn/recommend/recommender.h"

namespace limn {

// What models are fitted on, borrowed. Histories are weighted and carry no decay.
struct Training {
  std::span<const History> histories;                  // (users), oldest first
  std::span<const std::vector<TextEvent>> user_texts;  // (users), or empty where nobody wrote
  std::size_t items = 0;
  MatrixView item_embeddings;  // (items, dim); may be empty
  SparseView text_neighbours;  // (items, items), of item_embeddings; may be empty
  Time now{};
  bool dated = true;  // else the order within a history says nothing
};

// The arrays that rank, borrowed from a fit or from a generation.
struct ModelView {
  std::span<const float> popularity;  // (items)
  SparseView interactions;            // (users, items)
  SparseView rp3beta;                 // (items, items)
  SparseView ease;                    // (items, items); no rows where there are too many items
  SparseView item_knn;                // (items, items)
  SparseView cooccurrence;            // (items, items); no rows where histories have no order
  SparseView text_neighbours;         // (items, items); no rows where items have no text
  MatrixView item_embeddings;         // (items, dim); likewise
  MatrixView item_factors;            // (items, factors), rows of length 1 or 0
  MatrixView user_vectors;            // (users, dim + factors): fused profiles
};

struct FittedModels {
  std::vector<float> popularity;
  SparseMatrix interactions;
  SparseMatrix rp3beta;
  SparseMatrix ease;
  SparseMatrix item_knn;
  SparseMatrix cooccurrence;
  Matrix item_factors;
  Matrix user_vectors;

  // Borrows this, and from `training` what depends on the texts alone.
  [[nodiscard]] ModelView view(const Training& training) const;
};

// Fits every part. Same training, same bytes, on any number of threads. Errors: interrupted, and
// those of fit_ease().
[[nodiscard]] Result<FittedModels> fit_models(const Training& training, const Config& config);

// The parts of the blend, in a fixed order: popularity, similar_users, text, rp3beta,
// item_knn, cooccurrence, ease. A part
// whose arrays are empty is left out. They borrow the arrays of `models`.
class Parts {
 public:
  Parts(const ModelView& models, const Config& config);

  [[nodiscard]] std::span<const Recommender* const> all() const { return borrowed_; }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::unique_ptr<Recommender>> owned_;
  std::vector<const Recommender*> borrowed_;
  std::vector<std::string> names_;
};

// What a query borrows, in one place that lives as long as it is asked.
struct QueryState {
  std::vector<HistoryEntry> history;  // decayed
  std::vector<float> text;            // (dim) the user's own words
  std::vector<float> user_vector;     // fused profile
  std::optional<UserIndex> user;

  [[nodiscard]] Query query() const;
};

// One user's query. `user` is the row of the models' arrays, where there is one. O(history x dim).
[[nodiscard]] QueryState make_query(const ModelView& models, History history,
                                    std::span<const TextEvent> texts, std::optional<UserIndex> user,
                                    Time now, const DecayOptions& decay, const Config& config);

// (items): how like each item is to `item`: the mean of how alike they read and of how alike they
// are used. O(items x (dim + factors)).
[[nodiscard]] std::vector<float> item_likeness(const ModelView& models, ItemIndex item);

// How a history fades by the settings: what a build puts into the strategy, and an evaluation asks
// with.
[[nodiscard]] DecayOptions history_decay(const Config& config);

// Chooses the blend's weights for these histories: fits on the first four fifths of each, ranks
// what was liked in the rest, and keeps the weights that rank it best. Errors: as fit_models().
[[nodiscard]] Result<ChosenWeights> choose_blend(const Training& training, const Config& config);

// The item x item weights of the texts, where there are any. O(items^2 dim).
[[nodiscard]] SparseMatrix fit_text_weights(MatrixView item_embeddings, const Config& config);

}  // namespace limn
