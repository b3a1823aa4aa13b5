// Answers as JSON documents: the keys that scripts rely on.
#pragma once

#include <vector>

#include "limn/core/json.h"
#include "limn/engine/answers.h"

namespace limn {

[[nodiscard]] Json to_json(const ImportAnswer& answer);
[[nodiscard]] Json to_json(const ProfileAnswer& answer);
[[nodiscard]] Json to_json(const Recommendations& answer);
[[nodiscard]] Json to_json(const Explanation& answer);
[[nodiscard]] Json to_json(const std::vector<SimilarUser>& answer);
[[nodiscard]] Json to_json(const std::vector<SimilarItem>& answer);
[[nodiscard]] Json to_json(const FeedbackAnswer& answer);
[[nodiscard]] Json to_json(const ReactionsReport& report);
[[nodiscard]] Json to_json(const std::vector<TopicAnswer>& answer);
[[nodiscard]] Json to_json(const std::vector<SegmentAnswer>& answer);

}  // namespace limn
