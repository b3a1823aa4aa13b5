#include "cli/command.h"
#include "cli/console.h"
#include "cli/show.h"
#include "limn/engine/answers_json.h"

namespace limn::cli {
namespace {

struct Arguments {
  std::string data;
  std::vector<std::string> files;
  std::string format = "auto";
  std::string kind = "auto";
};

Result<void> run(const Arguments& arguments, const Program& program) {
  LIMN_TRY(Engine engine, Engine::open(arguments.data, program.places()));
  const std::vector<std::filesystem::path> files(arguments.files.begin(), arguments.files.end());
  const ImportOptions options{parse_format(arguments.format).value_or(Format::automatic),
                              parse_record_kind(arguments.kind).value_or(RecordKind::automatic)};
  LIMN_TRY(const ImportAnswer answer, engine.import_files(files, options));
  return tell(program, answer, [](const auto& said) { show(said); });
}

}  // namespace

void add_import(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      add_command(app, program, "import", "Read files into the store; each refused row is named",
                  "limn import shop.limn users.csv items.csv events.csv reviews.jsonl");
  command->add_option("data", arguments->data, "The data folder")->required();
  command->add_option("files", arguments->files, "Files or folders; - reads stdin")->required();
  command
      ->add_option("--format", arguments->format,
                   "How the files are written; auto finds it from names and headers")
      ->check(CLI::IsMember({"auto", "csv", "jsonl", "recbole", "movielens", "stackexchange",
                             "retailrocket", "hetrec", "gorse", "limn"}))
      ->capture_default_str();
  command
      ->add_option("--kind", arguments->kind,
                   "What CSV and JSONL rows are, where their header cannot say")
      ->check(CLI::IsMember({"auto", "users", "items", "events", "edges"}))
      ->capture_default_str();
  on_call(command, program, [arguments, &program] { return run(*arguments, program); });
}

}  // namespace limn::cli
