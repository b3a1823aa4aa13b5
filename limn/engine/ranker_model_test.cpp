#include "limn/engine/ranker_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/engine/din_ranker.h"
#include "limn/engine/test_engine.h"
#include "limn/engine/test_ranker.h"
#include "limn/engine/tree_ranker.h"

namespace limn {
namespace {

class RankerModelTest : public EngineTest {
 protected:
  // A built folder with two tastes.
  Engine built() {
    Engine engine = two_tastes();
    EXPECT_TRUE(engine.build());
    return engine;
  }

  // The same folder, opened anew with LightGBM at `library`.
  [[nodiscard]] Engine reopened(const std::filesystem::path& library) const {
    EncoderPlaces places;
    places.lightgbm = library;
    return Engine::open(folder_, places).value();
  }

  [[nodiscard]] std::vector<std::string> parts() const {
    const Snapshot snapshot = Snapshot::open_current(folder_).value();
    return Parts(snapshot.models(), Config{}).names();
  }

  [[nodiscard]] RankerModel model_of(std::string trees) const {
    RankerModel model;
    model.kind = RankerKind::trees;
    model.weight = 0.5F;
    model.parts = parts();
    model.trees = std::move(trees);
    return model;
  }

  // Trees that learnt from lists of random features to like a high first one.
  [[nodiscard]] std::string some_trees() const {
    const std::vector<std::string> names = parts();
    const std::vector<std::string_view> views(names.begin(), names.end());
    Random random(1);
    Matrix features(400, rank_feature_names(views).size());
    std::vector<float> labels;
    for (std::size_t i = 0; i < features.rows(); ++i) {
      for (float& value : features.row(i)) value = static_cast<float>(random.normal());
      labels.push_back(features.row(i)[0] > 0.5F ? 1 : 0);
    }
    const std::vector<std::int32_t> sizes(20, 20);
    const auto trees =
        BoostedRanker::fit(lightgbm_of_tests, {features, labels, sizes}, {.trees = 5});
    return trees.value().model().value();
  }
};

// How many of an item's reasons are a ranker's. All of them add up to the score.
std::size_t ranker_reasons(const RecommendedItem& item) {
  double reasons = 0;
  std::size_t told = 0;
  for (const Reason& reason : item.reasons) {
    reasons += reason.weight;
    told += reason.type == "ranker" ? 1 : 0;
  }
  EXPECT_NEAR(reasons, item.score, 1e-4 * std::max(1.0, std::abs(item.score)));
  return told;
}

// A model that saw one user.
DinModel some_din(std::size_t items) {
  std::vector<HistoryEntry> history;
  for (ItemIndex item = 0; item < 6; ++item) history.push_back({.item = item, .weight = 1});
  const std::vector<History> histories{history};
  DinTeacher teacher({.histories = histories, .items = items}, 1);
  EXPECT_TRUE(teacher.run_epoch());
  return teacher.model();
}

TEST_F(RankerModelTest, AnswersGiveExactReasonsWithTrees) {
  if (!has_lightgbm()) GTEST_SKIP() << without_lightgbm;
  { const Engine engine = built(); }
  put_ranker(folder_, model_of(some_trees()));
  Engine engine = reopened(lightgbm_of_tests);
  const auto list = engine.recommend("user3", {.n = 24});
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_TRUE(list->remark.empty());
  ASSERT_FALSE(list->items.empty());
  std::size_t told = 0;
  for (const RecommendedItem& item : list->items) {
    told += ranker_reasons(item);
    const auto explained = engine.explain("user3", item.id);
    ASSERT_TRUE(explained);
    EXPECT_NEAR(explained->score, item.score, 1e-5);
    double terms = 0;
    for (const ExplainedTerm& term : explained->terms) {
      terms += term.weight;
      EXPECT_EQ(term.part == "trees", term.type == "ranker");
    }
    EXPECT_NEAR(terms, item.score, 1e-4 * std::max(1.0, std::abs(item.score)));
  }
  EXPECT_GT(told, 0U);
  // Feedback moves the weights of parts; a ranker has none.
  const auto said = engine.feedback({.user = "user3",
                                     .item = list->items.front().id,
                                     .kind = "like",
                                     .time = Time{std::chrono::hours{24 * 365 * 51}}});
  ASSERT_TRUE(said) << said.error().message;
  for (const auto& of_bucket : said->after.parameters.part_weights)
    EXPECT_FALSE(of_bucket.contains("trees"));
}

TEST_F(RankerModelTest, WithoutTheLibraryTheBlendRanksAndTheAnswerSaysSo) {
  Engine before = built();
  const auto plain = before.recommend("user3", {.n = 5});
  ASSERT_TRUE(plain);
  EXPECT_TRUE(plain->remark.empty());
  put_ranker(folder_, model_of("a model"));
  Engine engine = reopened("/nowhere/lib_lightgbm.so");
  const auto list = engine.recommend("user3", {.n = 5});
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_NE(list->remark.find("/nowhere/lib_lightgbm.so"), std::string::npos);
  ASSERT_EQ(list->items.size(), plain->items.size());
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    EXPECT_EQ(list->items[i].id, plain->items[i].id);
    EXPECT_EQ(list->items[i].score, plain->items[i].score);
  }
}

TEST_F(RankerModelTest, AModelThatIsNoneIsAnErrorAndNoCrash) {
  if (!has_lightgbm()) GTEST_SKIP() << without_lightgbm;
  { const Engine engine = built(); }
  const std::string whole = some_trees();
  RankerModel of_other_parts = model_of(whole);
  of_other_parts.parts.pop_back();
  const RankerModel broken[] = {model_of(""), model_of("no model"),
                                model_of(whole.substr(0, whole.size() / 3)), of_other_parts};
  for (const RankerModel& model : broken) {
    put_ranker(folder_, model);
    Engine engine = reopened(lightgbm_of_tests);
    const auto list = engine.recommend("user3", {.n = 5});
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().code, ErrorCode::corrupt) << list.error().message;
  }
}

