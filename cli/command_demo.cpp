// demo: the main job on sample data, step by step, each with what it found and how long it took.
#include <algorithm>
#include <set>

#include <unistd.h>

#include "cli/command.h"
#include "cli/console.h"
#include "cli/show.h"
#include "limn/core/stopwatch.h"
#include "limn/engine/answers_json.h"
#include "limn/engine/evaluate.h"

namespace limn::cli {
namespace {

struct Arguments {
  std::string keep;
  std::string data;
};

// What is shown: the files, and words for a newcomer who would like some of it.
struct Sample {
  std::filesystem::path files;
  std::string name;
  Config config;
  std::string newcomer;
};

// The folder that the demo works in; removed at the end unless it is to be kept.
class WorkFolder {
 public:
  static Result<WorkFolder> make(const std::string& keep) {
    if (!keep.empty()) return WorkFolder(keep, true);
    std::string pattern = (std::filesystem::temp_directory_path() / "limn-demo-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      return fail(ErrorCode::unavailable, "cannot make folder: {}: no permission or no space",
                  pattern);
    }
    return WorkFolder(pattern, false);
  }
  ~WorkFolder() {
    std::error_code ignored;
    if (!kept_ && !path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  WorkFolder(WorkFolder&& other) noexcept
      : path_(std::exchange(other.path_, {})), kept_(other.kept_) {}
  WorkFolder& operator=(WorkFolder&&) = delete;

  // limn.db's folder. A folder that mkdtemp made is there already: the data goes into one inside
  // it.
  [[nodiscard]] std::filesystem::path data() const { return kept_ ? path_ : path_ / "demo.limn"; }

 private:
  WorkFolder(std::filesystem::path path, bool kept) : path_(std::move(path)), kept_(kept) {}
  std::filesystem::path path_;
  bool kept_;
};

class Demo {
 public:
  Demo(Engine engine, Sample sample, bool json)
      : engine_(std::move(engine)), sample_(std::move(sample)), json_(json) {}

  Result<void> run() {
    LIMN_TRY_VOID(import());
    LIMN_TRY_VOID(read());
    LIMN_TRY_VOID(choose_user());
    LIMN_TRY_VOID(profile());
    LIMN_TRY_VOID(recommend());
    LIMN_TRY_VOID(learn());
    LIMN_TRY_VOID(newcomer());
    LIMN_TRY_VOID(evaluate());
    if (json_)
      say_json(JsonObject{{"steps", std::move(steps_)}, {"seconds", rounded(whole_.seconds())}});
    else
      say("\ndone in {}", duration(whole_.seconds()));
    return {};
  }

 private:
  // Begins a step: its heading for people, its place in the document for machines.
  void begin(const std::string& step, const std::string& heading) {
    step_ = step;
    watch_ = Stopwatch();
    if (!json_) say("\n== {}: {}", step, heading);
  }

  void end(JsonObject found) { end(std::move(found), watch_.seconds()); }

  void end(JsonObject found, double seconds) {
    if (!json_) say("   ({})", duration(seconds));
    JsonObject entry{{"step", step_}, {"seconds", rounded(seconds)}};
    for (auto& [key, value] : found) entry[key] = std::move(value);
    steps_.push_back(std::move(entry));
  }

  template <typename Answer, typename... More>
  void tell(const Answer& answer, More... more) {
    if (!json_) show(answer, more...);
  }

  Result<void> import() {
    begin("import", fmt::format("{}, from {}", sample_.name, sample_.files.string()));
    const std::vector<std::filesystem::path> files{sample_.files};
    LIMN_TRY(const ImportAnswer answer, engine_.import_files(files, {}));
    tell(answer);
    end(to_json(answer).as_object());
    return {};
  }

  // One build, shown as the three steps that it is.
  Result<void> read() {
    begin("encode", "every text once, to a vector");
    LIMN_TRY(const BuildReport report, engine_.build());
    const BuildSeconds& seconds = report.seconds;
    if (!json_) show_encoding(report);
    end(to_json(report).as_object(), seconds.read + seconds.text + seconds.encode);

    begin("cluster", "texts to topics, named by their words");
    LIMN_TRY(const std::vector<TopicAnswer> topics, engine_.topics());
    if (!json_) show_briefly(topics);
    if (!json_) say("worst of the k-means starts: {:+.2f} % inertia", 100 * report.inertia_spread);
    JsonObject found = to_json(topics).as_object();
    found["inertia_spread"] = rounded(report.inertia_spread);
    end(std::move(found), seconds.cluster);

    begin("fit", "what ranks, and how much each part of it counts");
    if (!json_) show_fit(report);
    end({{"generation", report.generation}}, seconds.fit + seconds.write);
    return {};
  }

  // Somebody known, but not a heavy user: the one whose number of events is nearest 60.
  Result<void> choose_user() {
    constexpr double wanted = 60;
    LIMN_TRY(const EventTable events, engine_.store().read_events());
    LIMN_TRY(const std::vector<std::string> ids, engine_.store().read_user_ids());
    double best = 0;
    for (std::size_t user = 0; user < events.users(); ++user) {
      const auto count = static_cast<double>(events.offsets[user + 1] - events.offsets[user]);
      if (user_.empty() || std::abs(count - wanted) < best) {
        best = std::abs(count - wanted);
        user_ = ids[user];
      }
      moment_ = std::max(moment_, events.time[events.offsets[user + 1] - 1]);
    }
    return {};
  }

  Result<void> profile() {
    begin("profile", fmt::format("what user {} likes, and what says so", user_));
    LIMN_TRY(const ProfileAnswer answer, engine_.profile(user_, Language::english));
    LIMN_TRY(const ProfileAnswer chinese, engine_.profile(user_, Language::chinese));
    tell(answer);
    if (!json_) say("in Chinese:\n{}", printable_lines(chinese.persona.text));
    JsonObject found = to_json(answer).as_object();
    found["persona_zh"] = to_json(chinese.persona);
    end(std::move(found));
    return {};
  }

  Result<void> recommend() {
    begin("recommend", "ten items, each with reasons that add up to its score");
    LIMN_TRY(before_, engine_.recommend(user_, {}));
    LIMN_TRY(const std::vector<SimilarUser> similar, engine_.similar_users(user_, 5));
    tell(before_, true);
    if (!json_) say("the most similar users:");
    tell(similar);
    JsonObject found = to_json(before_).as_object();
    found["similar_users"] = to_json(similar).as_object()["users"];
    end(std::move(found));
    return {};
  }

  Result<void> learn() {
    if (before_.items.size() < 2) return {};
    const RecommendedItem& liked = before_.items[0];
    const RecommendedItem& disliked = before_.items[1];
    begin("feedback", fmt::format("{} likes {} and dislikes {}", user_, printable(liked.title),
                                  printable(disliked.title)));
    LIMN_TRY(const ProfileAnswer profile_before, engine_.profile(user_, Language::english));
    LIMN_TRY(const FeedbackAnswer first, answer(liked.id, "like"));
    LIMN_TRY(const FeedbackAnswer second, answer(disliked.id, "dislike"));
    LIMN_TRY(const Recommendations after, engine_.recommend(user_, {}));
    LIMN_TRY(const ProfileAnswer profile_after, engine_.profile(user_, Language::english));
    if (!json_) {
      show_lists(before_, after);
      show_interests(profile_before.profile, profile_after);
      show_strategies(first.before, second.after);
    }
    end({{"liked", to_json(first)},
         {"disliked", to_json(second)},
         {"list_before", to_json(before_)},
         {"list_after", to_json(after)},
         {"profile_before", to_json(profile_before)},
         {"profile_after", to_json(profile_after)},
         {"strategy_before", to_json(first.before)}});
    return {};
  }

  // Just after the newest event of the sample, so that the demo shows the same today and in ten
  // years.
  Result<FeedbackAnswer> answer(const std::string& item, const std::string& kind) {
    Event event;
    event.user = user_;
    event.item = item;
    event.kind = kind;
    moment_ += std::chrono::minutes{1};
    event.time = moment_;
    return engine_.feedback(event);
  }

  static void show_lists(const Recommendations& before, const Recommendations& after) {
    Table table({"", "before", "after"});
    std::set<std::string> known;
    for (const RecommendedItem& item : before.items) known.insert(item.id);
    for (std::size_t i = 0; i < std::max(before.items.size(), after.items.size()); ++i) {
      const auto title = [&](const Recommendations& list) {
        return i < list.items.size() ? shortened(list.items[i].title, 40) : std::string();
      };
      const bool fresh = i < after.items.size() && !known.contains(after.items[i].id);
      table.add({fmt::format("{}", i + 1), title(before), title(after) + (fresh ? "  (new)" : "")});
    }
    table.print();
  }

  static void show_interests(const Profile& before, const ProfileAnswer& after) {
    Table table({"interest", "before", "after"});
    for (const Interest& interest : after.profile.interests) {
      const auto same = std::find_if(before.interests.begin(), before.interests.end(),
                                     [&](const Interest& i) { return i.index == interest.index; });
      const double weight = same == before.interests.end() ? 0 : same->weight * same->polarity;
      const double now = interest.weight * interest.polarity;
      constexpr double visible = 0.002;
      if (std::abs(now - weight) < visible) continue;
      table.add({shortened(after.names.topic_label(interest.index), 44),
                 fmt::format("{:+.1f} %", 100 * weight), fmt::format("{:+.1f} %", 100 * now)});
    }
    table.print();
  }

  static void show_strategies(const Strategy& before, const Strategy& after) {
    Table table({"part", fmt::format("version {}", before.version),
                 fmt::format("version {}", after.version)});
    const auto& weights = before.parameters.part_weights.back();
    std::vector<std::string> parts;
    for (const auto& [part, weight] : weights) parts.push_back(part);
    const auto old_weights = effective_weights(before, history_bucket_count - 1, parts);
    const auto new_weights = effective_weights(after, history_bucket_count - 1, parts);
    for (std::size_t p = 0; p < parts.size(); ++p) {
      table.add(
          {parts[p], fmt::format("{:.4f}", old_weights[p]), fmt::format("{:.4f}", new_weights[p])});
    }
    table.print();
  }

  Result<void> newcomer() {
    begin("newcomer", fmt::format("nobody we know says: {}", sample_.newcomer));
    LIMN_TRY(const ProfileAnswer profile,
             engine_.profile("newcomer", Language::english, sample_.newcomer));
    RecommendOptions options;
    options.n = 5;
    options.words = sample_.newcomer;
    LIMN_TRY(const Recommendations list, engine_.recommend("newcomer", options));
    tell(profile);
    tell(list, false);
    JsonObject found = to_json(list).as_object();
    found["profile"] = to_json(profile);
    end(std::move(found));
    return {};
  }

  Result<void> evaluate() {
    for (const auto& [rule, heading] :
         {std::pair{"user-time=0.8", "each user's last fifth, predicted from the rest"},
          std::pair{"time=0.8", "one moment for all: only users on both sides can be judged"}}) {
      begin("evaluate", heading);
      EvaluationOptions options;
      LIMN_TRY(options.split, parse_split_rule(rule));
      LIMN_TRY(const Evaluation evaluation,
               evaluate_store(engine_.store(), engine_.config(), engine_.places(), options));
      tell(evaluation, true);
      end(to_json(evaluation).as_object());
    }
    return {};
  }

  Engine engine_;
  Sample sample_;
  bool json_;
  Stopwatch whole_;
  Stopwatch watch_;
  std::string step_;
  JsonArray steps_;
  std::string user_;
  Time moment_{};
  Recommendations before_;
};

Result<Sample> find_sample(const Arguments& arguments, const Program& program) {
  Sample films{
      program.samples() / "ml-100k",
      "MovieLens 100K",
      {},
      "I love science fiction and adventures in space. Stories about robots and aliens, please."};
  films.config.profile.noun_en = "film";
  films.config.profile.nouns_en = "films";
  films.config.profile.noun_zh = "\u7535\u5f71";
  Sample shop{program.shop(),
              "a small bilingual shop",
              {},
              "I brew pour-over coffee every morning. "
              "\u5468\u672b\u559c\u6b22\u53bb\u5c71\u91cc\u5f92\u6b65\u3002"};
  shop.config.cluster.segment_min_users = 10;
  if (!arguments.data.empty()) {
    shop.files = arguments.data;
    shop.name = "your files";
    return shop;
  }
  if (std::filesystem::exists(films.files / "ml-100k.inter")) return films;
  if (shop.files.empty()) {
    return fail(ErrorCode::not_found,
                "cannot find sample data: samples/ml-100k or data/shop: run it in the source tree, "
                "or give --data FOLDER");
  }
  return shop;
}

Result<void> run(const Arguments& arguments, const Program& program) {
  LIMN_TRY(Sample sample, find_sample(arguments, program));
  LIMN_TRY(const WorkFolder folder, WorkFolder::make(arguments.keep));
  LIMN_TRY(Engine engine, Engine::create(folder.data(), sample.config, program.places()));
  LIMN_TRY_VOID(Demo(std::move(engine), std::move(sample), program.json).run());
  if (!arguments.keep.empty() && !program.json)
    say("kept in {}: try limn profile {} USER", arguments.keep, arguments.keep);
  return {};
}

}  // namespace

void add_demo(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      add_command(app, program, "demo", "The whole way on sample data, each step shown",
                  "limn demo --keep demo.limn");
  command->add_option("--keep", arguments->keep, "Keep the data folder, here");
  command->add_option("--data", arguments->data, "Files of your own, in place of the sample");
  on_call(command, program, [arguments, &program] { return run(*arguments, program); });
}

}  // namespace limn::cli
