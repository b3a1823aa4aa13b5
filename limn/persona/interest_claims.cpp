#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "limn/persona/claims.h"
#include "limn/persona/facts.h"
#include "limn/persona/quote.h"

namespace limn {
namespace {

constexpr double clear_polarity = 0.2;       // below this, likes and dislikes are about even
constexpr double worth_telling_lift = 1.75;  // rounds to twice everyone's share
constexpr double close_behind = 0.6;         // of the first interest's weight
constexpr double focused_share = 0.5;
constexpr double wide_share = 0.25;
constexpr std::size_t wide_topics = 6;
constexpr std::size_t dislikes_named = 3;

std::string percent(double share) {
  return fmt::format("{}", std::lround(100 * share));
}

// Whether an interest is clear and sure enough to be told of, on this side.
bool worth_telling(const Interest& interest, const Writing& writing, int side) {
  // One event is a beginning; of somebody well known it is a whim.
  const std::size_t least = writing.input.profile.stage == Stage::known ? 2 : 1;
  return interest.polarity * side > clear_polarity && interest.events >= least &&
         interest.confidence >= writing.options.min_confidence;
}

std::vector<const Interest*> told_interests(const Writing& writing, int side, std::size_t count) {
  std::vector<const Interest*> told;
  for (const Interest& interest : writing.input.profile.interests) {
    if (told.size() < count && worth_telling(interest, writing, side)) told.push_back(&interest);
  }
  return told;
}

// The events cited for a topic: the one that is named, one of each deed told, and the strongest.
std::vector<ClaimEvidence> topic_evidence(const TopicFacts& facts, const Writing& writing) {
  std::vector<const PersonaEvent*> cited;
  if (facts.latest != nullptr) cited.push_back(facts.latest);
  for (const Deed& deed : writing.phrases.told_deeds(facts)) cited.push_back(deed.strongest);
  cited.insert(cited.end(), facts.strongest.begin(), facts.strongest.end());
  return cite(cited, writing.options.max_evidence);
}

std::string interest_key(const Writing& writing, std::size_t place, double share_of_first) {
  if (writing.input.profile.stage == Stage::fresh)
    return place == 0 ? "interest.early" : "interest.early.more";
  if (place == 1 && share_of_first >= close_behind) return "interest.2.close";
  return fmt::format("interest.{}", std::min<std::size_t>(place + 1, 4));
}

std::string lift_phrase(const Interest& interest, const Writing& writing) {
  if (interest.lift < worth_telling_lift) return {};
  const long times = std::lround(interest.lift);
  const std::string words = writing.phrases.text(times == 2 ? "lift.times.2" : "lift.times.n",
                                                 {{"n", std::to_string(times)}});
  return writing.phrases.text("interest.lift", {{"times", words}});
}

Claim topic_claim(const Interest& interest, const TopicFacts& facts, const Writing& writing,
                  int side, std::string_view key) {
  const Phrases& phrases = writing.phrases;
  Claim claim;
  claim.id = fmt::format("topic:{}", interest.index);
  claim.text = phrases.sentence(
      key, {{"topic", phrases.name(writing.input.names.topic_label(interest.index))},
            {"deeds", phrases.deeds(facts)},
            {"opinion", phrases.opinion(facts, side)},
            {"latest", phrases.latest(facts)},
            {"lift", lift_phrase(interest, writing)}});
  claim.polarity = interest.polarity;
  claim.confidence = interest.confidence;
  claim.evidence = topic_evidence(facts, writing);
  return claim;
}

const PersonaEvent* find_event(const Writing& writing, std::int64_t id) {
  const auto& events = writing.input.events;
  const auto found = std::find_if(events.begin(), events.end(),
                                  [&](const PersonaEvent& event) { return event.id == id; });
  return found == events.end() ? nullptr : &*found;
}

// The strongest event of each interest, while there is room.
std::vector<const PersonaEvent*> strongest_of_each(const std::vector<const Interest*>& interests,
                                                   const Writing& writing) {
  std::vector<const PersonaEvent*> events;
  for (const Interest* interest : interests) {
    const TopicFacts facts = topic_facts(writing.input.events, interest->index, 1);
    if (!facts.strongest.empty()) events.push_back(facts.strongest.front());
  }
  return events;
}

// Disliked items by name, for who dislikes no whole topic.
std::optional<Claim> disliked_items_claim(const Writing& writing) {
  Claim claim;
  std::vector<std::string> titles;
  for (const ItemOpinion& opinion : writing.input.profile.disliked) {
    const PersonaEvent* event = find_event(writing, opinion.event);
    if (event == nullptr || event->title.empty() || titles.size() == dislikes_named) continue;
    titles.push_back(writing.phrases.title(event->title));
    claim.evidence.push_back({event->id, 0, 0});
  }
  if (titles.empty()) return std::nullopt;
  claim.id = "dislikes";
  claim.text =
      writing.phrases.sentence("dislike.items", {{"titles", writing.phrases.list(titles, "list")}});
  claim.polarity = -1;
  claim.confidence = 1;
  return claim;
}

}  // namespace

std::vector<ClaimEvidence> cite(std::span<const PersonaEvent* const> events, std::size_t count) {
  std::vector<ClaimEvidence> evidence;
  std::set<std::int64_t> cited;
  for (const PersonaEvent* event : events) {
    if (evidence.size() < count && cited.insert(event->id).second)
      evidence.push_back({event->id, 0, 0});
  }
  return evidence;
}

std::vector<Claim> interest_claims(const Writing& writing) {
  std::vector<Claim> claims;
  double first_weight = 0;
  for (const Interest* interest : told_interests(writing, 1, writing.options.max_interests)) {
    const TopicFacts facts = topic_facts(writing.input.events, interest->index, 1);
    if (facts.strongest.empty()) continue;
    if (claims.empty()) first_weight = interest->weight;
    const std::string key = interest_key(writing, claims.size(), interest->weight / first_weight);
    claims.push_back(topic_claim(*interest, facts, writing, 1, key));
  }
  return claims;
}

std::vector<Claim> dislike_claims(const Writing& writing) {
  std::vector<Claim> claims;
  for (const Interest* interest : told_interests(writing, -1, writing.options.max_dislikes)) {
    const TopicFacts facts = topic_facts(writing.input.events, interest->index, -1);
    if (facts.strongest.empty()) continue;
    claims.push_back(
        topic_claim(*interest, facts, writing, -1, claims.empty() ? "dislike.1" : "dislike.2"));
  }
  if (!claims.empty()) return claims;
  if (std::optional<Claim> items = disliked_items_claim(writing)) claims.push_back(*items);
  return claims;
}

std::optional<Claim> tags_claim(const Writing& writing) {
  const PersonaInput& input = writing.input;
  std::set<std::string> said;  // a tag that is called like a topic says nothing new
  for (const Interest* interest : told_interests(writing, 1, writing.options.max_interests))
    said.insert(quotable_name(input.names.topic_label(interest->index)));

  Claim claim;
  std::vector<std::string> tags;
  for (const Interest& tag : input.profile.tags) {
    if (tags.size() == writing.options.max_tags) break;
    if (tag.events < 2 || !worth_telling(tag, writing, 1)) continue;
    const std::string label = input.names.tag(tag.index);
    const PersonaEvent* event = find_event(writing, tag.evidence.front().event);
    if (event == nullptr || !said.insert(quotable_name(label)).second) continue;
    tags.push_back(writing.phrases.name(label));
    claim.evidence.push_back({event->id, 0, 0});
    claim.confidence =
        tags.size() == 1 ? tag.confidence : std::min(claim.confidence, tag.confidence);
  }
  if (tags.empty()) return std::nullopt;
  claim.id = "tags";
  claim.text = writing.phrases.sentence(tags.size() == 1 ? "tags.one" : "tags",
                                        {{"tags", writing.phrases.list(tags, "list")}});
  claim.polarity = 1;
  return claim;
}

std::optional<Claim> breadth_claim(const Writing& writing) {
  const PersonaInput& input = writing.input;
  if (input.profile.stage == Stage::fresh || input.profile.interests.empty()) return std::nullopt;
  const auto liked = told_interests(writing, 1, input.profile.interests.size());
  if (liked.empty()) return std::nullopt;
  double largest = 0;
  for (const Interest& interest : input.profile.interests)
    largest = std::max(largest, interest.weight);
  std::set<std::uint32_t> topics;
  for (const PersonaEvent& event : input.events) {
    if (event.weight != 0 && event.topic != no_topic) topics.insert(event.topic);
  }

  Claim claim{.id = "breadth"};
  std::vector<const Interest*> cited = liked;
  if (liked.front()->weight >= focused_share) {
    claim.text = writing.phrases.sentence(
        "breadth.focused",
        {{"percent", percent(liked.front()->weight)},
         {"topic", writing.phrases.name(input.names.topic_label(liked.front()->index))}});
    cited.resize(1);
  } else if (topics.size() >= wide_topics && largest <= wide_share) {
    claim.text = writing.phrases.sentence(
        "breadth.wide", {{"n", std::to_string(topics.size())},
                         {"percent", fmt::format("{:.0f}", std::ceil(100 * largest))}});
  } else {
    return std::nullopt;
  }
  claim.confidence = liked.front()->confidence;
  claim.evidence = cite(strongest_of_each(cited, writing), writing.options.max_evidence);
  if (claim.evidence.empty()) return std::nullopt;
  return claim;
}

std::optional<Claim> segment_claim(const Writing& writing) {
  const PersonaInput& input = writing.input;
  if (!input.profile.segment || !input.names.segment_label) return std::nullopt;
  Claim claim{.id = "segment"};
  claim.text = writing.phrases.sentence(
      "segment", {{"segment", quotable_name(input.names.segment_label(*input.profile.segment))}});
  const auto liked = told_interests(writing, 1, writing.options.max_interests);
  claim.evidence = cite(strongest_of_each(liked, writing), writing.options.max_evidence);
  if (claim.evidence.empty()) return std::nullopt;
  claim.confidence = liked.front()->confidence;
  return claim;
}

std::optional<Claim> shift_claim(const Writing& writing) {
  const auto shift = recent_shift(writing.input.events);
  if (!shift) return std::nullopt;
  const auto name = [&](std::uint32_t topic) {
    return writing.phrases.name(writing.input.names.topic_label(topic));
  };
  Claim claim{.id = "shift", .polarity = 1, .confidence = shift->confidence};
  claim.text =
      writing.phrases.sentence(shift->other ? "shift.from" : "shift",
                               {{"topic", name(shift->topic)},
                                {"n", std::to_string(shift->topic_recent)},
                                {"recent", std::to_string(shift->recent)},
                                {"m", std::to_string(shift->topic_earlier)},
                                {"earlier", std::to_string(shift->earlier)},
                                {"other", shift->other ? name(*shift->other) : std::string()},
                                {"k", std::to_string(shift->other_recent)},
                                {"j", std::to_string(shift->other_earlier)}});
  // Half of the evidence for what rose, half for what fell.
  const std::size_t half = (writing.options.max_evidence + 1) / 2;
  claim.evidence = cite(shift->recent_events, shift->other ? half : writing.options.max_evidence);
  for (const ClaimEvidence& before : cite(shift->earlier_events, half))
    claim.evidence.push_back(before);
  return claim;
}

}  // namespace limn
