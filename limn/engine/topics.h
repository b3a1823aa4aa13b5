// Topics: the texts of a build clustered, named, grouped, and followed from build to build.
#pragma once

#include <cstdint>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/matrix.h"
#include "limn/core/result.h"
#include "limn/core/types.h"
#include "limn/encode/encoder.h"
#include "limn/engine/reading.h"
#include "limn/engine/snapshot.h"

namespace limn {

// What topics are made from. Everything is borrowed.
struct TopicsInput {
  std::span<const User> users;  // whose names no topic may have
  const std::vector<Item>& items;
  const Documents& documents;
  const EmbeddedDocuments& embedded;
  const Encoder& encoder;  // that made them
  const Config& config;
  const Snapshot* previous = nullptr;  // the generation before, where there is one
};

struct Topics {
  Matrix centroids;                        // (topics, dim)
  std::vector<std::uint32_t> item_topics;  // (items), no_topic where an item says nothing
  std::vector<std::uint32_t> text_topics;  // (texts), likewise
  std::vector<Topic> topics;               // `top_items` are not filled in
  std::vector<TopicGroup> groups;          // the largest first
  std::vector<TopicChange> changes;        // against `previous`; none where there is none
  TopicFit fit;
  std::uint32_t next_id = 0;
  bool anew = true;           // not carried on from the topics of `previous`
  double inertia_spread = 0;  // of the restarts
};

// Clusters items and texts, and names each cluster and each group of them.
//
// The topics of `previous` are carried on: k-means starts from them, in a new space from the means
// of their members, and what is found again keeps its id, and its name while that still fits. They
// are chosen anew where another number of topics is asked for, the encoder is another one, a tenth
// of the documents is new or gone since they were chosen, or they fit a twentieth worse than then.
// Errors: interrupted, and those of the encoder.
[[nodiscard]] Result<Topics> find_topics(const TopicsInput& input);

}  // namespace limn
