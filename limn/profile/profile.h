// Profile: what one user likes and turns away, how sure that is, and which events say so.
//
// A profile is a pure function of the arrays that one build made and of the user's own history. It
// is made at the request, in microseconds, so the next answer already knows the last event.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/core/sparse.h"
#include "limn/core/types.h"

namespace limn {

// The topic of an item or text that belongs to none.
inline constexpr std::uint32_t no_topic = std::numeric_limits<std::uint32_t>::max();

// What one build made, borrowed. Each array may be empty; what stands on it is then left out.
struct ProfileSource {
  std::span<const std::uint32_t> item_topics;  // (items): below topic_shares.size(), or no_topic
  std::span<const float> topic_shares;  // (topics): each topic's share of all users' events, sum 1
  SparseView item_tags;                 // (items, tags): how much each tag says about the item
  std::span<const float> tag_shares;    // (tags): each tag's share of all users' events, sum 1
  MatrixView item_embeddings;           // (items, dim): text vectors, rows of length 1 or 0
  MatrixView item_factors;              // (items, factors): behaviour vectors
  MatrixView segment_centroids;         // (segments, topics): see segments.h
};

// Words of the user's own: a review, a comment, a query, or the bio.
struct TextEvent {
  std::int64_t event = 0;            // 0: the bio, or words that no event carries
  std::uint32_t topic = no_topic;    // what the words are about
  std::span<const float> embedding;  // (dim), length 1; may be empty
  float weight = 1;                  // negative for words against
  Time time{};
};

// One user, borrowed. `history` and `texts` give interests and vectors; `events`, the same events
// as the store holds them, give the numbers.
struct ProfileInput {
  History history;
  std::span<const TextEvent> texts;
  std::span<const Event> events;
  std::span<const std::string> declared_tags;
  Time now{};
};

struct ProfileOptions {
  // After this long an event weighs half; a pause of any length halves once (core/active_time.h).
  // 0: the weights carry their decay already, as those of a History do.
  double half_life_days = 0;
  std::size_t max_interests = 20;  // topics kept, liked and disliked together
  std::size_t max_tags = 20;       // found tags kept, likewise
  std::size_t max_items = 20;      // liked items kept, and as many disliked
  std::size_t max_evidence = 5;    // strongest events kept for each
  double item_text_weight = 0.3;   // an item's text against the user's own words
  double dislike_weight = 0.2;     // in vectors, a dislike against a like: Rocchio's .15 : .75
  std::size_t warming_events = 4;  // from here on no longer new
  std::size_t known_events = 20;   // from here on known
};

// One event's part in an interest.
struct InterestEvidence {
  std::int64_t event = 0;
  ItemIndex item = no_item;  // what the event was about
  double share = 0;          // its exact part of the interest's mass, negative for a dislike; the
                             // sizes of all parts, kept and not kept, add up to 1

  friend bool operator==(const InterestEvidence&, const InterestEvidence&) = default;
};

// What a user thinks of one topic (or of one tag).
struct Interest {
  std::uint32_t index = 0;  // the topic, or the tag
  double weight = 0;        // its share of all the user's topics (tags); all of them sum to 1
  double polarity = 0;      // (likes - dislikes) / (likes + dislikes): 1 likes, -1 dislikes
  double confidence = 0;    // 0 to 1: grows with the events, shrinks when they disagree
  double lift = 1;          // how many times more than everybody's share, drawn towards 1
  double relevance = 0;     // the order of the list: share and lift together
  std::size_t events = 0;   // how many events say so
  std::vector<InterestEvidence> evidence;  // the strongest first

  friend bool operator==(const Interest&, const Interest&) = default;
};

// What a user thinks of one item.
struct ItemOpinion {
  ItemIndex item = 0;
  double weight = 0;       // sum of its events' weights: positive liked, negative disliked
  std::int64_t event = 0;  // the strongest of them

  friend bool operator==(const ItemOpinion&, const ItemOpinion&) = default;
};

// Counts over the user's own events; what was only shown to them (impressions) is left out.
struct ProfileNumbers {
  std::size_t events = 0;
  std::map<std::string, std::size_t> kinds;  // events of each kind
  std::size_t active_days = 0;               // different UTC days with an event
  std::optional<Time> first_seen;
  std::optional<Time> last_seen;
  double recency_days = 0;  // from the last event to now
  double frequency = 0;     // active days a week, from the first event to now
  double spend = 0;         // sum of the purchases' values
  std::optional<double> mean_rating;
  double diversity = 0;  // entropy of the topics' weights, 0 one topic to 1 all alike
  std::array<std::size_t, 24> hours{};  // events by UTC hour
  std::optional<int> peak_hour;         // the fullest of them

  friend bool operator==(const ProfileNumbers&, const ProfileNumbers&) = default;
};

// How much is known: under `warming_events` events, under `known_events`, more.
enum class Stage { fresh, warming, known };

struct Profile {
  std::vector<Interest> interests;         // topics, the most relevant first
  std::vector<Interest> tags;              // tags found in what was used, likewise
  std::vector<std::string> declared_tags;  // as the user gave them
  std::vector<ItemOpinion> liked;          // the strongest first
  std::vector<ItemOpinion> disliked;       // the strongest first
  std::optional<std::uint32_t> segment;    // none while nothing is liked

  std::vector<float> topics;     // (topics): square roots of the liked shares; length 1 or 0
  std::vector<float> text;       // (dim): length 1 or 0
  std::vector<float> behaviour;  // (factors): length 1 or 0
  std::vector<float> fused;      // (dim + factors): length 1 or 0; see similarity.h
  double text_share = 0;         // of the fused vector, 0 behaviour only to 1 text only

  ProfileNumbers numbers;
  Stage stage = Stage::fresh;

  friend bool operator==(const Profile&, const Profile&) = default;
};

// The user's profile. Entries that name an item or topic outside the source are skipped. The order
// of events does not matter. Costs O(events x (dim + factors)). Any thread may call it.
[[nodiscard]] Profile make_profile(const ProfileSource& source, const ProfileInput& input,
                                   const ProfileOptions& options = {});

// "new", "warming" or "known".
[[nodiscard]] std::string_view stage_name(Stage stage);

}  // namespace limn
