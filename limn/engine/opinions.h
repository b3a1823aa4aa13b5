// Opinions of the log: what its rated texts teach, and what the words of the others say for and
// against their items.
#pragma once

#include <string_view>
#include <vector>

#include "limn/core/config.h"
#include "limn/feedback/event_weight.h"
#include "limn/store/event_table.h"
#include "limn/store/records.h"
#include "limn/text/opinion_model.h"

namespace limn {

// Learns from the texts that carry a rating: liked from `events.liked_from` of the scale on,
// disliked up to half of the scale; and from those of likes and dislikes. O(bytes).
[[nodiscard]] OpinionFit learn_opinions(const EventTable& events,
                                        const std::vector<EventText>& texts, const Config& config);

// The value of an event, or of a review without stars those that its words suggest, on the scale of
// the settings: a review counts as a rating as good as the writer's words make likely. 0 where they
// say nothing for or against.
[[nodiscard]] float told_value(std::string_view kind, float value, std::string_view text,
                               const OpinionModel& model, const EventWeightOptions& weights);

// (texts): the stars of each review without stars, 0 for any other text; `events` get them as their
// values, so that whatever reads the table afterwards sees ratings.
[[nodiscard]] std::vector<float> tell_stars(EventTable& events, const std::vector<EventText>& texts,
                                            const OpinionModel& model,
                                            const EventWeightOptions& weights);

// -1 for words against something (of an event that weighs less than 0), else 1: the sign of a text
// in the user's vectors, in profiles and in lists alike.
[[nodiscard]] float words_weight(float event_weight);

// (texts): words_weight of each one's event.
[[nodiscard]] std::vector<float> words_weights(const EventTable& events,
                                               const std::vector<EventText>& texts,
                                               const EventWeightOptions& weights);

}  // namespace limn
