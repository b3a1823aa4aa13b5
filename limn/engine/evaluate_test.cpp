#include "limn/engine/evaluate.h"

#include <algorithm>
#include <cmath>
#include <fstream>

#include <gtest/gtest.h>

#include "limn/core/class_shares.h"
#include "limn/core/parallel.h"
#include "limn/engine/report_charts.h"
#include "limn/engine/report_html.h"
#include "limn/engine/strategies.h"
#include "limn/engine/test_engine.h"

namespace limn {
namespace {

class EvaluateTest : public EngineTest {
 protected:
  static Evaluation run(Engine& engine, const EvaluationOptions& options) {
    auto found = evaluate_store(engine.store(), engine.config(), {}, options);
    EXPECT_TRUE(found) << found.error().message;
    return found ? std::move(*found) : Evaluation{};
  }

  static EvaluationOptions last_half() {
    EvaluationOptions options;
    options.split = {.kind = SplitKind::user_time, .share = 0.5};
    options.ks = {5};
    options.relevant_all = true;
    return options;
  }

  // Forty users of two tastes with 20 events each: enough to be made new again.
  Engine busy_tastes() {
    Engine engine = two_tastes();
    std::vector<Item> more;
    std::vector<Event> events;
    for (int i = 0; i < 60; ++i) {
      Item item;
      item.id = (i % 2 == 0 ? "more_tea" : "more_bike") + std::to_string(i);
      item.title = i % 2 == 0 ? "Oolong leaves of tea" : "Chain of a bicycle";
      item.categories = {i % 2 == 0 ? "tea" : "cycling"};
      more.push_back(item);
    }
    std::vector<User> users;
    for (int user = 0; user < 40; ++user) {
      users.emplace_back().id = "user" + std::to_string(user);
      users.back().text = user % 2 == 0 ? "I drink oolong tea" : "I oil the chain of my bicycle";
      for (int step = 0; step < 20; ++step) {
        Event event;
        event.user = "user" + std::to_string(user);
        event.item = more[static_cast<std::size_t>(2 * ((user / 2 * 7 + step) % 30) + user % 2)].id;
        event.kind = "like";
        event.time = Time{std::chrono::hours{24 * (365 * 50 + 10 + step)}};
        events.push_back(event);
      }
    }
    EXPECT_TRUE(
        engine.store().write({.users = users, .items = more, .events = events, .edges = {}}));
    return engine;
  }
};

TEST_F(EvaluateTest, ComparesEveryoneWithTheBestAndGroupsTheUsers) {
  Engine engine = two_tastes();
  const Evaluation found = run(engine, last_half());
  ASSERT_FALSE(found.report.rows.empty());
  EXPECT_EQ(found.comparisons.size(), found.report.rows.size() - 1);
  const std::string& best = best_row(found.report, "ndcg@5").name;
  for (const Comparison& comparison : found.comparisons) {
    EXPECT_EQ(comparison.a, best);
    EXPECT_LE(comparison.difference.difference, 0);
  }
  // Three of six events are known: all 40 users are new, and have 1 to 3.
  std::vector<std::string> names;
  for (const GroupReport& group : found.groups) {
    names.push_back(group.respect + " " + group.name);
    if (group.respect != "taste") {
      EXPECT_EQ(group.users, 40U) << names.back();
    }
  }
  EXPECT_EQ(names, (std::vector<std::string>{"stage new", "history 1-3", "taste niche",
                                             "taste mixed", "taste popular"}));
  EXPECT_EQ(found.user_ids.size(), 40U);
  EXPECT_EQ(found.user_ids.front(), "user0");
  // Categories are there, so lists are held against them.
  EXPECT_TRUE(found.report.rows.front().metrics.contains("calibration@5"));
}

TEST_F(EvaluateTest, ComparesThePairsThatAreAskedFor) {
  Engine engine = two_tastes();
  EvaluationOptions options = last_half();
  options.compare = {{"popularity", "blend"}};
  const Evaluation found = run(engine, options);
  ASSERT_EQ(found.comparisons.size(), 1U);
  EXPECT_EQ(found.comparisons[0].a, "popularity");
  EXPECT_GT(found.comparisons[0].difference.difference, 0);
  options.compare = {{"popularity", "magic"}};
  EXPECT_FALSE(evaluate_store(engine.store(), engine.config(), {}, options));
}

TEST_F(EvaluateTest, ReranksTheBlendsListsAsARowOfItsOwn) {
  Engine engine = two_tastes();
  EvaluationOptions options = last_half();
  for (const char* text : {"diversity=0", "diversity=0.9", "popularity_penalty=1"}) {
    const auto wishes = parse_list_wishes(text);
    ASSERT_TRUE(wishes);
    options.lists.push_back(*wishes);
  }
  const Evaluation found = run(engine, options);
  const auto row = [&](std::string_view name) -> const RecommenderReport& {
    return *std::ranges::find(found.report.rows, name, &RecommenderReport::name);
  };
  // No wish changes nothing but ties, which the list breaks by number.
  EXPECT_NEAR(row("blend, diversity=0").metrics.at("ndcg@5"), row("blend").metrics.at("ndcg@5"),
              0.05);
  EXPECT_GE(row("blend, diversity=0.9").metrics.at("diversity@5"),
            row("blend").metrics.at("diversity@5"));
  EXPECT_LE(row("blend, popularity_penalty=1").metrics.at("popularity@5"),
            row("blend").metrics.at("popularity@5"));
  // The verdict is on parts: a re-ranked blend is none.
  ASSERT_TRUE(found.verdict);
  EXPECT_EQ(found.verdict->best_part.find(','), std::string::npos);
}

TEST_F(EvaluateTest, RefusesWishesThatAreNone) {
  for (const char* bad : {"", "diversity", "diversity=", "diversity=2", "diversity=-0.1",
                          "magic=0.5", "diversity=0.1,,", "=1", "diversity=0.1x", "n=3"}) {
    SCOPED_TRACE(bad);
    EXPECT_FALSE(parse_list_wishes(bad));
  }
  const auto wishes = parse_list_wishes("calibration=0.3,diversity=0.1");
  ASSERT_TRUE(wishes);
  EXPECT_EQ(wishes->options.calibration, 0.3F);
  EXPECT_EQ(wishes->options.diversity, 0.1F);
  EXPECT_EQ(wishes->options.popularity_penalty, 0);
}

TEST_F(EvaluateTest, TheLadderHasFourRungsOfTheSameUsers) {
  Engine engine = busy_tastes();
  EvaluationOptions options = last_half();
  options.ladder = true;
  const Evaluation found = run(engine, options);
  ASSERT_TRUE(found.ladder);
  ASSERT_EQ(found.ladder->rungs.size(), 4U);
  EXPECT_EQ(found.ladder->users, 20U);
  for (const LadderRung& rung : found.ladder->rungs) {
    ASSERT_EQ(rung.values.size(), 3U) << rung.history;
    EXPECT_EQ(rung.values[0].recommender, "text");
    EXPECT_EQ(rung.values[1].recommender, "behaviour");
    EXPECT_EQ(rung.values[2].recommender, "blend");
    ASSERT_EQ(rung.blend_against.size(), 2U);
    const double blend = rung.values[2].mean;
    EXPECT_EQ(rung.blend_leads(), blend >= rung.values[0].mean && blend >= rung.values[1].mean);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_NEAR(rung.blend_against[i].difference.difference, blend - rung.values[i].mean, 1e-12);
    }
  }
  // A bio is all that is known on the first rung: text alone reads it.
  EXPECT_GT(found.ladder->rungs[0].values[0].mean, found.ladder->rungs[0].values[1].mean);
  // What a user does tells a taste here: behaviour knows more on the last rung than on the first.
  EXPECT_GT(found.ladder->rungs[3].values[1].mean, found.ladder->rungs[0].values[1].mean);
}

TEST_F(EvaluateTest, TheLadderSaysWhereTooFewAreKnown) {
  Engine engine = two_tastes();
  EvaluationOptions options = last_half();
  options.ladder = true;
  const Evaluation found = run(engine, options);
  ASSERT_TRUE(found.ladder);
  EXPECT_TRUE(found.ladder->rungs.empty());
  EXPECT_NE(html_report(found, {.title = "few"}).find("Too few users"), std::string::npos);
}

TEST_F(EvaluateTest, IsTheSameOnAnyNumberOfThreads) {
  Engine engine = busy_tastes();
  EvaluationOptions options = last_half();
  options.ladder = true;
  options.lists = {*parse_list_wishes("calibration=0.5,diversity=0.2,popularity_penalty=0.1")};
  const auto text_of = [&](std::size_t threads) {
    set_thread_count(threads);
    Evaluation found = run(engine, options);
    found.seconds = 0;
    found.report.peak_rss_mb = 0;
    for (RecommenderReport& row : found.report.rows) {
      row.fit_seconds = row.score_seconds = 0;
      if (Json* const search = row.settings.if_contains("search")) {
        search->as_object()["seconds"] = 0;
        for (const auto& [name, part] : search->at("parts").as_object())
          EXPECT_LE(part.at("ndcg_after").to_number<double>(), 1) << name;  // repeats count once
      }
    }
    return to_text(to_json(found)) + html_report(found, {.title = "same"});
  };
  const std::size_t before = thread_count();
  const std::string one = text_of(1);
  const std::string four = text_of(4);
  set_thread_count(before);
  EXPECT_EQ(one, four);
}

TEST_F(EvaluateTest, MeasuresRunsThatWereMadeElsewhere) {
  std::filesystem::create_directories(folder_);
  const auto write = [&](const char* name, std::string_view text) {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  };
  SplitFiles files;
  files.format = SplitFormat::adjacency;
  files.train = write("train.txt", "a 1 2 3\nb 1 2 4\nc 1 5\n");
  files.test = write("test.txt", "a 4\nb 5\n");
  EvaluationOptions options;
  options.ks = {1};
  options.recommenders = {"none"};
  options.runs = {{"right", write("right.txt", "a 4 9\nb 5 9\n")},
                  {"wrong", write("wrong.txt", "a 5 9\nb 3 9\n")}};
  const auto found = evaluate_files(files, {}, {}, options);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->report.rows.size(), 2U);
  EXPECT_EQ(found->report.rows[0].metrics.at("ndcg@1"), 1);
  EXPECT_EQ(found->report.rows[1].metrics.at("ndcg@1"), 0);
  EXPECT_EQ(found->user_ids, (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(found->comparisons.size(), 1U);
  EXPECT_EQ(found->comparisons[0].difference.difference, -1);
}

// Nothing of what data folders hold may become markup, and nothing may be asked of a network.
TEST(HtmlReport, EscapesEveryNameAndNeedsNothingElse) {
  const std::string evil = "<script>alert('x')</script>\"&\u202e\xff";
  Evaluation evaluation;
  EvaluationReport& report = evaluation.report;
  report.options.ks = {10};
  report.ranked_users = {0, 1};
  RecommenderReport row;
  row.name = evil;
  row.settings = {{evil, evil}};
  for (const char* metric : {"recall", "precision", "ndcg", "hit", "mrr", "map", "novelty"}) {
    row.metrics[std::string(metric) + "@10"] = 0.5;
    row.ci95[std::string(metric) + "@10"] = {0.4, 0.6};
    row.per_user[std::string(metric) + "@10"] = {0.4, 0.6};
  }
  row.metrics["coverage@10"] = 0.5;
  report.rows = {row};
  evaluation.groups = {{"stage", evil, 2, "ndcg@10", {{evil, 0.5, {0.4, 0.6}}}}};
  evaluation.comparisons = {{.a = evil, .b = evil, .metric = "ndcg@10"}};
  evaluation.ladder = Ladder{"ndcg@10", 20, {}, {{"0", {{evil, 0.5, {0.4, 0.6}}}, {}}}};
  const std::string page = html_report(evaluation, {.title = evil, .command = evil});
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("alert('"), std::string::npos);
  EXPECT_EQ(page.find('\xff'), std::string::npos);
  EXPECT_EQ(page.find("\u202e"), std::string::npos);
  EXPECT_NE(page.find("&lt;script&gt;"), std::string::npos);
  for (const char* outside : {"http:", "https:", "src=", "href=", "@import", "url("})
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
  EXPECT_NE(page.find("prefers-color-scheme: dark"), std::string::npos);
}

TEST(HtmlReport, SurvivesAnEvaluationOfNothing) {
  Evaluation evaluation;
  const std::string page = html_report(evaluation, {.title = "nothing"});
  EXPECT_NE(page.find("Nobody could be ranked"), std::string::npos);
  EXPECT_TRUE(page.ends_with("</html>\n"));
}

TEST(NumberText, IsShortAndExact) {
  EXPECT_EQ(number_text(0.21523), "0.215");
  EXPECT_EQ(number_text(0.5), "0.5");
  EXPECT_EQ(number_text(12.34), "12.3");
  EXPECT_EQ(number_text(1682), "1,682");
  EXPECT_EQ(number_text(-1234567), "-1,234,567");
  EXPECT_EQ(number_text(0), "0");
  EXPECT_EQ(number_text(-0.00001), "0");
  EXPECT_EQ(number_text(NAN), "-");
}

TEST(Charts, DrawEveryValueAndSurviveNone) {
  const std::string bars =
      bar_chart({{"one", 0.5, Interval{0.4, 0.6}, true}, {"two", 0.25, {}, false}}, "two bars");
  EXPECT_NE(bars.find(">0.5<"), std::string::npos);
  EXPECT_NE(bars.find(">0.25<"), std::string::npos);
  EXPECT_NE(bars.find("aria-label=\"two bars\""), std::string::npos);
  for (const std::string& chart :
       {bar_chart({}, ""), line_chart({}, {}, ""), dot_chart({}, {}, ""), forest_chart({}, "")}) {
    EXPECT_TRUE(chart.starts_with("<svg"));
    EXPECT_EQ(chart.find("nan"), std::string::npos);
    EXPECT_EQ(chart.find("inf"), std::string::npos);
  }
  const std::vector<Series> flat{{"flat", 1, {0, 0}, {{0, 0}, {0, 0}}}};
  EXPECT_EQ(line_chart({"a", "b"}, flat, "").find("nan"), std::string::npos);
  EXPECT_EQ(dot_chart({"a", "b"}, flat, "").find("nan"), std::string::npos);
}

class CalibratedTest : public EvaluateTest {};

// The strategy's wishes reach the list that is shown.
TEST_F(CalibratedTest, AStrategyCalibratesTheListThatIsShown) {
  Engine engine = busy_tastes();
  // A user of both tastes, tea three times in four.
  std::vector<Event> events;
  for (int i = 0; i < 12; ++i) {
    Event event;
    event.user = "both";
    event.item =
        i % 4 == 3 ? "more_bike" + std::to_string(2 * i + 1) : "more_tea" + std::to_string(2 * i);
    event.kind = "like";
    event.time = Time{std::chrono::hours{24 * (365 * 50 + 20 + i)}};
    events.push_back(event);
  }
  ASSERT_TRUE(engine.store().write({.users = {}, .items = {}, .events = events, .edges = {}}));
  ASSERT_TRUE(engine.build());
  const auto bikes_with = [&](float calibration) {
    auto strategy = current_strategy(engine.store(), engine.config());
    EXPECT_TRUE(strategy);
    strategy->parameters.diversity = 0;
    strategy->parameters.calibration = calibration;
    EXPECT_TRUE(append(engine.store(), *strategy, Time{}));
    const auto list = engine.recommend("both", {.n = 8});
    EXPECT_TRUE(list) << list.error().message;
    return std::ranges::count_if(list->items, [](const RecommendedItem& item) {
      return item.id.find("bike") != std::string::npos;
    });
  };
  bikes_with(0);
  EXPECT_EQ(bikes_with(1), 2);
}

}  // namespace
}  // namespace limn
