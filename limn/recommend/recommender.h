// Recommender: scores every item for one user, and says exactly where a score comes from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/core/sparse.h"
#include "limn/core/top_k.h"
#include "limn/core/types.h"

namespace limn {

// What parts work out once for a query and need again to explain its list. Belongs to one query,
// and to one thread at a time.
struct QueryMemo {
  std::optional<std::vector<Scored>> similar_users;  // nearest first
};

// What is known of the user who asks. Borrowed for the call.
struct Query {
  History history;              // decayed, oldest first
  std::span<const float> text;  // (dim) length 1: the user's own words; empty where none
  std::span<const float>
      user_vector;  // (user dim) length 1: what similar users are found by; empty where none
  std::optional<UserIndex> user;  // the user's row of the build, who is not her own neighbour
  QueryMemo* memo = nullptr;      // may be null: then nothing is remembered
};

// One summand of a score.
struct Term {
  enum class Kind {
    history_item,  // ref: the item; event: the evidence
    similar_user,  // ref: the user
    text,          // the user's own words
    popularity,
    trending,  // used more of late than is usual for it
    ranker,    // what a second stage adds to the blend
    base,      // what is the same for every item
  };
  Kind kind = Kind::base;
  std::uint32_t ref = 0;
  std::int64_t event = 0;
  float weight = 0;
  std::uint32_t part = 0;  // which part of a blend, the number of parts for a ranker; 0 outside one
};

// One way to rank. Implementations are immutable: every member may be called from many threads.
class Recommender {
 public:
  virtual ~Recommender() = default;

  // The name of the part, as strategies and reasons give it.
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::size_t item_count() const = 0;

  // Overwrites scores (item_count()), higher is better. All equal where there is nothing to say.
  virtual void score(const Query& query, std::span<float> scores) const = 0;

  // The terms of scores[item] for each of `items`; they add up to it. Asked for a whole list, since
  // what its items share is worked out once. Requires fewer than 65,535 items, < item_count(), each
  // of them once.
  [[nodiscard]] virtual std::vector<std::vector<Term>> explain_items(
      const Query& query, std::span<const ItemIndex> items) const = 0;

  // The same of one item.
  [[nodiscard]] std::vector<Term> explain(const Query& query, ItemIndex item) const;
};

// The same for everyone.
class Popularity final : public Recommender {
 public:
  // `counts` (items), as popularity() gives them; borrowed.
  explicit Popularity(std::span<const float> counts)
      : Popularity("popularity", Term::Kind::popularity, counts) {}
  // Any other scores of items alone, and what kind of term they are.
  Popularity(std::string name, Term::Kind kind, std::span<const float> scores)
      : name_(std::move(name)), kind_(kind), counts_(scores) {}

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::size_t item_count() const override { return counts_.size(); }
  void score(const Query& query, std::span<float> scores) const override;
  [[nodiscard]] std::vector<std::vector<Term>> explain_items(
      const Query& query, std::span<const ItemIndex> items) const override;

 private:
  std::string name_;
  Term::Kind kind_;
  std::span<const float> counts_;
};

// Any model that ends as item x item weights.
class ItemModel final : public Recommender {
 public:
  // `weights` (items, items) is borrowed.
  ItemModel(std::string name, SparseView weights) : name_(std::move(name)), weights_(weights) {}

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::size_t item_count() const override { return weights_.cols(); }
  void score(const Query& query, std::span<float> scores) const override;
  [[nodiscard]] std::vector<std::vector<Term>> explain_items(
      const Query& query, std::span<const ItemIndex> items) const override;

 private:
  std::string name_;
  SparseView weights_;
};

// Items whose texts are like the user's own words, or like the texts of what the user used. A
// newcomer who only said something gets a list.
class TextRecommender final : public Recommender {
 public:
  struct Options {
    float own_words = 0.3F;  // share of the own words where there is a history as well
  };

  // `embeddings` (items, dim) and `neighbours` (items, items; may be empty) are borrowed.
  TextRecommender(MatrixView embeddings, SparseView neighbours, const Options& options)
      : embeddings_(embeddings), neighbours_(neighbours), options_(options) {}

  [[nodiscard]] std::string_view name() const override { return "text"; }
  [[nodiscard]] std::size_t item_count() const override { return embeddings_.rows(); }
  void score(const Query& query, std::span<float> scores) const override;
  [[nodiscard]] std::vector<std::vector<Term>> explain_items(
      const Query& query, std::span<const ItemIndex> items) const override;

 private:
  // What the cosine to the own words, and each history weight, is multiplied by for this query.
  struct Shares {
    float own_words = 0;
    float history = 0;
  };
  [[nodiscard]] Shares shares(const Query& query) const;

  MatrixView embeddings_;
  SparseView neighbours_;
  Options options_;
};

}  // namespace limn
