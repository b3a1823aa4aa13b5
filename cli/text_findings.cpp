#include "cli/text_findings.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "limn/core/file.h"
#include "limn/core/lines.h"
#include "limn/text/aspects.h"

namespace limn::cli {
namespace {

// One rated text of a line.
struct Rated {
  std::string text;
  bool liked = false;
};

Result<Rated> rated_of(std::string_view line, const std::string& source) {
  LIMN_TRY(const Json json, parse_json(line, source));
  std::optional<std::string> text = text_member(json, "text");
  const Json* liked = json.is_object() ? json.get_object().if_contains("liked") : nullptr;
  if (!text || liked == nullptr || !liked->is_bool()) {
    return fail(ErrorCode::invalid_argument,
                "cannot read rated text: {}: needs \"text\" and \"liked\", true or false", source);
  }
  return Rated{*std::move(text), liked->get_bool()};
}

}  // namespace

JsonObject opinion_json(const std::string& said, const OpinionModel& model,
                        const std::vector<PersonalData>& hidden) {
  const OpinionReading reading = read_opinion(said, model.learned());
  const double positive = model.positive(reading);
  JsonArray found;
  for (const AspectOpinion& aspect : aspects(said, reading)) {
    found.push_back(JsonObject{{"aspect", aspect.name},
                               {"polarity", rounded(aspect.polarity)},
                               {"start", aspect.clause.begin},
                               {"end", aspect.clause.end},
                               {"text", mask_part(said, aspect.clause, hidden)}});
  }
  return {{"polarity", rounded(2 * positive - 1)},
          {"confidence", rounded(std::max(positive, 1 - positive))},
          {"aspects", std::move(found)}};
}

JsonArray personal_data_json(const std::vector<PersonalData>& found) {
  JsonArray json;
  for (const PersonalData& one : found) {
    json.push_back(JsonObject{
        {"type", personal_data_name(one.type)}, {"start", one.span.begin}, {"end", one.span.end}});
  }
  return json;
}

Result<OpinionModel> read_opinion_model(const std::string& file) {
  if (file.empty()) return OpinionModel();
  LIMN_TRY(const std::string content, read_file(file));
  std::vector<Rated> rated;
  for (Lines lines(content); lines.next();) {
    const std::string_view line = without_return(lines.text());
    if (line.empty()) continue;
    LIMN_TRY(Rated one, rated_of(line, fmt::format("{}:{}", file, lines.number())));
    rated.push_back(std::move(one));
  }
  std::vector<RatedText> texts;
  for (const Rated& one : rated) texts.push_back({one.text, one.liked});
  return OpinionModel::fit(texts);
}

}  // namespace limn::cli
