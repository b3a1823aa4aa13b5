#include "limn/engine/opinions.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "limn/engine/snapshot.h"
#include "limn/engine/test_engine.h"

namespace limn {
namespace {

const EventWeightOptions stars;  // 1 to 5

TEST(ToldValue, IsTheStarsThatTheWordsSuggest) {
  const OpinionModel lexicon;
  const float praise = told_value("review", 0, "Excellent, reliable, I love it.", lexicon, stars);
  const float blame = told_value("review", 0, "Terrible. It broke, useless.", lexicon, stars);
  EXPECT_GT(praise, 4);
  EXPECT_LE(praise, 5);
  EXPECT_LT(blame, 2);
  EXPECT_GE(blame, 1);
  EXPECT_GT(event_weight("review", praise, stars), 0);
  EXPECT_LT(event_weight("review", blame, stars), 0);
}

TEST(ToldValue, LeavesStarsSilenceAndOtherKindsAlone) {
  const OpinionModel lexicon;
  EXPECT_EQ(told_value("review", 4, "Terrible", lexicon, stars), 4);
  EXPECT_EQ(told_value("review", 0, "Four legs and a top.", lexicon, stars), 0);
  EXPECT_EQ(told_value("review", 0, "", lexicon, stars), 0);
  EXPECT_EQ(told_value("ask", 0, "Is this terrible?", lexicon, stars), 0);
}

Event review(const std::string& user, const std::string& item, const std::string& text) {
  Event event;
  event.user = user;
  event.item = item;
  event.kind = "review";
  event.text = text;
  event.time = Time{std::chrono::hours{24 * (365 * 50 + 9)}};
  return event;
}

TEST_F(EngineTest, ReviewsWithoutStarsAreLikesAndDislikesByTheirWords) {
  Engine engine = two_tastes();
  const std::vector<Event> said{review("ann", "tea1", "Excellent and fresh, I love this tea."),
                                review("ann", "bike1", "Terrible, the chain broke. Useless.")};
  ASSERT_TRUE(engine.store().write({.users = {}, .items = {}, .events = said, .edges = {}}));
  const auto report = engine.build();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->told_reviews, 2U);
  const auto answer = engine.profile("ann", Language::english);
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(answer->profile.liked.size(), 1U);
  ASSERT_EQ(answer->profile.disliked.size(), 1U);
  EXPECT_EQ(answer->names.item_id(answer->profile.liked[0].item), "tea1");
  EXPECT_EQ(answer->names.item_id(answer->profile.disliked[0].item), "bike1");
}

TEST_F(EngineTest, AComplaintHasOneSignInTheBuildAndAfterNews) {
  Engine engine = two_tastes();
  const std::vector<Event> said{review("ann", "bike1", "Terrible, the chain broke. Useless."),
                                review("bob", "bike1", "Excellent, the chain is great.")};
  ASSERT_TRUE(engine.store().write({.users = {}, .items = {}, .events = said, .edges = {}}));
  ASSERT_TRUE(engine.build());
  const auto snapshot = Snapshot::open_current(folder_);
  ASSERT_TRUE(snapshot);
  const auto weights = snapshot->text_weights();
  EXPECT_EQ(std::count(weights.begin(), weights.end(), -1.0F), 1);
  EXPECT_EQ(std::count_if(snapshot->text_stars().begin(), snapshot->text_stars().end(),
                          [](float s) { return s != 0; }),
            2);
  // The list that is asked before any news and the one after an event of weight 0 are alike.
  const auto before = engine.recommend("ann", {.n = 24});
  Event search;
  search.user = "ann";
  search.kind = "search";
  search.time = said.front().time;
  ASSERT_TRUE(engine.feedback(search));
  const auto after = engine.recommend("ann", {.n = 24});
  ASSERT_TRUE(before && after);
  ASSERT_EQ(before->items.size(), after->items.size());
  for (std::size_t i = 0; i < before->items.size(); ++i) {
    EXPECT_EQ(before->items[i].id, after->items[i].id);
    EXPECT_NEAR(before->items[i].score, after->items[i].score, 1e-5);
  }
}

TEST_F(EngineTest, PersonasTellOfAspectsAndMaskWhatIsPersonal) {
  Engine engine = two_tastes();
  const std::string text =
      "The chain is terrible. Battery life is excellent. Mail ann@example.org!";
  const std::vector<Event> said{review("ann", "bike1", text)};
  ASSERT_TRUE(engine.store().write({.users = {}, .items = {}, .events = said, .edges = {}}));
  ASSERT_TRUE(engine.build());
  const auto answer = engine.profile("ann", Language::english);
  ASSERT_TRUE(answer);
  bool praised = false;
  for (const Claim& claim : answer->persona.claims) {
    EXPECT_EQ(claim.text.find("ann@example.org"), std::string::npos);
    if (claim.id != "aspect:battery") continue;
    praised = claim.polarity > 0;
    ASSERT_FALSE(claim.evidence.empty());
    const ClaimEvidence& cited = claim.evidence.front();
    EXPECT_EQ(text.substr(cited.begin, cited.end - cited.begin), "Battery life is excellent");
  }
  EXPECT_TRUE(praised);
}

TEST_F(EngineTest, ToAskIsAnInterestAndNoLiking) {
  Engine engine = two_tastes();
  std::vector<Event> asked;
  for (int i = 0; i < 6; ++i) {
    Event event = review("ann", "tea" + std::to_string(i), "Is this a wonderful, excellent tea?");
    event.kind = "ask";
    asked.push_back(event);
  }
  ASSERT_TRUE(engine.store().write({.users = {}, .items = {}, .events = asked, .edges = {}}));
  ASSERT_TRUE(engine.build());
  const auto answer = engine.profile("ann", Language::english);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->profile.interests.empty());
  EXPECT_EQ(answer->persona.text.find("liked"), std::string::npos) << answer->persona.text;
  EXPECT_EQ(answer->persona.text.find("pleasure"), std::string::npos) << answer->persona.text;
}

}  // namespace
}  // namespace limn