TEST_F(RankerModelTest, AManifestThatNoBuildWritesIsCorrupt) {
  { const Engine engine = built(); }
  const Generation generation = Generation::open_current(folder_).value();
  RankerModel none;
  EXPECT_EQ(read_ranker(generation, manifest_json(none))->kind, RankerKind::none);
  for (const char* text :
       {"3", "{}", R"({"kind":"forest","weight":1,"parts":[]})",
        R"({"kind":"trees","weight":"much","parts":[]})", R"({"kind":"trees","weight":1})",
        R"({"kind":"trees","weight":1,"parts":[1]})"}) {
    const auto read = read_ranker(generation, parse_json(text, "a manifest").value());
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::corrupt) << text;
  }
  // Trees without their file.
  EXPECT_FALSE(
      read_ranker(generation, parse_json(R"({"kind":"trees","weight":1,"parts":[]})", "").value()));
}

TEST_F(RankerModelTest, ADinIsKeptAndRanks) {
  { const Engine engine = built(); }
  const std::size_t items = Snapshot::open_current(folder_)->info().items;
  RankerModel model;
  model.kind = RankerKind::din;
  model.weight = 0.5F;
  model.parts = parts();
  model.din = some_din(items);
  put_ranker(folder_, model);
  const Generation generation = Generation::open_current(folder_).value();
  const auto read = read_ranker(generation, manifest_json(model));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->din.category, model.din.category);
  EXPECT_EQ(read->din.parameters.items, model.din.parameters.items);
  EXPECT_EQ(read->din.parameters.output, model.din.parameters.output);
  EXPECT_EQ(read->din.statistics.unit.variance[1], model.din.statistics.unit.variance[1]);
  EXPECT_EQ(read->din.statistics.output.mean[0], model.din.statistics.output.mean[0]);

  Engine engine = reopened("");
  const auto list = engine.recommend("user3", {.n = 24});
  ASSERT_TRUE(list) << list.error().message;
  std::size_t told = 0;
  for (const RecommendedItem& item : list->items) told += ranker_reasons(item);
  EXPECT_GT(told, 0U);
}

TEST_F(RankerModelTest, ADinThatDoesNotFitIsCorrupt) {
  { const Engine engine = built(); }
  const std::size_t items = Snapshot::open_current(folder_)->info().items;
  const auto error_of = [&](const DinModel& din) {
    RankerModel model;
    model.kind = RankerKind::din;
    model.weight = 1;
    model.parts = parts();
    model.din = din;
    put_ranker(folder_, model);
    Engine engine = reopened("");
    const auto list = engine.recommend("user3", {.n = 5});
    EXPECT_FALSE(list);
    return list ? ErrorCode::not_found : list.error().code;
  };
  EXPECT_EQ(error_of(some_din(items + 1)), ErrorCode::corrupt);
  DinModel short_rows = some_din(items);
  short_rows.parameters.items.pop_back();
  EXPECT_EQ(error_of(short_rows), ErrorCode::corrupt);
  DinModel no_number = some_din(items);
  no_number.parameters.unit.front() = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(error_of(no_number), ErrorCode::corrupt);
  DinModel no_category = some_din(items);
  no_category.category.front() = 7;
  EXPECT_EQ(error_of(no_category), ErrorCode::corrupt);
}

TEST_F(RankerModelTest, ABuildWithoutARankerWritesNothingOfOne) {
  { const Engine engine = built(); }
  const Generation generation = Generation::open_current(folder_).value();
  EXPECT_FALSE(generation.manifest().contains("ranker"));
  for (const std::string& name : generation.names()) EXPECT_FALSE(name.starts_with("ranker"));
}

TEST_F(RankerModelTest, ABuildIsGatedAndSaysWhatCameOfIt) {
  Engine engine = two_tastes();
  Config config = engine.config();
  config.recommend.ranker = "trees";
  engine.set_config(config);
  // Without the library there is no build, and it says what to do.
  const auto refused = engine.build();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_NE(refused.error().message.find("tools/setup lightgbm"), std::string::npos);
  if (!has_lightgbm()) GTEST_SKIP() << without_lightgbm;
  config.recommend.lightgbm = lightgbm_of_tests.string();
  engine.set_config(config);
  const auto report = engine.build();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->ranker.kind, RankerKind::trees);
  EXPECT_GT(report->ranker.gate_users, 0U);
  const Json json = to_json(*report);
  EXPECT_EQ(json.at("ranker").at("kind").as_string(), "trees");
  EXPECT_EQ(json.at("ranker").at("passed").as_bool(), report->ranker.passed);
  const Generation generation = Generation::open_current(folder_).value();
  EXPECT_EQ(generation.manifest().contains("ranker"), report->ranker.passed);
  EXPECT_EQ(generation.contains("ranker_trees"), report->ranker.passed);
}

}  // namespace
}  // namespace limn
