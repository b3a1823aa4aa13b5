#include "limn/profile/profile.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/core/vector_ops.h"
#include "limn/profile/numbers.h"
#include "limn/profile/profile_json.h"

namespace limn {
namespace {

using std::chrono::hours;

constexpr std::size_t items = 40;
constexpr std::uint32_t topics = 5;
constexpr std::uint32_t tags = 7;
const Time now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 24};

Matrix random_unit_rows(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Random random(seed);
  Matrix matrix(rows, cols);
  for (std::size_t i = 0; i < rows; ++i) {
    for (float& value : matrix.row(i)) value = static_cast<float>(random.normal());
  }
  normalize_rows(matrix);
  return matrix;
}

// What a build of 40 items makes: item i has topic i mod 5 (the last item none) and three tags.
struct Build {
  std::vector<std::uint32_t> item_topics;
  std::vector<float> topic_shares{0.4F, 0.3F, 0.2F, 0.05F, 0.05F};
  std::vector<float> tag_shares = std::vector<float>(tags, 1 / static_cast<float>(tags));
  SparseMatrix item_tags;
  Matrix embeddings = random_unit_rows(items, 8, 1);
  Matrix factors = random_unit_rows(items, 6, 2);

  Build() {
    std::vector<Triplet> triplets;
    for (std::uint32_t item = 0; item < items; ++item) {
      item_topics.push_back(item + 1 == items ? no_topic : item % topics);
      for (std::uint32_t i = 0; i < 3; ++i)
        triplets.push_back({item, (item + i) % tags, 1 + static_cast<float>(i)});
    }
    item_tags = SparseMatrix::from_triplets(items, tags, triplets);
  }

  [[nodiscard]] ProfileSource source() const {
    return {.item_topics = item_topics,
            .topic_shares = topic_shares,
            .item_tags = item_tags,
            .tag_shares = tag_shares,
            .item_embeddings = embeddings,
            .item_factors = factors};
  }
};

std::vector<HistoryEntry> random_history(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  std::vector<HistoryEntry> history;
  for (std::size_t i = 0; i < n; ++i) {
    history.push_back({.item = static_cast<ItemIndex>(random.below(items)),
                       .weight = static_cast<float>(random.normal()),
                       .time = now - hours{static_cast<int>(random.below(5000))},
                       .event = static_cast<std::int64_t>(i + 1)});
  }
  return history;
}

const Interest* find(const std::vector<Interest>& interests, std::uint32_t index) {
  const auto found = std::find_if(interests.begin(), interests.end(),
                                  [&](const Interest& i) { return i.index == index; });
  return found == interests.end() ? nullptr : &*found;
}

TEST(MakeProfile, DividesTheHistoryAmongTopicsAndTags) {
  const Build build;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const std::vector<HistoryEntry> history = random_history(60, seed);
    const Profile profile = make_profile(build.source(), {.history = history, .now = now});

    std::vector<double> mass(topics);
    double all = 0;
    for (const HistoryEntry& entry : history) {
      if (build.item_topics[entry.item] == no_topic) continue;
      mass[build.item_topics[entry.item]] += std::abs(entry.weight);
      all += std::abs(entry.weight);
    }
    double sum = 0;
    for (const Interest& interest : profile.interests) {
      EXPECT_NEAR(interest.weight, mass[interest.index] / all, 1e-6);
      sum += interest.weight;
    }
    EXPECT_NEAR(sum, 1, 1e-9);
    sum = 0;
    for (const Interest& tag : profile.tags) sum += tag.weight;
    EXPECT_NEAR(sum, 1, 1e-9);
    const bool likes = std::any_of(profile.interests.begin(), profile.interests.end(),
                                   [](const Interest& i) { return i.polarity > 0; });
    EXPECT_NEAR(l2_norm(profile.topics), likes ? 1 : 0, 1e-6);
    EXPECT_NEAR(l2_norm(profile.fused), 1, 1e-6);
  }
}

TEST(MakeProfile, DoesNotDependOnTheOrderOfEvents) {
  const Build build;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    std::vector<HistoryEntry> history = random_history(50, seed);
    for (HistoryEntry& entry : history) entry.time = now;
    const Profile expected = make_profile(build.source(), {.history = history, .now = now});
    Random(seed).shuffle(std::span(history));
    EXPECT_EQ(make_profile(build.source(), {.history = history, .now = now}), expected);
  }
}

