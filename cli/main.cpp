// limn: arguments to calls, answers to text. Errors are printed and exit codes chosen here and
// nowhere else.
#include <csignal>
#include <cstdlib>

#include <unistd.h>

#include "cli/command.h"
#include "cli/console.h"
#include "limn/core/progress.h"

namespace limn::cli {
namespace {

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument: return 2;
    case ErrorCode::interrupted: return 130;
    case ErrorCode::not_found:
    case ErrorCode::corrupt:
    case ErrorCode::unavailable: return 1;
  }
  return 1;
}

// The first Ctrl-C asks, the second insists.
void on_interrupt(int) {
  if (Interrupt::requested()) _exit(130);
  Interrupt::request();
}

std::filesystem::path executable_folder() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path(".") : path.parent_path();
}

std::filesystem::path first_existing(
    std::initializer_list<std::filesystem::path> candidates,
    std::filesystem::file_type type = std::filesystem::file_type::directory) {
  for (const auto& candidate : candidates) {
    std::error_code error;
    if (!candidate.empty() && std::filesystem::status(candidate, error).type() == type)
      return candidate;
  }
  return {};
}

std::filesystem::path from_environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread starts
  return value == nullptr ? std::filesystem::path() : std::filesystem::path(value);
}

}  // namespace

// build/release/limn stands two folders below the source tree.
EncoderPlaces Program::places() const {
  return {first_existing({from_environment("LIMN_MODELS"), "models", executable / "../../models"}),
          first_existing({from_environment("LIMN_DICTIONARY"), executable / "dictionary",
                          executable / "../share/limn/dictionary",
                          executable / "../../third_party/cppjieba/dict"}),
          first_existing({from_environment("LIMN_LIGHTGBM"),
                          executable / "../../third_party/lightgbm/lib_lightgbm.so"},
                         std::filesystem::file_type::regular)};
}

std::filesystem::path Program::samples() const {
  return first_existing(
      {from_environment("LIMN_SAMPLES"), "samples", executable / "../../samples"});
}

std::filesystem::path Program::shop() const {
  return first_existing({"data/shop", executable / "../../data/shop"});
}

CLI::App* add_command(CLI::App& app, Program& program, const std::string& name,
                      const std::string& description, const std::string& example) {
  CLI::App* command = app.add_subcommand(name, description);
  command->footer("Example:\n  " + example);
  command->add_flag("--json", program.json, "One JSON document on stdout, nothing else there");
  return command;
}

// An argument as a shell takes it back.
std::string shell_quoted(const std::string& argument) {
  const std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=,:+-";
  if (!argument.empty() && argument.find_first_not_of(plain) == std::string::npos) return argument;
  std::string quoted = "'";
  for (const char c : argument) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

int run(int argc, char** argv) {
  Program program;
  program.executable = executable_folder();
  program.command = "limn";
  for (int i = 1; i < argc; ++i) program.command += " " + shell_quoted(argv[i]);
  CLI::App app{"limn: readable user profiles, and recommendations that learn from feedback"};
  app.set_version_flag("--version", "limn 0.1.0");
  app.require_subcommand(1);
  app.footer("Start with: limn demo");
  for (const auto add :
       {add_demo,     add_init,     add_import,  add_build,      add_profile,  add_recommend,
        add_similar,  add_feedback, add_rate,    add_strategies, add_simulate, add_topics,
        add_segments, add_evaluate, add_explain, add_encode,     add_tokenize, add_text,
        add_cluster,  add_distill,  add_doctor}) {
    add(app, program);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    note(fmt::format("limn: error: {} (see `limn {} --help`)", error.what(),
                     argc > 1 && argv[1][0] != '-' ? argv[1] : ""));
    return 2;
  }
  if (program.outcome) return std::fflush(stdout) == 0 ? 0 : 1;
  note(fmt::format("limn: error: {}", printable(program.outcome.error().message)));
  return exit_code(program.outcome.error().code);
}

}  // namespace limn::cli

int main(int argc, char** argv) {
  std::signal(SIGINT, limn::cli::on_interrupt);
  std::signal(SIGTERM, limn::cli::on_interrupt);
  std::signal(SIGPIPE, SIG_IGN);
  return limn::cli::run(argc, argv);
}
