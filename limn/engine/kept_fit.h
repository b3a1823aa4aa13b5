// The encoder of a build: a new one, or the lsa of the generation before, while it still fits.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "limn/core/config.h"
#include "limn/core/result.h"
#include "limn/encode/encoder.h"
#include "limn/engine/reading.h"
#include "limn/engine/snapshot.h"

namespace limn {

struct BuildEncoder {
  std::unique_ptr<Encoder> encoder;
  bool kept = false;         // from `previous`
  std::size_t unfitted = 0;  // distinct documents read by it that came after its fit, in all builds
};

// What `spec` (see make_encoder) names for these documents.
//
// Every fit of lsa has a space of its own, so a new one means that every text is encoded anew and
// topics move. The one of `previous` (may be null) is kept while the documents that it was not
// fitted to are no more than encode.lsa_refit_share of those it was, its options are the same, and
// nobody has taken back or changed what they wrote: what is erased must not live on in a fit.
// Errors: those of make_encoder().
[[nodiscard]] Result<BuildEncoder> make_build_encoder(const std::string& spec,
                                                      const Documents& documents,
                                                      const Config& config,
                                                      const Snapshot* previous);

}  // namespace limn
