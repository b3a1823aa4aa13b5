// Answers: what the engine is asked, and what it says.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "limn/core/types.h"
#include "limn/engine/snapshot.h"
#include "limn/eval/intervals.h"
#include "limn/feedback/strategy.h"
#include "limn/ingest/read.h"
#include "limn/persona/persona.h"
#include "limn/profile/profile.h"
#include "limn/profile/similarity.h"
#include "limn/store/store.h"

namespace limn {

struct ImportOptions {
  Format format = Format::automatic;
  RecordKind kind = RecordKind::automatic;
};

struct FloodedUser {
  std::string user;
  std::string sign;  // "412 events within 60 s from ..."
};

struct ImportAnswer {
  ImportReport read;
  WriteReport written;
  std::vector<FloodedUser> floods;  // of the whole log; the first 100
  std::optional<std::filesystem::path> refusals_file;
  double seconds = 0;
};

struct ProfileAnswer {
  User user;
  bool known = false;  // the store has the user
  std::uint64_t generation = 0;
  Profile profile;
  ProfileNames names;  // calls back into the engine's snapshot: valid as long as the answer is
  Persona persona;
  std::shared_ptr<const void> borrowed;  // keeps what `names` reads
};

// Why an item is recommended: a group of the score's terms.
struct Reason {
  std::string type;  // history, similar_users, text, popularity, ranker, rest
  std::string ref;   // the item of a history reason; else empty
  double weight = 0;
  std::string text;  // for people, in English
};

struct RecommendedItem {
  std::string id;
  std::string title;
  double score = 0;
  std::vector<Reason> reasons;  // add up to the score
  double propensity = 1;  // of the item in its place, given the strategy and the places before
  std::string strategy;   // whose ranking brought it
  // The stars that the user would give it; nothing where the build could not learn from ratings.
  std::optional<double> predicted_rating;
};

struct RecommendOptions {
  std::size_t n = 10;
  std::size_t offset = 0;
  std::string category;  // only items of this category; empty: all
  std::string words;     // of a newcomer, said with the question
  bool include_used = false;
  // The caller's name for a list that is really shown, different for each of a user's: it is then
  // made by what the running experiment says, and logged. Empty: an answer by the present strategy,
  // that leaves no trace.
  std::string request;
  Time time{};  // when it is shown
};

struct Recommendations {
  std::string user;
  std::uint64_t generation = 0;
  std::string strategy;
  std::uint32_t strategy_version = 0;
  std::vector<RecommendedItem> items;
  std::string remark;     // what the answer had to do without; empty where that is nothing
  std::int64_t list = 0;  // the logged list; 0 where the request had no name
  std::string segment;    // the user's, where the list was logged
  double propensity = 1;  // of the strategy
  double seconds = 0;
};

// One summand of a score.
struct ExplainedTerm {
  std::string part;
  std::string type;
  std::string ref;
  double weight = 0;
};

struct Explanation {
  std::string user;
  std::string item;
  std::string title;
  double score = 0;
  std::vector<ExplainedTerm> terms;        // add up to the score
  std::optional<double> predicted_rating;  // as in a RecommendedItem
};

struct SimilarUser {
  std::string id;
  double score = 0;
  std::vector<Shared> shared;
  std::vector<std::string> shared_labels;
};

struct SimilarItem {
  std::string id;
  std::string title;
  double score = 0;
  std::vector<std::string> shared;         // topic, categories and tags that both have
  std::optional<double> predicted_rating;  // of someone of whom nothing is known
};

struct FeedbackAnswer {
  Event event;
  std::size_t profile_version = 0;  // the number of the user's events
  Strategy before;
  Strategy after;
  std::int64_t list = 0;  // the shown list that the event belongs to; 0 where there is none
};

// What one reaction to a user's best item does to the ranks of the ten items most like it.
struct ReactionsReport {
  std::size_t users = 0;           // asked; each reacts once, and nothing is written
  std::size_t items = 0;           // of the generation
  double before = 0;               // the mean rank
  PairedComparison after_like;     // rank after - rank before; negative: pulled up
  PairedComparison after_dislike;  // positive: pushed down
};

// What a user says of a list, or of an item.
struct GivenScore {
  std::string user;
  std::int64_t list = 0;
  std::string item;  // where `list` is 0
  int score = 0;     // 1 to 5
  std::string reason;
  Time time{};
};

// What a user wrote, from its beginning: whole sentences where they are not too long.
struct TopicText {
  std::int64_t event = 0;
  std::string text;
};

// Topics come by group, the largest group first, and in it the largest topic.
struct TopicAnswer {
  Topic topic;
  std::vector<std::string> items;          // titles of the most used ones
  std::vector<std::string> typical_items;  // titles of those nearest to its centroid
  std::vector<TopicText> typical_texts;    // likewise
  std::string group;                       // what its group is called
};

struct SegmentAnswer {
  std::size_t id = 0;
  SegmentInfo segment;
  std::vector<std::string> topics;  // labels
};

}  // namespace limn
