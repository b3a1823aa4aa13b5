// Persona: a profile in words, as claims that each cite the events they rest on.
//
// The claims come first and the prose is made from them, never the other way round. Whatever writes
// a persona, check_persona says whether its claims hold.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/json.h"
#include "limn/core/types.h"
#include "limn/profile/profile.h"
#include "limn/profile/profile_json.h"

namespace limn {

enum class Language { english, chinese };

// Where a claim comes from: bytes [begin, end) of the event's text (UTF-8), or 0, 0 for the event
// itself. Event 0 is the bio.
struct ClaimEvidence {
  std::int64_t event = 0;
  std::size_t begin = 0;
  std::size_t end = 0;

  friend bool operator==(const ClaimEvidence&, const ClaimEvidence&) = default;
};

enum class ClaimKind {
  stated,    // in the user's own words
  inferred,  // from what the user did
};

struct Claim {
  std::string id;    // what it is about: "topic:12", "quote:907", "hours"
  std::string text;  // one sentence
  ClaimKind kind = ClaimKind::inferred;
  double polarity = 0;                  // -1 against, 0 neither, 1 for
  double confidence = 0;                // 0 to 1
  std::vector<ClaimEvidence> evidence;  // never empty

  friend bool operator==(const Claim&, const Claim&) = default;
};

struct Persona {
  Language language = Language::english;
  std::string writer;         // "template", or the model that wrote it
  std::vector<Claim> claims;  // in the order of the text
  std::string text;           // the prose; a few words of welcome when there is no claim

  friend bool operator==(const Persona&, const Persona&) = default;
};

// One of the user's own events, with what a writer may say of it.
struct PersonaEvent {
  std::int64_t id = 0;
  std::string_view kind;
  float value = 0;   // stars, seconds, price: as Event::value
  float weight = 0;  // as HistoryEntry::weight: positive liked, negative disliked, 0 neither
  std::uint32_t topic = no_topic;  // of the item
  ItemIndex item = no_item;
  std::string_view title;  // of the item
  std::string_view text;   // the user's own words
  Time time{};
};

// What one item is called, in the language of the persona; a general word when empty.
struct ItemNoun {
  std::string one;      // "film"
  std::string several;  // "films"; as `one` in Chinese
  std::string measure;  // Chinese only; found by the noun when empty
};

// All that a writer may use, borrowed.
struct PersonaInput {
  const Profile& profile;
  const ProfileNames& names;             // topic_label, tag and segment_label are used
  std::span<const PersonaEvent> events;  // all of the user's, oldest first
  std::string_view bio;                  // the text that event 0 cites
  ItemNoun noun;
  Time now{};
  bool mask_personal_data = true;  // in quotes: "[email]" stands for an address
};

struct PersonaOptions {
  std::size_t max_interests = 4;      // liked topics told of
  std::size_t max_dislikes = 2;       // disliked topics told of
  std::size_t max_tags = 5;           // tags named in one claim
  std::size_t max_quotes = 3;         // sentences of the user's own
  std::size_t max_aspects = 2;        // aspects praised that are told of, and as many complained of
  std::size_t max_evidence = 8;       // events cited by one claim, at most
  std::size_t max_quote_bytes = 240;  // longer sentences are cut to a clause or passed over
  double min_confidence = 0.25;       // a topic less sure than this is not told of
};

// Writes a persona from templates: no model, the same bytes each time.
[[nodiscard]] Persona write_persona(const PersonaInput& input, Language language,
                                    const PersonaOptions& options = {});

// What does not hold, in words; empty when the persona is grounded. Each claim must cite evidence;
// each cited event must be the user's; offsets must lie inside its text, on UTF-8 boundaries; and
// whatever a claim puts in quotation marks must be a cited span, a name of a cited event's item, or
// a topic or tag of the profile.
[[nodiscard]] std::vector<std::string> check_persona(const Persona& persona,
                                                     const PersonaInput& input);

// {claims: [{id, text, kind, polarity, confidence, evidence: [{event, start, end}]}], text, lang,
// writer}
[[nodiscard]] Json to_json(const Persona& persona);

// "en" or "zh".
[[nodiscard]] std::string_view language_code(Language language);

}  // namespace limn
