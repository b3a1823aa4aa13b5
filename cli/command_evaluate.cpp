#include <charconv>

#include "cli/command.h"
#include "cli/console.h"
#include "cli/evaluate_learning.h"
#include "cli/show.h"
#include "limn/engine/evaluate.h"

namespace limn::cli {
namespace {

struct Arguments {
  std::string data;
  SplitFiles files;
  std::string split = "user-time=0.8";
  std::vector<std::size_t> ks = {10, 20};
  std::vector<std::string> recommenders = {"all"};
  std::string relevant = "liked";
  std::string denominator = "test";
  std::string format = "adjacency";
  std::string encoder;
  std::vector<std::string> settings;
  bool refit_valid = false;
  LearningArguments learning;
};

Result<EvaluationOptions> options_of(const Arguments& arguments) {
  EvaluationOptions options;
  LIMN_TRY(options.split, parse_split_rule(arguments.split));
  options.ks = arguments.ks;
  options.recommenders = arguments.recommenders;
  options.relevant_all = arguments.relevant == "all";
  options.denominator =
      arguments.denominator == "min" ? RecallDenominator::min : RecallDenominator::test;
  options.refit_valid = arguments.refit_valid;
  return options;
}

Result<Config> with_settings(const Config& base, const Arguments& arguments) {
  std::string toml;
  for (const std::string& setting : arguments.settings) toml += setting + "\n";
  return parse_config(toml, "--set", base);
}

Result<Evaluation> evaluate(const Arguments& arguments, const Program& program) {
  LIMN_TRY(const EvaluationOptions options, options_of(arguments));
  const bool from_files = !arguments.files.train.empty();
  if (from_files == !arguments.data.empty()) {
    return fail(ErrorCode::invalid_argument,
                "cannot evaluate: give either a data folder or --train");
  }
  if (from_files) {
    SplitFiles files = arguments.files;
    LIMN_TRY(files.format, parse_split_format(arguments.format));
    LIMN_TRY(Config config, with_settings({}, arguments));
    if (!arguments.encoder.empty()) config.encode.encoder = arguments.encoder;
    return evaluate_files(files, config, program.places(), options);
  }
  LIMN_TRY(Engine engine, Engine::open(arguments.data, program.places()));
  LIMN_TRY(Config config, with_settings(engine.config(), arguments));
  if (!arguments.encoder.empty()) config.encode.encoder = arguments.encoder;
  return evaluate_store(engine.store(), config, engine.places(), options);
}

Result<void> run(const Arguments& arguments, const Program& program) {
  if (arguments.learning.asked())
    return evaluate_learning(arguments.learning, arguments.data, arguments.ks.front(), program);
  LIMN_TRY(const Evaluation evaluation, evaluate(arguments, program));
  return tell(program, evaluation, [](const auto& answer) { show(answer); });
}

}  // namespace

void add_evaluate(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = add_command(
      app, program, "evaluate", "Fit on the past, rank the future: how good each recommender is",
      "limn evaluate shop.limn --split user-time=0.8 -k 10,20 --recommender all\n"
      "  limn evaluate --train train.txt --test test.txt --format adjacency -k 20");
  command->add_option("data", arguments->data, "A data folder; or none, with --train");
  command->add_option("--split", arguments->split, "time=SHARE, user-time=SHARE or last-one")
      ->capture_default_str();
  command->add_option("-k", arguments->ks, "List lengths, as 10,20")
      ->delimiter(',')
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command
      ->add_option("--recommender", arguments->recommenders,
                   "all, auto, blend, or names of parts, as text,ease")
      ->delimiter(',')
      ->capture_default_str();
  command
      ->add_option("--relevant", arguments->relevant,
                   "liked: events of positive weight, ratings of 4 and up of 5")
      ->check(CLI::IsMember({"liked", "all"}))
      ->capture_default_str();
  command->add_option("--train", arguments->files.train, "The training part of a published split");
  command->add_option("--test", arguments->files.test, "Its test part");
  command->add_option("--valid", arguments->files.valid, "Its validation part");
  command->add_option("--items", arguments->files.items,
                      "Texts of its items: JSONL or a RecBole .item file");
  command->add_option("--candidates", arguments->files.candidates,
                      "Lines `user item ..`: only these and the test items are ranked");
  command->add_option("--candidate-count", arguments->files.candidate_count,
                      "How many of each line; 0: all");
  command->add_option("--set", arguments->settings,
                      "A setting of limn.toml in place of its own, as recommend.search_fits=20");
  command
      ->add_option("--format", arguments->format, "adjacency, pairs, recbole, sequences or counted")
      ->capture_default_str();
  command
      ->add_option("--denominator", arguments->denominator,
                   "Recall divides by the test items, or by min(k, those)")
      ->check(CLI::IsMember({"test", "min"}))
      ->capture_default_str();
  command->add_flag("--refit-valid", arguments->refit_valid,
                    "Train on the validation part as well");
  command->add_option("--encoder", arguments->encoder, "auto, lsa, static:FILE or bert:FOLDER");
  add_learning_options(*command, arguments->learning);
  on_call(command, program, [arguments, &program] { return run(*arguments, program); });
}

}  // namespace limn::cli