TEST(MakeProfile, HalvesAnEventsWeightAfterTheHalfLife) {
  const Build build;
  const std::vector<HistoryEntry> history{
      {.item = 0, .weight = 1, .time = now - hours{24 * 30}, .event = 1},
      {.item = 1, .weight = 1, .time = now, .event = 2}};
  const Profile profile =
      make_profile(build.source(), {.history = history, .now = now}, {.half_life_days = 30});
  EXPECT_NEAR(find(profile.interests, 0)->weight, 1.0 / 3, 1e-9);
  EXPECT_NEAR(find(profile.interests, 1)->weight, 2.0 / 3, 1e-9);
  const Profile undecayed = make_profile(build.source(), {.history = history, .now = now});
  EXPECT_NEAR(find(undecayed.interests, 0)->weight, 0.5, 1e-9);
}

// A log that ends years ago, and one event today: what was known is still known.
TEST(MakeProfile, KeepsWhatItKnewThroughALongPause) {
  const Build build;
  std::vector<HistoryEntry> history;
  for (int i = 0; i < 99; ++i) {
    history.push_back({.item = 0,
                       .weight = 1,
                       .time = now - hours{24 * 365 * 28 + i},
                       .event = static_cast<std::int64_t>(i + 1)});
  }
  history.push_back({.item = 1, .weight = 1, .time = now, .event = 100});
  const Profile profile =
      make_profile(build.source(), {.history = history, .now = now}, {.half_life_days = 180});
  EXPECT_GT(find(profile.interests, 0)->weight, 0.95);
  EXPECT_LT(find(profile.interests, 1)->weight, 0.05);
  EXPECT_GT(find(profile.interests, 1)->weight, 0.01);  // more than one in a hundred: it is newer
}

TEST(MakeProfile, TurnsPolarityWithDislikes) {
  const Build build;
  std::vector<HistoryEntry> history{{.item = 0, .weight = 1, .time = now, .event = 1}};
  Profile profile = make_profile(build.source(), {.history = history, .now = now});
  EXPECT_DOUBLE_EQ(find(profile.interests, 0)->polarity, 1);
  EXPECT_EQ(profile.liked.size(), 1U);

  history.push_back({.item = 5, .weight = -1, .time = now, .event = 2});
  const double confidence = find(profile.interests, 0)->confidence;
  profile = make_profile(build.source(), {.history = history, .now = now});
  EXPECT_DOUBLE_EQ(find(profile.interests, 0)->polarity, 0);
  EXPECT_LT(find(profile.interests, 0)->confidence, confidence);

  history.push_back({.item = 10, .weight = -2, .time = now, .event = 3});
  profile = make_profile(build.source(), {.history = history, .now = now});
  EXPECT_DOUBLE_EQ(find(profile.interests, 0)->polarity, -0.5);
  EXPECT_EQ(profile.topics[0], 0);  // what is disliked on the whole is no part of what is liked
  ASSERT_EQ(profile.disliked.size(), 2U);
  EXPECT_EQ(profile.disliked[0], (ItemOpinion{.item = 10, .weight = -2, .event = 3}));
}

TEST(MakeProfile, AddsUpAnItemsEventsAndNamesTheStrongest) {
  const Build build;
  const std::vector<HistoryEntry> history{{.item = 3, .weight = 1, .time = now, .event = 1},
                                          {.item = 3, .weight = 4, .time = now, .event = 2},
                                          {.item = 3, .weight = -2, .time = now, .event = 3},
                                          {.item = 4, .weight = 1, .time = now, .event = 4},
                                          {.item = 4, .weight = -1, .time = now, .event = 5}};
  const Profile profile = make_profile(build.source(), {.history = history, .now = now});
  ASSERT_EQ(profile.liked.size(), 1U);
  EXPECT_EQ(profile.liked[0], (ItemOpinion{.item = 3, .weight = 3, .event = 2}));
  EXPECT_TRUE(profile.disliked.empty());
}

