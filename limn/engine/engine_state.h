// Engine::State: what the members of Engine share. Private to the engine's sources.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "limn/engine/engine.h"
#include "limn/engine/models.h"
#include "limn/engine/person.h"
#include "limn/engine/ranker.h"
#include "limn/engine/snapshot.h"

namespace limn {

// Items by number, read from the store once for one answer.
class ItemNames {
 public:
  // Duplicates and no_item are welcome.
  // With `mask`, titles as anyone may read them.
  [[nodiscard]] static Result<ItemNames> read(const Store& store, std::vector<ItemIndex> numbers,
                                              bool mask = true);

  // An item that is gone has an empty id.
  [[nodiscard]] const ItemName& item(ItemIndex number) const;
  // The title, or the id where there is none.
  [[nodiscard]] const std::string& title(ItemIndex number) const;

 private:
  std::unordered_map<ItemIndex, ItemName> items_;
};

// A user's ranking: the blend and what it was asked.
struct Ranking {
  Parts parts;
  RankedBlend blend;
  QueryState state;
  std::vector<float> scores;  // (items)
  StagedScores staged;

  Ranking(const ModelView& models, const Config& config, const Strategy& strategy,
          const SecondStage& stage, QueryState query);
  // The terms of each item's score.
  [[nodiscard]] std::vector<std::vector<Term>> explain(std::span<const ItemIndex> items) const {
    return blend.explain_items(state.query(), items, staged);
  }
  [[nodiscard]] std::vector<Term> explain(ItemIndex item) const {
    return std::move(explain({&item, 1}).front());
  }
  // Those of the parts alone, which have weights to learn.
  [[nodiscard]] std::vector<Term> explain_parts(ItemIndex item) const {
    return std::move(blend.blend().explain_items(state.query(), {&item, 1}, staged.scales).front());
  }
  // The part that a term is of, or the ranker.
  [[nodiscard]] std::string_view part_name(const Term& term) const {
    return term.kind == Term::Kind::ranker ? blend.stage().ranker->name()
                                           : std::string_view(parts.names()[term.part]);
  }
};

struct Engine::State {
  State(std::filesystem::path where, Config settings, Store opened, EncoderPlaces found)
      : folder(std::move(where)),
        config(std::move(settings)),
        store(std::move(opened)),
        places(std::move(found)) {}

  // The generation in use. Errors: not_found where nothing was built yet.
  [[nodiscard]] Result<std::shared_ptr<const Snapshot>> snapshot();
  // The encoder that this generation's embeddings come from.
  [[nodiscard]] Result<const Encoder*> encoder(const Snapshot& snapshot);
  [[nodiscard]] Result<Person> person(const Snapshot& snapshot, std::string_view user,
                                      const PersonOptions& options);
  [[nodiscard]] Ranking rank(const Snapshot& snapshot, const Person& person,
                             const Strategy& strategy) const;
  // Errors: not_found, for an item that is not in the generation.
  [[nodiscard]] Result<ItemIndex> known_item(const Snapshot& snapshot, std::string_view item) const;

  std::filesystem::path folder;
  Config config;
  Store store;
  EncoderPlaces places;

 private:
  std::mutex loading_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::unique_ptr<Encoder> encoder_;
  std::uint64_t encoder_fingerprint_ = 0;
};

}  // namespace limn
