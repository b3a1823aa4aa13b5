#include <chrono>

#include "cli/command.h"
#include "cli/console.h"
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
  event.time = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  if (!arguments.time.empty()) {
    const auto time = parse_time(arguments.time);
    if (!time) {
      return fail(ErrorCode::invalid_argument,
                  "cannot take feedback: --time {}: not a time (write 2026-11-24T09:30:00Z or Unix "
                  "seconds)",
                  arguments.time);
    }
    event.time = *time;
  }
  LIMN_TRY(Engine engine, Engine::open(arguments.data, program.places()));
  LIMN_TRY(const FeedbackAnswer answer, engine.feedback(event));
  if (program.json)
    say_json(to_json(answer));
  else
    show(answer);
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

}  // namespace limn::cli
