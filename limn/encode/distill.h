// Distillation: static embeddings learned from a Transformer.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "limn/core/result.h"
#include "limn/encode/static_vectors.h"

namespace limn {

struct DistillOptions {
  std::size_t dim = 240;  // with BERT's vocabulary a file of less than 8 MB
  // Texts of the corpus that the Transformer reads, evenly spread over it; more takes longer (tens
  // of texts a second and processor) and fits better.
  std::size_t fitted_texts = 10'000;
};

// A token's vector is what the Transformer makes of it alone (Model2Vec: Tulkens and van Dongen,
// 2024), scaled by a / (a + its share of all tokens), so that words that are everywhere say little
// (SIF: Arora et al., 2017). With a corpus the vectors are then moved, no more than they must, so
// that the mean of a text's vectors comes close to what the Transformer makes of the whole text: a
// ridge regression whose prior is the vector before. The `dim` directions in which the texts differ
// most are kept.
//
// Takes the Transformer some vocabulary * 3 tokens and the fitted texts. Same input, same vectors,
// on any number of threads. Errors: those of load_bert(); interrupted.
[[nodiscard]] Result<StaticVectors> distill(const std::filesystem::path& teacher,
                                            std::span<const std::string> corpus,
                                            const DistillOptions& options = {});

}  // namespace limn
