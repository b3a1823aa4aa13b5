#include "limn/persona/persona.h"

#include <string>

#include "limn/persona/claims.h"
#include "limn/persona/phrases.h"

namespace limn {
namespace {

using Paragraph = std::vector<Claim>;

void add(Paragraph& paragraph, std::optional<Claim> claim) {
  if (claim) paragraph.push_back(*std::move(claim));
}

void add(Paragraph& paragraph, const std::vector<Claim>& claims) {
  paragraph.insert(paragraph.end(), claims.begin(), claims.end());
}

// What is liked; what else stands out; the habits; the user's own words.
std::vector<Paragraph> paragraphs(const Writing& writing) {
  Paragraph tastes;
  add(tastes, interest_claims(writing));
  Paragraph colours;
  add(colours, breadth_claim(writing));
  add(colours, tags_claim(writing));
  add(colours, dislike_claims(writing));
  add(colours, shift_claim(writing));
  add(colours, segment_claim(writing));
  Paragraph habits;
  add(habits, activity_claim(writing));
  add(habits, hours_claim(writing));
  add(habits, rating_claim(writing));
  add(habits, spend_claim(writing));
  Paragraph words;
  add(words, bio_claim(writing));
  add(words, quote_claims(writing));
  add(words, aspect_claims(writing));
  return {tastes, colours, habits, words};
}

std::string prose(const std::vector<Paragraph>& paragraphs, const Phrases& phrases) {
  std::string text;
  for (const Paragraph& paragraph : paragraphs) {
    for (std::size_t i = 0; i < paragraph.size(); ++i) {
      if (!text.empty()) text += phrases.text(i == 0 ? "paragraph.join" : "sentence.join");
      text += paragraph[i].text;
    }
  }
  return text;
}

}  // namespace

Persona write_persona(const PersonaInput& input, Language language, const PersonaOptions& options) {
  const Phrases phrases(language, input.noun);
  const std::vector<Paragraph> parts = paragraphs({input, options, phrases});

  Persona persona{.language = language, .writer = "template"};
  for (const Paragraph& paragraph : parts) add(persona.claims, paragraph);
  persona.text = persona.claims.empty() ? phrases.text("empty") : prose(parts, phrases);
  return persona;
}

}  // namespace limn
