#include <algorithm>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "limn/core/utf8.h"
#include "limn/persona/persona.h"
#include "limn/persona/quote.h"

namespace limn {
namespace {

constexpr std::string_view opening = "\u201c";
constexpr std::string_view closing = "\u201d";

using EventsById = std::unordered_map<std::int64_t, const PersonaEvent*>;

// What `text` puts between quotation marks.
std::vector<std::string_view> quotations(std::string_view text) {
  std::vector<std::string_view> found;
  for (std::size_t at = text.find(opening); at != std::string_view::npos;
       at = text.find(opening, at)) {
    at += opening.size();
    const std::size_t end = std::min(text.find(closing, at), text.size());
    found.push_back(text.substr(at, end - at));
    at = end;
  }
  return found;
}

// The words an event carries; nothing when the user has no such event.
std::optional<std::string_view> text_of(std::int64_t event, const PersonaInput& input,
                                        const EventsById& events) {
  if (event == 0 && !input.bio.empty()) return input.bio;
  const auto found = events.find(event);
  if (found == events.end()) return std::nullopt;
  return found->second->text;
}

// Why a piece of evidence does not resolve; empty when it does.
std::string evidence_fault(const ClaimEvidence& evidence, const PersonaInput& input,
                           const EventsById& events) {
  const auto text = text_of(evidence.event, input, events);
  if (!text) return fmt::format("event {} is not the user's", evidence.event);
  if (evidence.begin > evidence.end || evidence.end > text->size())
    return fmt::format("bytes {} to {} are not inside the text of event {}", evidence.begin,
                       evidence.end, evidence.event);
  if (!is_boundary(*text, evidence.begin) || !is_boundary(*text, evidence.end))
    return fmt::format("bytes {} to {} cut a character of event {}", evidence.begin, evidence.end,
                       evidence.event);
  return {};
}

// Names that a claim may quote: of topics, tags and the segment of the profile.
std::set<std::string, std::less<>> profile_names(const PersonaInput& input) {
  std::set<std::string, std::less<>> names;
  if (input.names.topic_label) {
    for (const Interest& interest : input.profile.interests)
      names.insert(quotable_name(input.names.topic_label(interest.index)));
    for (const PersonaEvent& event : input.events) {
      if (event.topic != no_topic)
        names.insert(quotable_name(input.names.topic_label(event.topic)));
    }
  }
  if (input.names.tag) {
    for (const Interest& tag : input.profile.tags)
      names.insert(quotable_name(input.names.tag(tag.index)));
  }
  if (input.names.segment_label && input.profile.segment)
    names.insert(quotable_name(input.names.segment_label(*input.profile.segment)));
  return names;
}

// What the evidence of one claim allows it to quote.
struct Quotable {
  std::set<std::string, std::less<>> spans;
  std::set<std::string, std::less<>> names;
};

Quotable quotable_of(const Claim& claim, const PersonaInput& input, const EventsById& events) {
  Quotable allowed;
  for (const ClaimEvidence& evidence : claim.evidence) {
    const auto text = text_of(evidence.event, input, events);
    if (text && evidence.end > evidence.begin)
      allowed.spans.insert(
          quotation(*text, {evidence.begin, evidence.end}, input.mask_personal_data));
    if (const auto event = events.find(evidence.event); event != events.end()) {
      allowed.names.insert(quotable_name(event->second->title));
      allowed.names.insert(quotable_name(event->second->kind));
    }
  }
  return allowed;
}

void check_claim(const Claim& claim, const PersonaInput& input, const EventsById& events,
                 const std::set<std::string, std::less<>>& names,
                 std::vector<std::string>& faults) {
  const auto fault = [&](std::string_view why) {
    faults.push_back(fmt::format("claim {}: {}", claim.id, why));
  };
  if (claim.evidence.empty()) fault("cites no evidence");
  bool resolves = true;
  for (const ClaimEvidence& evidence : claim.evidence) {
    const std::string why = evidence_fault(evidence, input, events);
    if (!why.empty()) fault(why);
    resolves = resolves && why.empty();
  }
  if (!resolves) return;

  const Quotable allowed = quotable_of(claim, input, events);
  bool quotes_span = false;
  for (const std::string_view quotation : quotations(claim.text)) {
    const bool is_span = allowed.spans.contains(quotation);
    quotes_span = quotes_span || is_span;
    if (!is_span && !allowed.names.contains(quotation) && !names.contains(quotation))
      fault(fmt::format("\"{}\" is not in its evidence", quotation));
  }
  if (claim.kind == ClaimKind::stated && !quotes_span) fault("states without a quotation");
}

}  // namespace

std::vector<std::string> check_persona(const Persona& persona, const PersonaInput& input) {
  EventsById events;
  for (const PersonaEvent& event : input.events) events.emplace(event.id, &event);
  const auto names = profile_names(input);
  std::vector<std::string> faults;
  for (const Claim& claim : persona.claims) check_claim(claim, input, events, names, faults);
  return faults;
}

}  // namespace limn
