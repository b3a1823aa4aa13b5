// Commands: each adds itself to the program, and leaves its outcome for main to print.
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "cli/console.h"
#include "limn/core/result.h"
#include "limn/engine/engine.h"

namespace limn::cli {

// What all commands share.
struct Program {
  bool json = false;
  Result<void> outcome;
  std::filesystem::path executable;  // the folder it is in
  std::string command;               // the line that called it, as a shell takes it

  // Where encoder folders are: $LIMN_MODELS, ./models, or models/ of the source tree that the
  // program was built in. Where jieba's dictionary is: $LIMN_DICTIONARY, dictionary/ beside the
  // program, share/limn/dictionary where it is installed, or third_party/ of the source tree. Where
  // LightGBM's library is: $LIMN_LIGHTGBM, or third_party/ of the source tree.
  [[nodiscard]] EncoderPlaces places() const;
  [[nodiscard]] std::filesystem::path samples() const;
  [[nodiscard]] std::filesystem::path shop() const;
};

// Adds a subcommand whose help closes with `example`, and --json.
CLI::App* add_command(CLI::App& app, Program& program, const std::string& name,
                      const std::string& description, const std::string& example);

// Runs `body` when the command is given; its result is the program's.
template <typename Body>
void on_call(CLI::App* command, Program& program, Body body) {
  command->callback([&program, body = std::move(body)] { program.outcome = body(); });
}

// Says an answer: as one JSON document, or as `show` has it for people.
template <typename Answer, typename Show>
Result<void> tell(const Program& program, const Answer& answer, const Show& show) {
  if (program.json)
    say_json(to_json(answer));
  else
    show(answer);
  return {};
}

void add_init(CLI::App& app, Program& program);
void add_import(CLI::App& app, Program& program);
void add_build(CLI::App& app, Program& program);
void add_profile(CLI::App& app, Program& program);
void add_recommend(CLI::App& app, Program& program);
void add_similar(CLI::App& app, Program& program);
void add_feedback(CLI::App& app, Program& program);
void add_rate(CLI::App& app, Program& program);
void add_strategies(CLI::App& app, Program& program);
void add_simulate(CLI::App& app, Program& program);
void add_topics(CLI::App& app, Program& program);
void add_segments(CLI::App& app, Program& program);
void add_evaluate(CLI::App& app, Program& program);
void add_explain(CLI::App& app, Program& program);
void add_encode(CLI::App& app, Program& program);
void add_tokenize(CLI::App& app, Program& program);
void add_text(CLI::App& app, Program& program);
void add_cluster(CLI::App& app, Program& program);
void add_distill(CLI::App& app, Program& program);
void add_doctor(CLI::App& app, Program& program);
void add_demo(CLI::App& app, Program& program);

}  // namespace limn::cli
