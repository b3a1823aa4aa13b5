// What of things the user praises and complains of, from the user's own reviews.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "limn/persona/claims.h"
#include "limn/persona/quote.h"
#include "limn/text/aspects.h"
#include "limn/text/opinion_lexicon.h"

namespace limn {
namespace {

constexpr std::size_t max_texts = 200;  // looked at, the newest first
constexpr double clear = 0.5;           // polarity from which a clause is worth quoting
constexpr std::size_t min_bytes = 6;    // of a quoted clause: two Chinese characters

// One side of one aspect: the reviews that say so.
struct Side {
  std::vector<ClaimEvidence> evidence;  // clauses, the strongest first
  std::vector<double> polarities;       // of each
};

bool may_judge(const PersonaEvent& event) {
  return !event.text.empty() && (event.kind == "review" || event.kind == "rate");
}

std::vector<const PersonaEvent*> reviews(const Writing& writing) {
  std::vector<const PersonaEvent*> found;
  for (const PersonaEvent& event : writing.input.events) {
    if (may_judge(event)) found.push_back(&event);
  }
  std::sort(found.begin(), found.end(), [](const PersonaEvent* a, const PersonaEvent* b) {
    return std::tuple(b->time, b->id) < std::tuple(a->time, a->id);
  });
  if (found.size() > max_texts) found.resize(max_texts);
  return found;
}

using Sides = std::map<std::pair<std::string, int>, Side>;  // by aspect and sign

void add_review(const PersonaEvent& event, std::size_t max_bytes, Sides& sides) {
  for (const AspectOpinion& aspect : aspects(event.text)) {
    if (std::abs(aspect.polarity) < clear) continue;
    const Span clause = aspect.clause;
    if (clause.end - clause.begin > max_bytes || clause.end - clause.begin < min_bytes) continue;
    if (!is_quotable(event.text, clause)) continue;
    // In one language: what is said of a thing in both is said of one thing.
    Side& side = sides[{std::string(AspectNames::all().in_english(aspect.name)),
                        aspect.polarity > 0 ? 1 : -1}];
    side.evidence.push_back({event.id, clause.begin, clause.end});
    side.polarities.push_back(std::abs(aspect.polarity));
  }
}

const PersonaEvent& event_of(const Writing& writing, std::int64_t id) {
  return *std::find_if(writing.input.events.begin(), writing.input.events.end(),
                       [&](const PersonaEvent& event) { return event.id == id; });
}

Claim aspect_claim(const std::string& name, int sign, const Side& side, const Writing& writing) {
  const bool chinese = writing.phrases.text("code") == "zh";
  // The plainest clause stands first: it is the one that is quoted.
  const auto strongest = static_cast<std::size_t>(
      std::max_element(side.polarities.begin(), side.polarities.end()) - side.polarities.begin());
  Claim claim{.id = fmt::format("aspect:{}", name), .kind = ClaimKind::stated};
  claim.evidence = side.evidence;
  std::rotate(claim.evidence.begin(),
              claim.evidence.begin() + static_cast<std::ptrdiff_t>(strongest),
              claim.evidence.begin() + static_cast<std::ptrdiff_t>(strongest) + 1);
  if (claim.evidence.size() > writing.options.max_evidence)
    claim.evidence.resize(writing.options.max_evidence);
  const ClaimEvidence& quoted = claim.evidence.front();
  const std::string quote = quotation(event_of(writing, quoted.event).text,
                                      {quoted.begin, quoted.end}, writing.input.mask_personal_data);
  const bool more = side.evidence.size() > 1;
  const std::string_view called =
      chinese ? AspectNames::all().in_chinese(name) : std::string_view(name);
  claim.text = writing.phrases.sentence(
      fmt::format("aspect.{}{}", sign > 0 ? "like" : "dislike", more ? ".more" : ""),
      {{"aspect", quotable_name(called)},
       {"times", writing.phrases.times(side.evidence.size())},
       {"quote", quote}});
  claim.polarity = sign;
  claim.confidence = side.polarities[strongest];
  return claim;
}

}  // namespace

std::vector<Claim> aspect_claims(const Writing& writing) {
  Sides sides;
  for (const PersonaEvent* event : reviews(writing))
    add_review(*event, writing.options.max_quote_bytes, sides);

  std::vector<Claim> claims;
  std::set<std::string> told;  // one that is praised as often as blamed is told of once
  for (const int sign : {1, -1}) {
    std::vector<std::pair<std::string, const Side*>> ranked;
    for (const auto& [key, side] : sides) {
      if (key.second == sign) ranked.emplace_back(key.first, &side);
    }
    // The most often named first.
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
      return a.second->evidence.size() > b.second->evidence.size();
    });
    std::size_t count = 0;
    for (const auto& [name, side] : ranked) {
      if (count == writing.options.max_aspects) break;
      if (!told.insert(name).second) continue;
      claims.push_back(aspect_claim(name, sign, *side, writing));
      ++count;
    }
  }
  return claims;
}

}  // namespace limn
