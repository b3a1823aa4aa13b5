#include "limn/engine/kept_fit.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "limn/core/hash.h"
#include "limn/encode/lsa.h"
#include "limn/engine/encoders.h"

namespace limn {
namespace {

// The hashes of all documents that say something, as embed_documents() has them.
std::unordered_set<std::uint64_t> hashes_of(const Documents& documents) {
  std::unordered_set<std::uint64_t> hashes;
  for (const auto* part : {&documents.items, &documents.texts, &documents.bios}) {
    for (const std::string& document : *part) {
      if (!document.empty()) hashes.insert(hash64(document));
    }
  }
  return hashes;
}

// Whether a text of an event that `previous` read is there no more, or a bio.
bool something_withdrawn(const Documents& documents,
                         const std::unordered_set<std::uint64_t>& hashes,
                         const Snapshot& previous) {
  return !std::ranges::includes(documents.text_events, previous.text_events()) ||
         std::ranges::any_of(previous.bio_hashes(),
                             [&](std::uint64_t hash) { return !hashes.contains(hash); });
}

// The lsa of `previous`, if it may be kept, and how many documents came after its fit.
std::optional<BuildEncoder> kept_lsa(const Documents& documents, const Config& config,
                                     const Snapshot& previous) {
  if (previous.lsa().empty()) return std::nullopt;
  auto lsa = LsaEncoder::load(previous.lsa());
  if (!lsa || !lsa->fitted_with(lsa_options(config))) return std::nullopt;
  const std::unordered_set<std::uint64_t> hashes = hashes_of(documents);
  if (something_withdrawn(documents, hashes, previous)) return std::nullopt;
  const auto fresh = static_cast<std::size_t>(std::ranges::count_if(
      hashes, [&](std::uint64_t hash) { return previous.embedding(hash).empty(); }));
  const std::size_t unfitted = previous.info().unfitted + fresh;
  const double most = config.encode.lsa_refit_share * static_cast<double>(lsa->fitted_texts());
  if (static_cast<double>(unfitted) > most) return std::nullopt;
  return BuildEncoder{std::make_unique<LsaEncoder>(std::move(*lsa)), true, unfitted};
}

}  // namespace

Result<BuildEncoder> make_build_encoder(const std::string& spec, const Documents& documents,
                                        const Config& config, const Snapshot* previous) {
  if (spec == "lsa" && previous != nullptr) {
    if (auto kept = kept_lsa(documents, config, *previous)) return std::move(*kept);
  }
  BuildEncoder made;
  const BertBefore before = previous == nullptr ? BertBefore{} : previous->bert();
  LIMN_TRY(made.encoder,
           make_encoder(spec, documents.all(), config, /*embed_empty=*/false, &before));
  return made;
}

}  // namespace limn