TEST(MakeProfile, OfAnEmptyHistoryIsEmptyAndNew) {
  const Build build;
  const Profile profile = make_profile(build.source(), {.now = now});
  EXPECT_TRUE(profile.interests.empty());
  EXPECT_TRUE(profile.tags.empty());
  EXPECT_EQ(profile.stage, Stage::fresh);
  EXPECT_EQ(profile.segment, std::nullopt);
  EXPECT_EQ(profile.topics, std::vector<float>(topics));
  EXPECT_EQ(profile.fused, std::vector<float>(8 + 6));
  EXPECT_EQ(profile.numbers.peak_hour, std::nullopt);
}

TEST(MakeProfile, KnowsANewcomerByTextAlone) {
  const Build build;
  const std::vector<TextEvent> bio{{.topic = 3, .embedding = build.embeddings.view().row(3)}};
  const Profile profile = make_profile(build.source(), {.texts = bio, .now = now});
  ASSERT_EQ(profile.interests.size(), 1U);
  EXPECT_EQ(profile.interests[0].index, 3U);
  EXPECT_EQ(profile.interests[0].evidence[0],
            (InterestEvidence{.event = 0, .item = no_item, .share = 1}));
  EXPECT_EQ(profile.text_share, 1);
  EXPECT_NEAR(dot(std::span(profile.fused).first(8), build.embeddings.view().row(3)), 1, 1e-6);
  EXPECT_EQ(profile.behaviour, std::vector<float>(6));
}

TEST(MakeProfile, JoinsAReviewToItsEvent) {
  const Build build;
  const std::vector<HistoryEntry> history{{.item = 1, .weight = 2, .time = now, .event = 9}};
  const std::vector<TextEvent> review{{.event = 9, .topic = 1, .weight = 1, .time = now}};
  const Profile profile =
      make_profile(build.source(), {.history = history, .texts = review, .now = now});
  ASSERT_EQ(profile.interests.size(), 1U);
  EXPECT_EQ(profile.interests[0].events, 1U);
  EXPECT_EQ(profile.interests[0].evidence[0].item, 1U);
  EXPECT_DOUBLE_EQ(profile.liked[0].weight, 3);
}

TEST(MakeProfile, TrustsBehaviourMoreTheMoreThereIs) {
  const Build build;
  double previous = 1;
  for (const std::size_t n : {1U, 4U, 20U, 200U}) {
    const std::vector<HistoryEntry> history = random_history(n, 3);
    const Profile profile = make_profile(build.source(), {.history = history, .now = now});
    EXPECT_LT(profile.text_share, previous);
    EXPECT_GT(profile.text_share, 0.2);
    previous = profile.text_share;
  }
}

TEST(MakeProfile, MovesTheVectorAwayFromWhatIsDisliked) {
  const Build build;
  std::vector<HistoryEntry> history{{.item = 0, .weight = 1, .time = now, .event = 1}};
  const auto towards = [&](ItemIndex item) {
    const Profile profile = make_profile(build.source(), {.history = history, .now = now});
    return dot(profile.behaviour, build.factors.view().row(item));
  };
  const float before = towards(7);
  history.push_back({.item = 7, .weight = -1, .time = now, .event = 2});
  EXPECT_LT(towards(7), before);
  EXPECT_GT(towards(0), 0.5F);
}

TEST(MakeProfile, PassesThroughItsStages) {
  const Build build;
  const auto stage = [&](std::size_t n) {
    const std::vector<HistoryEntry> history = random_history(n, 1);
    return make_profile(build.source(), {.history = history, .now = now}).stage;
  };
  EXPECT_EQ(stage(3), Stage::fresh);
  EXPECT_EQ(stage(4), Stage::warming);
  EXPECT_EQ(stage(19), Stage::warming);
  EXPECT_EQ(stage(20), Stage::known);
  EXPECT_EQ(stage_name(Stage::fresh), "new");
}

TEST(MakeProfile, SurvivesWhatTheBuildDoesNotKnow) {
  const Build build;
  const float nan = std::nanf("");
  const std::vector<HistoryEntry> history{{.item = 1'000'000, .weight = 1, .event = 1},
                                          {.item = no_item, .weight = 1, .event = 2},
                                          {.item = 0, .weight = nan, .event = 3},
                                          {.item = 0, .weight = 0, .event = 4},
                                          {.item = 1, .weight = 1, .event = 5}};
  const std::vector<float> too_long(99, 0.1F);
  const std::vector<TextEvent> texts{{.event = 6, .topic = 77, .embedding = too_long}};
  const Profile profile =
      make_profile(build.source(), {.history = history, .texts = texts, .now = now});
  ASSERT_EQ(profile.interests.size(), 1U);
  EXPECT_EQ(profile.interests[0].index, 1U);
  const Profile without_build = make_profile({}, {.history = history, .now = now});
  EXPECT_TRUE(without_build.interests.empty());
  EXPECT_TRUE(without_build.fused.empty());
}

