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
#include "limn/engine/model_settings.h"
#include "limn/feedback/event_weight.h"
#include "limn/profile/profile.h"
#include "limn/recommend/factor_bytes.h"
#include "limn/recommend/recommender.h"

namespace limn {

// What models are fitted on, borrowed. Histories are weighted and carry no decay.
struct Training {
  std::span<const History> histories;                  // (users), oldest first
  std::span<const std::vector<TextEvent>> user_texts;  // (users), or empty where nobody wrote
  std::size_t items = 0;
  MatrixView item_embeddings;  // (items, dim); may be empty
  SparseView text_neighbours;  // (items, items), of item_embeddings; may be empty
  SparseView word_neighbours;  // (items, items), of the words of the items' texts; may be empty
  SparseView item_classes;     // (items, classes), as list_classes() has them; for rankers alone
  Time now{};
  bool dated = true;          // else the order within a history says nothing
  bool asked_at_now = false;  // all users are, as by a build; else each at the end of her history
};

// The arrays that rank, borrowed from a fit or from a generation.
struct ModelView {
  std::span<const float> popularity;  // (items)
  std::span<const float> trending;    // (items), or empty where users are not all asked now
  SparseView interactions;            // (users, items)
  SparseView rp3beta;                 // (items, items)
  SparseView ease;                    // (items, items)
  SparseView item_knn;                // (items, items)
  SparseView gram;                    // (items, items)
  SparseView cooccurrence;            // (items, items); no rows where histories have no order
  SparseView text_neighbours;         // (items, items); no rows where items have no text
  SparseView word_neighbours;         // (items, items); likewise
  MatrixView item_embeddings;         // (items, dim); likewise
  FactorBytesView ials_items;         // (items, dim); no rows where it is not wanted
  MatrixView ials_gram;               // (dim, dim), of ials_items
  MatrixView ials_text_map;           // (dim, text dim); no rows where own words are not heard
  IalsObjective ials_objective;       // what they were fitted for
  double ials_text_weight = 0;        // of the user's own words, mapped by ials_text_map
  MatrixView item_factors;            // (items, factors), rows of length 1 or 0
  MatrixView user_vectors;            // (users, dim + factors): fused profiles
  SparseView item_classes;            // (items, classes); no rows where there is no ranker
  PartHalfLives half_lives;           // what each part remembers
};

struct FittedModels {
  std::vector<float> popularity;
  std::vector<float> trending;
  SparseMatrix interactions;
  SparseMatrix rp3beta;
  SparseMatrix ease;
  SparseMatrix item_knn;
  SparseMatrix gram;
  SparseMatrix cooccurrence;
  FactorBytes ials_items;
  Matrix ials_gram;
  Matrix ials_text_map;
  IalsObjective ials_objective;
  double ials_text_weight = 0;
  Matrix item_factors;
  Matrix user_vectors;
  PartHalfLives half_lives;

  // Borrows this, and from `training` what depends on the texts alone.
  [[nodiscard]] ModelView view(const Training& training) const;
};

// Fits every part. Same training and settings, same bytes, on any number of threads. Errors:
// interrupted, and those of fit_ease().
[[nodiscard]] Result<FittedModels> fit_models(const Training& training, const Config& config,
                                              const ModelSettings& settings);

// The arrays of one part that has knobs: weights, or the factors of ials. Empty where the training
// has nothing for it: cooccurrence without an order.
struct PartArrays {
  SparseMatrix weights;  // (items, items)
  FactorBytes factors;   // (items, dim)
  Matrix factor_gram;    // (dim, dim)
  Matrix text_map;       // (dim, text dim); empty where own words are not heard

  [[nodiscard]] bool empty() const { return weights.rows() == 0 && factors.view().empty(); }
};

// Fits one of the parts that have knobs, as fit_models() does. Of the parts that are fitted row by
// row only the rows that `rows` marks (items; empty: all). Requires a name with knobs, and the
// interactions of `training`.
[[nodiscard]] Result<PartArrays> fit_part(std::string_view part, const Training& training,
                                          SparseView interactions, const ModelSettings& settings,
                                          std::span<const std::uint8_t> rows = {});

// What the items' texts say in the space of ials.
struct MappedTexts {
  Matrix map;                     // (dim, text dim); empty where no item has both users and a text
  Matrix items;                   // (items, dim): what each item's words say of its factors
  std::vector<float> confidence;  // (items): how many users each has
};

// Fits the map of texts to the factors of ials. O(items text_dim (text_dim + dim) + text_dim^3).
[[nodiscard]] Result<MappedTexts> map_item_texts(const PartArrays& ials, const Training& training,
                                                 SparseView interactions);

// `ials`, fitted without texts, as `settings` want it with them: items blended with what their
// words say, and the map where own words have a weight.
[[nodiscard]] PartArrays with_texts(const PartArrays& ials, const MappedTexts& texts,
                                    const ModelSettings& settings);

// The recommender of such arrays, which it borrows. Requires arrays that are not empty.
[[nodiscard]] std::unique_ptr<Recommender> make_part(std::string_view part,
                                                     const PartArrays& arrays,
                                                     const ModelSettings& settings);

// The parts of the blend, in a fixed order: popularity, trending, similar_users, text, words,
// rp3beta, item_knn, gram, cooccurrence, ease, ials. A part whose arrays are empty is left out.
// They borrow the arrays of `models`.
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
  mutable QueryMemo memo;  // filled while it is asked

  // Borrows this; to be asked from one thread at a time.
  [[nodiscard]] Query query() const;
};

// (dim): the mean direction of what a user wrote; empty where nothing.
[[nodiscard]] std::vector<float> own_words(std::span<const TextEvent> texts, std::size_t dim);

// One user's query. `user` is the row of the models' arrays, where there is one. O(history x dim).
[[nodiscard]] QueryState make_query(const ModelView& models, History history,
                                    std::span<const TextEvent> texts, std::optional<UserIndex> user,
                                    Time now, const DecayOptions& decay, const Config& config);

// (items): how like each item is to `item`: the mean of how alike they read and of how alike they
// are used. O(items x (dim + factors)).
[[nodiscard]] std::vector<float> item_likeness(const ModelView& models, ItemIndex item);

// How a history fades for all parts alike: not at all, as each part has its own half-life. What a
// build puts into the strategy, and an evaluation asks with.
[[nodiscard]] DecayOptions history_decay();

// The item x item weights of the texts, where there are any. O(items^2 dim).
[[nodiscard]] SparseMatrix fit_text_weights(MatrixView item_embeddings, const Config& config);

// The same of their words, by BM25; no rows where there are no texts. `texts` (items).
[[nodiscard]] SparseMatrix fit_word_weights(std::span<const std::string> texts,
                                            const Config& config);

}  // namespace limn
