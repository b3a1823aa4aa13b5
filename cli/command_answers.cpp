// profile, recommend, similar, explain, topics, segments: one question, one answer.
#include "cli/command.h"
#include "cli/console.h"
#include "cli/moment.h"
#include "cli/show.h"
#include "limn/engine/answers_json.h"

namespace limn::cli {
namespace {

struct Arguments {
  std::string data;
  std::string user;
  std::string item;
  std::string lang = "en";
  std::string words;
  RecommendOptions recommend;
  std::string time;
  std::size_t n = 10;
  bool explain = false;
};

// Opens the folder, asks, and prints the answer in one of the two ways.
template <typename Ask>
Result<void> answer(const Arguments& arguments, const Program& program, Ask ask) {
  LIMN_TRY(Engine engine, Engine::open(arguments.data, program.places()));
  LIMN_TRY(const auto said, ask(engine));
  return tell(program, said, [](const auto& answer) { show(answer); });
}

CLI::App* add_question(CLI::App& app, Program& program, const std::shared_ptr<Arguments>& arguments,
                       const std::string& name, const std::string& description,
                       const std::string& example) {
  CLI::App* command = add_command(app, program, name, description, example);
  command->add_option("data", arguments->data, "The data folder")->required();
  return command;
}

}  // namespace

void add_profile(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = add_question(app, program, arguments, "profile",
                                   "Show what a user likes, how sure that is, and what says so",
                                   "limn profile shop.limn u07 --lang zh");
  command->add_option("user", arguments->user, "The user's id")->required();
  command->add_option("--lang", arguments->lang, "Language of the persona")
      ->check(CLI::IsMember({"en", "zh"}))
      ->capture_default_str();
  command->add_option("--text", arguments->words,
                      "Words of the user's, as if said just now; a newcomer needs no more");
  on_call(command, program, [arguments, &program] {
    return answer(*arguments, program, [&](Engine& engine) {
      const Language language = arguments->lang == "zh" ? Language::chinese : Language::english;
      return engine.profile(arguments->user, language, arguments->words);
    });
  });
}

void add_recommend(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      add_question(app, program, arguments, "recommend", "Print the best items for one user",
                   "limn recommend shop.limn u07 -n 5 --explain");
  command
      ->add_option("user", arguments->user,
                   "The user's id; one nobody knows gets what suits newcomers")
      ->required();
  command->add_option("-n", arguments->recommend.n, "How many items")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--offset", arguments->recommend.offset, "Leave out so many at the front")
      ->check(CLI::Range(0, 100'000));
  command->add_option("--category", arguments->recommend.category, "Only items of this category");
  command->add_option("--text", arguments->recommend.words,
                      "Words of the user's, as if said just now");
  command->add_option("--request", arguments->recommend.request,
                      "Your name for this list, which is really shown: it is logged");
  command->add_flag("--include-used", arguments->recommend.include_used,
                    "Also what the user knows already");
  command->add_option("--time", arguments->time, "When it is shown; now unless given");
  command->add_flag("--explain", arguments->explain, "Show the reasons below each item");
  on_call(command, program, [arguments, &program]() -> Result<void> {
    LIMN_TRY(Engine engine, Engine::open(arguments->data, program.places()));
    RecommendOptions options = arguments->recommend;
    LIMN_TRY(options.time, parse_moment(arguments->time));
    LIMN_TRY(const Recommendations said, engine.recommend(arguments->user, options));
    return tell(program, said,
                [&](const Recommendations& answer) { show(answer, arguments->explain); });
  });
}

void add_similar(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = add_question(app, program, arguments, "similar",
                                   "Show the nearest users or items, and what they share",
                                   "limn similar shop.limn --user u07");
  auto* user = command->add_option("--user", arguments->user, "Users like this one");
  command->add_option("--item", arguments->item, "Items like this one")->excludes(user);
  command->add_option("-n", arguments->n, "How many")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  on_call(command, program, [arguments, &program]() -> Result<void> {
    if (arguments->user.empty() && arguments->item.empty()) {
      return fail(ErrorCode::invalid_argument,
                  "cannot compare: neither --user nor --item was given");
    }
    if (!arguments->item.empty()) {
      return answer(*arguments, program, [&](Engine& engine) {
        return engine.similar_items(arguments->item, arguments->n);
      });
    }
    return answer(*arguments, program, [&](Engine& engine) {
      return engine.similar_users(arguments->user, arguments->n);
    });
  });
}

void add_explain(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = add_question(app, program, arguments, "explain",
                                   "Show every term of a score; they add up to it",
                                   "limn explain shop.limn u07 i042");
  command->add_option("user", arguments->user, "The user's id")->required();
  command->add_option("item", arguments->item, "The item's id")->required();
  on_call(command, program, [arguments, &program] {
    return answer(*arguments, program,
                  [&](Engine& engine) { return engine.explain(arguments->user, arguments->item); });
  });
}

void add_topics(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = add_question(app, program, arguments, "topics",
                                   "Show the topics: names, sizes, words, best-liked items",
                                   "limn topics shop.limn");
  on_call(command, program, [arguments, &program] {
    return answer(*arguments, program, [](Engine& engine) { return engine.topics(); });
  });
}

void add_segments(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = add_question(app, program, arguments, "segments",
                                   "Show the segments: names, sizes, what sets them apart",
                                   "limn segments shop.limn");
  on_call(command, program, [arguments, &program] {
    return answer(*arguments, program, [](Engine& engine) { return engine.segments(); });
  });
}

}  // namespace limn::cli
