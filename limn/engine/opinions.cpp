#include "limn/engine/opinions.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "limn/core/parallel.h"

namespace limn {
namespace {

constexpr double disliked_up_to = 0.5;  // of the scale: two stars of five
constexpr std::size_t grain = 64;

// Where each event stands in the table, by its id.
class EventRows {
 public:
  explicit EventRows(const EventTable& events) {
    rows_.reserve(events.size());
    for (std::size_t row = 0; row < events.size(); ++row) rows_.emplace_back(events.id[row], row);
    std::sort(rows_.begin(), rows_.end());
  }
  [[nodiscard]] std::optional<std::size_t> find(std::int64_t event) const {
    const auto found =
        std::lower_bound(rows_.begin(), rows_.end(), std::pair(event, std::size_t{0}));
    if (found == rows_.end() || found->first != event) return std::nullopt;
    return found->second;
  }

 private:
  std::vector<std::pair<std::int64_t, std::size_t>> rows_;  // ascending
};

// Whether a rated event is for or against its item; nothing for one between, or not rated.
std::optional<bool> rated_liked(std::string_view kind, float value, const Config& config) {
  if (kind == "like") return true;
  if (kind == "dislike") return false;
  if ((kind != "rate" && kind != "review") || !(value > 0)) return std::nullopt;
  const double scale = config.events.rating_scale;
  if (value >= config.events.liked_from * scale) return true;
  if (value <= disliked_up_to * scale) return false;
  return std::nullopt;
}

}  // namespace

OpinionFit learn_opinions(const EventTable& events, const std::vector<EventText>& texts,
                          const Config& config) {
  const EventRows rows(events);
  std::vector<RatedText> rated;
  for (const EventText& text : texts) {
    const auto row = rows.find(text.event);
    if (!row) continue;
    const auto liked = rated_liked(events.kinds[events.kind[*row]], events.value[*row], config);
    if (liked) rated.push_back({text.text, *liked});
  }
  return fit_opinion(rated);
}

float told_value(std::string_view kind, float value, std::string_view text,
                 const OpinionModel& model, const EventWeightOptions& weights) {
  if (kind != "review" || value != 0 || text.empty()) return value;
  const double positive = model.positive(text);
  constexpr double silent = 1e-6;  // from one half: nothing was said
  if (std::abs(positive - 0.5) < silent) return value;
  return std::lerp(weights.rating_min, weights.rating_max, static_cast<float>(positive));
}

std::vector<float> tell_stars(EventTable& events, const std::vector<EventText>& texts,
                              const OpinionModel& model, const EventWeightOptions& weights) {
  const EventRows rows(events);
  std::vector<float> stars(texts.size(), 0);
  parallel_for(texts.size(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto row = rows.find(texts[i].event);
      if (!row || events.value[*row] != 0) continue;
      stars[i] = told_value(events.kinds[events.kind[*row]], 0, texts[i].text, model, weights);
    }
  });
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto row = rows.find(texts[i].event);
    if (row && stars[i] != 0) events.value[*row] = stars[i];
  }
  return stars;
}

float words_weight(float event_weight) {
  return event_weight < 0 ? -1.0F : 1.0F;
}

std::vector<float> words_weights(const EventTable& events, const std::vector<EventText>& texts,
                                 const EventWeightOptions& weights) {
  const EventRows rows(events);
  std::vector<float> signs(texts.size(), 1);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto row = rows.find(texts[i].event);
    if (!row) continue;
    signs[i] =
        words_weight(event_weight(events.kinds[events.kind[*row]], events.value[*row], weights));
  }
  return signs;
}

}  // namespace limn
