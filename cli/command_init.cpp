#include "cli/command.h"
#include "cli/console.h"

namespace limn::cli {
namespace {

struct Arguments {
  std::string data;
  std::string scenario;
};

// What sets a scenario apart: what its items are called, and how fast interests fade.
Config config_for(const std::string& scenario) {
  Config config;
  const auto name = [&](const char* one, const char* several, const char* chinese) {
    config.profile.noun_en = one;
    config.profile.nouns_en = several;
    config.profile.noun_zh = chinese;
  };
  if (scenario == "commerce") name("product", "products", "\u5546\u54c1");
  if (scenario == "social") name("post", "posts", "\u5e16\u5b50");
  if (scenario == "news") name("article", "articles", "\u65b0\u95fb");
  if (scenario == "education") name("course", "courses", "\u8bfe\u7a0b");
  if (scenario == "social") config.profile.half_life_days = 60;
  if (scenario == "news") config.profile.half_life_days = 7;
  if (scenario == "news") config.recommend.popularity_half_life_days = 1;
  return config;
}

Result<void> run(const Arguments& arguments, const Program& program) {
  const Config config = config_for(arguments.scenario);
  LIMN_TRY(const Engine engine, Engine::create(arguments.data, config, program.places()));
  if (program.json) {
    say_json(JsonObject{{"data", arguments.data}});
  } else {
    say("made {}: settings in {}/limn.toml; next: limn import {} FILE...", arguments.data,
        arguments.data, arguments.data);
  }
  return {};
}

}  // namespace

void add_init(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      add_command(app, program, "init", "Make a data folder, with a commented limn.toml",
                  "limn init shop.limn");
  command->add_option("data", arguments->data, "The folder to make")->required();
  command->add_option("--scenario", arguments->scenario, "Settings to start from")
      ->check(CLI::IsMember({"commerce", "social", "news", "education"}));
  on_call(command, program, [arguments, &program] { return run(*arguments, program); });
}

}  // namespace limn::cli
