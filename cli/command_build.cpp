#include "cli/command.h"
#include "cli/console.h"
#include "cli/moment.h"
#include "cli/show.h"

namespace limn::cli {
namespace {

struct Arguments {
  std::string data;
  std::string encoder;
  std::int64_t topics = -1;
  std::string as_of;
};

Result<void> run(const Arguments& arguments, const Program& program) {
  LIMN_TRY(Engine engine, Engine::open(arguments.data, program.places()));
  Config config = engine.config();
  if (!arguments.encoder.empty()) config.encode.encoder = arguments.encoder;
  if (arguments.topics >= 0) config.cluster.topics = arguments.topics;
  engine.set_config(config);
  BuildOptions options;
  if (!arguments.as_of.empty()) {
    LIMN_TRY(options.as_of, parse_moment(arguments.as_of));
  }
  LIMN_TRY(const BuildReport report, engine.build(options));
  return tell(program, report, [](const auto& answer) { show(answer); });
}

}  // namespace

void add_build(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      add_command(app, program, "build", "Make the next generation from the whole log",
                  "limn build shop.limn --encoder lsa");
  command->add_option("data", arguments->data, "The data folder")->required();
  command->add_option("--encoder", arguments->encoder,
                      "auto, lsa, static:FILE or bert:FOLDER, in place of limn.toml's");
  command->add_option("-k,--topics", arguments->topics, "How many topics; 0: chosen from the data")
      ->check(CLI::Range(0, 4096));
  command->add_option("--as-of", arguments->as_of,
                      "Build as if the log had ended then: 2026-01-31, or with a clock");
  on_call(command, program, [arguments, &program] { return run(*arguments, program); });
}

}  // namespace limn::cli
