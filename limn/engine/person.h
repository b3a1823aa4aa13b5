// Person: one user's own side of every answer: their events, weighted, and their words, embedded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/matrix.h"
#include "limn/core/result.h"
#include "limn/core/types.h"
#include "limn/encode/encoder.h"
#include "limn/engine/snapshot.h"
#include "limn/profile/profile.h"
#include "limn/store/store.h"

namespace limn {

struct Person {
  std::string id;
  std::optional<UserIndex> number;  // nothing: nobody we know
  User record;                      // bare where nobody described them
  std::vector<Event> events;  // whole, oldest first; left empty where only ranking is asked for
  std::vector<HistoryEntry> history;  // those about an item, weighted, oldest first
  std::vector<TextEvent> texts;       // own words: bio, reviews, comments, searches
  std::vector<OwnRating> ratings;     // the last of each item, where stars are predicted
  Matrix fresh_embeddings;  // of words that the build has not read; `texts` borrow from it and the
                            // snapshot
  Time now{};               // the newer of the build's moment and the user's last event

  // The user's row in the snapshot's arrays, where the build knew them.
  [[nodiscard]] std::optional<UserIndex> row(const Snapshot& snapshot) const;
};

// What a caller may add to what is stored: words of a newcomer, said in the question itself.
struct PersonOptions {
  std::string words;         // as if the user had written them just now
  bool whole_events = true;  // false: without texts and ids, which ranking does not need
};

// Gathers one user. Someone the store does not know is an empty person. `encoder` is called, at
// most once, with words that the build has not read. Errors: those of the store and the encoder.
[[nodiscard]] Result<Person> gather(const Store& store, const Snapshot& snapshot,
                                    const Config& config, std::string_view user_id,
                                    const PersonOptions& options,
                                    const std::function<Result<const Encoder*>()>& encoder);

// The user's profile. O(events x dim).
[[nodiscard]] Profile profile_of(const Person& person, const Snapshot& snapshot,
                                 const Config& config);

}  // namespace limn
