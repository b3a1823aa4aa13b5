// The claims of the template writer, a function for each thing that can be said.
#pragma once

#include <optional>
#include <vector>

#include "limn/persona/persona.h"
#include "limn/persona/phrases.h"

namespace limn {

// What all claims are made from.
struct Writing {
  const PersonaInput& input;
  const PersonaOptions& options;
  const Phrases& phrases;
};

// What the user likes, what else stands out, what not; an empty list or nothing when there is
// nothing to say that cites an event.
[[nodiscard]] std::vector<Claim> interest_claims(const Writing& writing);
[[nodiscard]] std::optional<Claim> tags_claim(const Writing& writing);
[[nodiscard]] std::optional<Claim> breadth_claim(const Writing& writing);
[[nodiscard]] std::optional<Claim> segment_claim(const Writing& writing);
[[nodiscard]] std::vector<Claim> dislike_claims(const Writing& writing);
// What of things the user praises, and complains of, each with a clause of the user's own.
[[nodiscard]] std::vector<Claim> aspect_claims(const Writing& writing);
[[nodiscard]] std::optional<Claim> shift_claim(const Writing& writing);

// When, how much, how strictly.
[[nodiscard]] std::optional<Claim> activity_claim(const Writing& writing);
[[nodiscard]] std::optional<Claim> hours_claim(const Writing& writing);
[[nodiscard]] std::optional<Claim> rating_claim(const Writing& writing);
[[nodiscard]] std::optional<Claim> spend_claim(const Writing& writing);

// The user's own sentences.
[[nodiscard]] std::optional<Claim> bio_claim(const Writing& writing);
[[nodiscard]] std::vector<Claim> quote_claims(const Writing& writing);

// The first `count` of `events` as evidence: of the events, not of words in them.
[[nodiscard]] std::vector<ClaimEvidence> cite(std::span<const PersonaEvent* const> events,
                                              std::size_t count);

}  // namespace limn
