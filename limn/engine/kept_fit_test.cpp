#include "limn/engine/kept_fit.h"

#include <gtest/gtest.h>

#include "limn/engine/test_engine.h"

namespace limn {
namespace {

// A data folder with a hundred different reviews, built once.
class KeptFit : public EngineTest {
 protected:
  Engine built() {
    Engine engine = two_tastes();
    write(engine, 0, 100);
    EXPECT_TRUE(engine.build());
    return engine;
  }

  // Reviews number `first` to `last` of one writer.
  static void write(Engine& engine, int first, int last) {
    std::vector<Event> events;
    for (int i = first; i < last; ++i) {
      Event event;
      event.user = "writer" + std::to_string(i % 10);
      event.item = items()[static_cast<std::size_t>(i) % items().size()].id;
      event.kind = "review";
      event.value = 5;
      event.text = "Leaves of batch " + std::to_string(i) + " taste of " +
                   std::string(i % 2 == 0 ? "smoke" : "honey") + ".";
      event.time = Time{std::chrono::hours{24 * (365 * 50 + 20 + i)}};
      events.push_back(std::move(event));
    }
    EXPECT_TRUE(engine.store().write({.users = {}, .items = {}, .events = events, .edges = {}}));
  }

  [[nodiscard]] SnapshotInfo info() const { return Snapshot::open_current(folder_).value().info(); }
};

TEST_F(KeptFit, EncodesOnlyWhatIsNew) {
  Engine engine = built();
  const std::uint64_t fingerprint = info().fingerprint;
  const BuildReport same = engine.build().value();
  EXPECT_TRUE(same.kept_fit);
  EXPECT_EQ(same.encoded, 0U);

  write(engine, 100, 102);
  const BuildReport grown = engine.build().value();
  EXPECT_TRUE(grown.kept_fit);
  EXPECT_EQ(grown.encoded, 2U);
  EXPECT_EQ(info().fingerprint, fingerprint);
  EXPECT_EQ(info().unfitted, 2U);
}

TEST_F(KeptFit, IsMadeAnewOnceTheTextsHaveGrown) {
  Engine engine = built();
  const std::uint64_t fingerprint = info().fingerprint;
  // Step by step, each within the share: what came since the fit counts, not since the last build.
  std::size_t kept = 0;
  for (int first = 100; first < 150 && info().fingerprint == fingerprint; first += 4) {
    write(engine, first, first + 4);
    kept += engine.build().value().kept_fit ? 1 : 0;
  }
  EXPECT_GE(kept, 2U);
  EXPECT_LE(kept, 5U);  // 184 texts: 24 items, a hundred reviews here and sixty of two_tastes()
  EXPECT_NE(info().fingerprint, fingerprint);
  EXPECT_EQ(info().unfitted, 0U);
}

TEST_F(KeptFit, IsMadeAnewWhereSomeoneTookBackWhatTheyWrote) {
  Engine engine = built();
  const std::vector<std::string> erased{"writer3"};
  ASSERT_TRUE(engine.store().erase_users(erased));
  const BuildReport report = engine.build().value();
  EXPECT_FALSE(report.kept_fit);
  EXPECT_GT(report.encoded, 100U);
  EXPECT_TRUE(engine.build().value().kept_fit);
}

TEST_F(KeptFit, IsMadeAnewWhereABioWasChanged) {
  Engine engine = built();
  User user;
  user.id = "writer1";
  user.text = "I live beside a tea garden.";
  const auto put = [&] {
    return engine.store().write(
        {.users = std::span(&user, 1), .items = {}, .events = {}, .edges = {}});
  };
  ASSERT_TRUE(put());
  EXPECT_TRUE(engine.build().value().kept_fit);
  user.text = "I moved.";
  ASSERT_TRUE(put());
  EXPECT_FALSE(engine.build().value().kept_fit);
}

TEST_F(KeptFit, IsMadeAnewByOtherSettings) {
  { Engine engine = built(); }
  Config config;
  config.encode.encoder = "lsa";
  config.encode.lsa_dim = 16;
  Store store = Store::open(folder_).value();
  EXPECT_FALSE(build_generation(store, config, {}).value().kept_fit);
  EXPECT_TRUE(build_generation(store, config, {}).value().kept_fit);
  config.encode.lsa_refit_share = 0;
  EXPECT_TRUE(build_generation(store, config, {}).value().kept_fit);  // nothing came since
}

}  // namespace
}  // namespace limn
