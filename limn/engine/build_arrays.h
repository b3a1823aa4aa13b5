// What a build makes, and how it becomes a generation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "limn/core/result.h"
#include "limn/core/sparse.h"
#include "limn/engine/catalogue.h"
#include "limn/engine/models.h"
#include "limn/engine/ranker_model.h"
#include "limn/engine/ratings.h"
#include "limn/engine/reading.h"
#include "limn/engine/snapshot.h"
#include "limn/engine/topics.h"
#include "limn/profile/segments.h"
#include "limn/store/store.h"
#include "limn/text/segmenter.h"

namespace limn {

// Everything that a generation holds.
struct BuildArrays {
  SnapshotInfo info;
  Catalogue catalogue;
  EmbeddedDocuments embedded;
  std::vector<std::int64_t> text_events;
  std::vector<std::byte> text_repeats;
  std::vector<float> text_weights;
  std::vector<float> text_stars;
  std::string opinions;
  Topics topics;
  std::vector<float> topic_shares;
  std::vector<float> tag_shares;
  Segments segments;
  SparseMatrix text_neighbours;
  SparseMatrix word_neighbours;
  SparseMatrix ranker_classes;
  FittedModels models;
  RatingModel ratings;
  RankerModel ranker;
  std::string lsa;
  std::string calibration;
  std::optional<Segmenter> segmenter;
};

// Writes the next generation and makes it the current one; answers its number. Errors: those of
// GenerationWriter.
[[nodiscard]] Result<std::uint64_t> write_arrays(const Store& store, const BuildArrays& arrays);

}  // namespace limn
