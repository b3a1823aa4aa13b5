// DinRanker: the click model DIN over the blend's best items, and how it is taught.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "limn/core/random.h"
#include "limn/core/result.h"
#include "limn/core/sparse.h"
#include "limn/engine/ranker.h"
#include "limn/recommend/din.h"
#include "limn/store/generation.h"

namespace limn {

// What a click model learns from, borrowed.
struct ClickLog {
  std::span<const History> histories;
  bool dated = true;  // else the order within a history says nothing
  std::size_t items = 0;
  SparseView item_classes;  // (items, classes), an item's heaviest is its category; or no rows
};

// Teaches DIN what people chose after what: each choice of a history, by what came before it, and
// beside it an item that the same user never used. That one is drawn as often as items are chosen:
// what remains to be learned is who likes what, since the blend knows what is liked. Same log and
// seed, same model, on any number of threads.
class DinTeacher {
 public:
  DinTeacher(const ClickLog& log, std::uint64_t seed);

  // One pass over so many choices as a build can afford, drawn anew. Does nothing where there are
  // none. Errors: interrupted.
  [[nodiscard]] Result<void> run_epoch();

  [[nodiscard]] const DinModel& model() const { return trainer_.model(); }

 private:
  struct Choice {
    std::uint32_t user = 0;
    std::uint32_t position = 0;  // in what she liked
  };

  [[nodiscard]] ItemIndex other_item(std::uint32_t user);

  Random random_;
  std::vector<std::vector<ItemIndex>> liked_;  // (users), oldest first
  std::vector<std::vector<ItemIndex>> used_;   // (users), ascending
  std::vector<Choice> choices_;                // those of epochs to come are behind next_
  std::size_t next_ = 0;
  DinTrainer trainer_;
};

class DinRanker final : public Ranker {
 public:
  explicit DinRanker(DinModel model) : model_(std::move(model)) {}

  [[nodiscard]] std::string_view name() const override { return "din"; }
  [[nodiscard]] bool reads_parts() const override { return false; }
  [[nodiscard]] std::vector<float> score(const RankerQuestion& question) const override;

 private:
  DinModel model_;
};

// Writes the files of a model.
[[nodiscard]] Result<void> write_din(GenerationWriter& writer, const DinModel& model);

// Reads what that wrote. Errors: corrupt for sizes that do not fit each other, and for what is no
// number.
[[nodiscard]] Result<DinModel> read_din(const Generation& generation);

}  // namespace limn
