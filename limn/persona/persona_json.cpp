#include "limn/persona/persona.h"

namespace limn {
namespace {

JsonObject claim_json(const Claim& claim) {
  JsonArray evidence;
  for (const ClaimEvidence& one : claim.evidence) {
    evidence.push_back(JsonObject{{"event", one.event}, {"start", one.begin}, {"end", one.end}});
  }
  JsonObject json{{"id", claim.id}, {"text", claim.text}};
  json["kind"] = claim.kind == ClaimKind::stated ? "stated" : "inferred";
  json["polarity"] = rounded(claim.polarity);
  json["confidence"] = rounded(claim.confidence);
  json["evidence"] = std::move(evidence);
  return json;
}

}  // namespace

Json to_json(const Persona& persona) {
  JsonArray claims;
  for (const Claim& claim : persona.claims) claims.push_back(claim_json(claim));
  JsonObject json{{"claims", std::move(claims)}, {"text", persona.text}};
  json["lang"] = language_code(persona.language);
  json["writer"] = persona.writer;
  return json;
}

std::string_view language_code(Language language) {
  return language == Language::chinese ? "zh" : "en";
}

}  // namespace limn