TEST(MakeProfile, PlacesTheUserInTheNearestSegment) {
  const Build build;
  Matrix centroids(2, topics);
  centroids.row(0)[0] = 1;
  centroids.row(1)[3] = 1;
  ProfileSource source = build.source();
  source.segment_centroids = centroids;
  const std::vector<HistoryEntry> history{{.item = 3, .weight = 1, .time = now, .event = 1}};
  EXPECT_EQ(make_profile(source, {.history = history, .now = now}).segment, 1U);
}

std::vector<Event> shopping() {
  const Time day = now - hours{24 * 28};
  return {{.id = 1, .kind = "view", .time = day + hours{21}},
          {.id = 2, .kind = "purchase", .value = 12.5, .time = day + hours{21}},
          {.id = 3, .kind = "rate", .value = 4, .time = day + hours{22}},
          {.id = 4, .kind = "review", .value = 5, .text = "fine", .time = day + hours{24 * 7 + 21}},
          {.id = 5, .kind = "impression", .time = now - hours{1}},
          {.id = 6, .kind = "purchase", .value = 7.5, .time = now - hours{24 * 14}}};
}

TEST(CountEvents, CountsWhatTheUserDidButNotWhatWasShown) {
  const std::vector<Event> events = shopping();
  const ProfileNumbers numbers = count_events(events, now);
  EXPECT_EQ(numbers.events, 5U);
  EXPECT_EQ(numbers.kinds.at("purchase"), 2U);
  EXPECT_FALSE(numbers.kinds.contains("impression"));
  EXPECT_EQ(numbers.active_days, 3U);
  EXPECT_DOUBLE_EQ(numbers.spend, 20);
  EXPECT_DOUBLE_EQ(*numbers.mean_rating, 4.5);
  EXPECT_DOUBLE_EQ(numbers.recency_days, 14);
  EXPECT_EQ(numbers.peak_hour, 21);
  EXPECT_EQ(numbers.hours[21], 3U);
  EXPECT_NEAR(numbers.frequency, 3 / (27.125 / 7), 1e-9);
}

TEST(ToJson, NamesWhatTheProfileNumbers) {
  const Build build;
  const std::vector<Event> events = shopping();
  const std::vector<std::string> declared{"jazz"};
  const std::vector<HistoryEntry> history{{.item = 3, .weight = 1, .time = now, .event = 2},
                                          {.item = 4, .weight = -1, .time = now, .event = 3}};
  const Profile profile =
      make_profile(build.source(),
                   {.history = history, .events = events, .declared_tags = declared, .now = now});
  ProfileNames names;
  names.topic_label = [](std::uint32_t topic) { return "topic " + std::to_string(topic); };
  names.tag = [](std::uint32_t tag) { return "tag " + std::to_string(tag); };
  names.item_id = [](ItemIndex item) { return "i" + std::to_string(item); };

  const Json json = to_json(profile, names);
  EXPECT_EQ(json.at("stage"), "new");
  EXPECT_EQ(json.at("interests").at(0).at("label"), "topic 3");
  EXPECT_EQ(json.at("interests").at(0).at("evidence").at(0).at("item"), "i3");
  EXPECT_EQ(json.at("interests").at(0).at("weight"), 0.5);
  EXPECT_EQ(json.at("tags").at(0).at("source"), "given");
  EXPECT_EQ(json.at("tags").at(1).at("source"), "found");
  EXPECT_EQ(json.at("likes").at(0).at("item"), "i3");
  EXPECT_EQ(json.at("dislikes").at(0).at("item"), "i4");
  EXPECT_TRUE(json.at("segment").is_null());
  EXPECT_EQ(json.at("numbers").at("spend"), 20.0);
  EXPECT_EQ(json.at("numbers").at("last_seen"), "2026-11-10T00:00:00Z");
  EXPECT_EQ(to_text(parse_json(to_text(json), "test").value()), to_text(json));
}

}  // namespace
}  // namespace limn
