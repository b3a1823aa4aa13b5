// What `limn text` says beyond words: opinions, aspects, personal data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/text/opinion_model.h"
#include "limn/text/personal_data.h"

namespace limn::cli {

// {polarity, confidence, aspects: [{aspect, polarity, start, end, text}]}; offsets in UTF-8 bytes
// of `said`. `hidden` stands masked in texts.
[[nodiscard]] JsonObject opinion_json(const std::string& said, const OpinionModel& model,
                                      const std::vector<PersonalData>& hidden);

// [{type, start, end}]
[[nodiscard]] JsonArray personal_data_json(const std::vector<PersonalData>& found);

// Learns from JSONL {"text": ..., "liked": true or false}. An empty path: the lexicon alone.
[[nodiscard]] Result<OpinionModel> read_opinion_model(const std::string& file);

}  // namespace limn::cli
