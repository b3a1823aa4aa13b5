#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "limn/persona/claims.h"
#include "limn/persona/quote.h"

namespace limn {
namespace {

constexpr double told_topic_bonus = 1.5;  // words on what the persona tells of come first
constexpr std::size_t max_texts = 200;    // looked at, the most promising first

// Events whose words may hold an opinion: searches do not, and without a weight the side is not
// known.
bool may_hold_opinion(const PersonaEvent& event) {
  return !event.text.empty() && event.weight != 0 && event.kind != "search";
}

std::vector<const PersonaEvent*> promising_texts(const Writing& writing) {
  std::set<std::uint32_t> told;
  for (const Interest& interest : writing.input.profile.interests) {
    if (told.size() < writing.options.max_interests) told.insert(interest.index);
  }
  std::vector<const PersonaEvent*> texts;
  for (const PersonaEvent& event : writing.input.events) {
    if (may_hold_opinion(event)) texts.push_back(&event);
  }
  const auto promise = [&](const PersonaEvent* event) {
    const double bonus = told.contains(event->topic) ? told_topic_bonus : 1;
    return std::tuple(-bonus * std::abs(event->weight), -event->time.time_since_epoch().count(),
                      -event->id);
  };
  std::sort(texts.begin(), texts.end(),
            [&](const PersonaEvent* a, const PersonaEvent* b) { return promise(a) < promise(b); });
  if (texts.size() > max_texts) texts.resize(max_texts);
  return texts;
}

Claim quote_claim(const PersonaEvent& event, Span span, const Writing& writing) {
  Claim claim{.id = fmt::format("quote:{}", event.id), .kind = ClaimKind::stated};
  claim.text = writing.phrases.sentence(
      fmt::format("quote.{}{}",
                  !judges(event.kind) ? "said"
                  : event.weight > 0  ? "like"
                                      : "dislike",
                  event.title.empty() ? ".untitled" : ""),
      {{"title", writing.phrases.title(event.title)},
       {"quote", quotation(event.text, span, writing.input.mask_personal_data)}});
  claim.polarity = !judges(event.kind) ? 0 : event.weight > 0 ? 1 : -1;
  claim.confidence = 1;  // the user said it; whether it still holds is another matter
  claim.evidence.push_back({event.id, span.begin, span.end});
  return claim;
}

// The sentences of one side, one for each item.
std::vector<Claim> side_claims(std::span<const PersonaEvent* const> texts, const Writing& writing,
                               int side, std::size_t count) {
  std::vector<Claim> claims;
  std::set<ItemIndex> items;
  for (const PersonaEvent* event : texts) {
    if (claims.size() == count) break;
    if (event->weight * static_cast<float>(side) <= 0) continue;
    if (event->item != no_item && items.contains(event->item)) continue;
    const auto span = opinion_sentence(event->text, side, writing.options.max_quote_bytes);
    if (!span) continue;
    items.insert(event->item);
    claims.push_back(quote_claim(*event, *span, writing));
  }
  return claims;
}

}  // namespace

std::vector<Claim> quote_claims(const Writing& writing) {
  const std::size_t count = writing.options.max_quotes;
  if (count == 0) return {};
  const auto texts = promising_texts(writing);
  // One complaint tells more than a last word of praise.
  std::vector<Claim> complaints = side_claims(texts, writing, -1, 1);
  std::vector<Claim> claims = side_claims(texts, writing, 1, count - complaints.size());
  claims.insert(claims.end(), complaints.begin(), complaints.end());
  return claims;
}

std::optional<Claim> bio_claim(const Writing& writing) {
  const std::string_view bio = writing.input.bio;
  const auto span = first_sentence(bio, writing.options.max_quote_bytes);
  if (!span) return std::nullopt;
  Claim claim{.id = "bio", .kind = ClaimKind::stated, .confidence = 1};
  claim.text = writing.phrases.sentence(
      "bio", {{"quote", quotation(bio, *span, writing.input.mask_personal_data)}});
  claim.evidence.push_back({0, span->begin, span->end});
  return claim;
}

}  // namespace limn
