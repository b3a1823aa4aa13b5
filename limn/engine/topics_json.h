// Topics as the manifest of a generation holds them.
#pragma once

#include "limn/core/json.h"
#include "limn/engine/snapshot.h"

namespace limn {

// Adds the topics, their groups, changes and fit to a manifest.
void write_topics(const SnapshotInfo& info, JsonObject& manifest);

// Reads them back. Boost.JSON throws where a key is missing or of a wrong type: to be called where
// the whole manifest is read, and that is caught.
void read_topics(const JsonObject& manifest, SnapshotInfo& info);

[[nodiscard]] JsonObject to_json(const TopicChange& change);

}  // namespace limn
