// Boilerplate: what one writer's texts begin or end with, whatever they are about.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "limn/text/span.h"

namespace limn {

struct BoilerplateOptions {
  std::size_t min_texts = 3;  // that begin or end with a sentence, and
  double min_share = 0.3;     // the share of the writer's texts that do
};

// (n): of each text of one writer the part between greeting and signature: without the sentences
// and lines at either end that open or close many of the texts. A text of nothing else stays whole,
// and so does what stands in the middle. O(bytes). May be called from several threads.
[[nodiscard]] std::vector<Span> without_boilerplate(std::span<const std::string> texts,
                                                    const BoilerplateOptions& options = {});

}  // namespace limn
