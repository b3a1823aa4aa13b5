// Reading: the texts of a build, cleaned and encoded.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/core/result.h"
#include "limn/core/types.h"
#include "limn/encode/encoder.h"
#include "limn/engine/encoders.h"
#include "limn/engine/histories.h"
#include "limn/engine/snapshot.h"
#include "limn/store/store.h"
#include "limn/text/segmenter.h"

namespace limn {

// All texts of a build, cleaned.
struct Documents {
  std::vector<std::string> items;         // (items)
  std::vector<std::string> texts;         // (texts): what users wrote in events, by event
  std::vector<std::int64_t> text_events;  // (texts), ascending
  std::vector<UserIndex> text_users;      // (texts)
  std::vector<Time> text_times;           // (texts)
  std::vector<std::string> bios;          // (users)
  std::vector<std::uint32_t> copy_of;     // (texts): see near_duplicates()
  std::vector<std::byte> repeated;        // (texts): not 0 where the same user said it before
  std::vector<float> text_weights;        // (texts): -1 for words against, else 1; empty: all 1
  std::size_t trimmed = 0;                // texts without a greeting or signature now
  std::size_t wordless = 0;               // texts that are there, but say nothing
  const Segmenter* segmenter = nullptr;   // cuts their Chinese words; ICU does where it is null

  [[nodiscard]] float text_weight(std::size_t text) const {
    return text_weights.empty() ? 1.0F : text_weights[text];
  }
  // Every document that says something.
  [[nodiscard]] std::vector<std::string> all() const;
};

[[nodiscard]] Documents read_documents(const std::vector<User>& users,
                                       const std::vector<Item>& items,
                                       const std::vector<EventText>& texts, const EventTimes& times,
                                       bool mask = true);

// Their embeddings, row by row; a row of zeros where a document says nothing.
struct EmbeddedDocuments {
  Matrix items;
  Matrix texts;
  Matrix bios;
  std::vector<std::uint64_t> hashes;  // of the documents, ascending, and
  std::vector<std::uint64_t> places;  // where each one's row is: see Snapshot::embedding()
  std::size_t documents = 0;
  std::size_t encoded = 0;  // not taken over from `previous`
  std::size_t tokens = 0;
  std::size_t long_texts = 0;  // of those encoded: longer than the encoder reads at a time
};

// Encodes each distinct document once; those that `previous` (may be null) has of the same encoder
// are taken over.
[[nodiscard]] Result<EmbeddedDocuments> embed_documents(const Documents& documents,
                                                        const Encoder& encoder,
                                                        const Snapshot* previous);

// Each user's own words, the bio first, said just `now`: what profiles and queries are made from.
// (users); the embeddings are borrowed.
[[nodiscard]] std::vector<std::vector<TextEvent>> texts_by_user(const Documents& documents,
                                                                const EmbeddedDocuments& embedded,
                                                                Time now);

}  // namespace limn
