#include <chrono>

#include "cli/command.h"
#include "cli/console.h"
#include "cli/moment.h"
#include "cli/show.h"
#include "limn/engine/answers_json.h"

namespace limn::cli {
namespace {

struct Arguments {
  std::string data;
  Event event;
  std::string time;
};

Result<void> run(const Arguments& arguments, const Program& program) {
  Event event = arguments.event;
  LIMN_TRY(event.time, parse_moment(arguments.time));
  LIMN_TRY(Engine engine, Engine::open(arguments.data, program.places()));
  LIMN_TRY(const FeedbackAnswer answer, engine.feedback(event));
  return tell(program, answer, [](const auto& said) { show(said); });
}

struct RateArguments {
  std::string data;
  GivenScore given;
  std::string time;
};

Result<void> run_rate(const RateArguments& arguments, const Program& program) {
  GivenScore given = arguments.given;
  LIMN_TRY(given.time, parse_moment(arguments.time));
  if ((given.list == 0) == given.item.empty()) {
    return fail(ErrorCode::invalid_argument, "cannot take score: give either --list or --item");
  }
  LIMN_TRY(Engine engine, Engine::open(arguments.data, program.places()));
  LIMN_TRY(const std::int64_t id, engine.rate(given));
  if (program.json)
    say_json(JsonObject{{"score", id}});
  else
    say("score {}: {} of 5", id, given.score);
  return {};
}

}  // namespace

void add_feedback(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      add_command(app, program, "feedback", "Record one event; durable when the command returns",
                  "limn feedback shop.limn u07 i042 like");
  command->add_option("data", arguments->data, "The data folder")->required();
  command->add_option("user", arguments->event.user, "Who")->required();
  command->add_option("item", arguments->event.item, "On which item")->required();
  command
      ->add_option("kind", arguments->event.kind,
                   "What: view, click, cart, purchase, rate, like, dislike, ...")
      ->required();
  command->add_option("--value", arguments->event.value,
                      "The stars of a rating, the seconds of a dwell");
  command->add_option("--text", arguments->event.text, "The words of a review or comment");
  command->add_option("--time", arguments->time, "When; now unless given");
  on_call(command, program, [arguments, &program] { return run(*arguments, program); });
}

void add_rate(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<RateArguments>();
  CLI::App* command =
      add_command(app, program, "rate", "Say how good a list or an item was, from 1 to 5, and why",
                  "limn rate shop.limn u07 --item i042 --score 2 --reason 'have it already'");
  command->add_option("data", arguments->data, "The data folder")->required();
  command->add_option("user", arguments->given.user, "Who")->required();
  command->add_option("--list", arguments->given.list, "A list, by the number it was logged under")
      ->check(CLI::Range(std::int64_t{1}, INT64_MAX));
  command->add_option("--item", arguments->given.item, "Or an item");
  command->add_option("--score", arguments->given.score, "1 to 5")
      ->required()
      ->check(CLI::Range(1, 5));
  command->add_option("--reason", arguments->given.reason, "Why, in a few words");
  command->add_option("--time", arguments->time, "When; now unless given");
  on_call(command, program, [arguments, &program] { return run_rate(*arguments, program); });
}

}  // namespace limn::cli
