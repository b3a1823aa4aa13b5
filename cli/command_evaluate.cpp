#include <charconv>

#include "cli/command.h"
#include "cli/console.h"
#include "cli/evaluate_learning.h"
#include "cli/show.h"
#include "limn/core/file.h"
#include "limn/engine/evaluate.h"
#include "limn/engine/report_html.h"
#include "limn/eval/runs.h"

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
  std::string as_of;
  std::vector<std::string> compare;
  std::vector<std::string> rerank;
  std::vector<std::string> runs;
  bool ladder = false;
  bool ratings = false;
  std::int64_t seed = -1;
  std::string html;
  std::string per_user;
  LearningArguments learning;
};

// "A,B" as a pair, "NAME=FILE" likewise: cut at the first `separator`.
Result<std::pair<std::string, std::string>> cut_in_two(const std::string& text, char separator,
                                                       std::string_view option) {
  const std::size_t place = text.find(separator);
  if (place != std::string::npos && place > 0 && place + 1 < text.size())
    return std::pair(text.substr(0, place), text.substr(place + 1));
  return fail(ErrorCode::invalid_argument, "cannot read {}: {}: not two with a {} between them",
              option, text, separator);
}

Result<EvaluationOptions> options_of(const Arguments& arguments) {
  EvaluationOptions options;
  LIMN_TRY(options.split, parse_split_rule(arguments.split));
  if (!arguments.as_of.empty()) {
    LIMN_TRY(options.split, parse_split_rule("as-of=" + arguments.as_of));
  }
  for (const std::string& pair : arguments.compare) {
    LIMN_TRY(auto names, cut_in_two(pair, ',', "--compare"));
    options.compare.push_back({std::move(names.first), std::move(names.second)});
  }
  for (const std::string& wishes : arguments.rerank) {
    LIMN_TRY(ListWishes read, parse_list_wishes(wishes));
    options.lists.push_back(std::move(read));
  }
  for (const std::string& run : arguments.runs) {
    LIMN_TRY(auto named, cut_in_two(run, '=', "--run"));
    options.runs.emplace_back(std::move(named));
  }
  options.ladder = arguments.ladder;
  options.ratings = arguments.ratings;
  options.ks = arguments.ks;
  options.recommenders = arguments.recommenders;
  options.relevant_all = arguments.relevant == "all";
  options.denominator =
      arguments.denominator == "min" ? RecallDenominator::min : RecallDenominator::test;
  options.refit_valid = arguments.refit_valid;
  return options;
}

Result<Config> take_arguments(const Arguments& arguments, const Config& base) {
  std::string toml;
  for (const std::string& setting : arguments.settings) toml += setting + "\n";
  LIMN_TRY(Config config, parse_config(toml, "--set", base));
  if (!arguments.encoder.empty()) config.encode.encoder = arguments.encoder;
  if (arguments.seed >= 0) config.runtime.seed = arguments.seed;
  return config;
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
    LIMN_TRY(const Config config, take_arguments(arguments, {}));
    return evaluate_files(files, config, program.places(), options);
  }
  LIMN_TRY(Engine engine, Engine::open(arguments.data, program.places()));
  LIMN_TRY(const Config config, take_arguments(arguments, engine.config()));
  return evaluate_store(engine.store(), config, engine.places(), options);
}

Result<void> run(const Arguments& arguments, const Program& program) {
  if (arguments.learning.asked())
    return evaluate_learning(arguments.learning, arguments.data, arguments.ks.front(), program);
  LIMN_TRY(const Evaluation evaluation, evaluate(arguments, program));
  if (!arguments.html.empty()) {
    const HtmlReportOptions page{
        .title = arguments.data.empty() ? arguments.files.train.string() : arguments.data,
        .command = program.command};
    LIMN_TRY_VOID(write_file_atomically(arguments.html, html_report(evaluation, page)));
  }
  if (!arguments.per_user.empty()) {
    LIMN_TRY_VOID(write_file_atomically(arguments.per_user,
                                        per_user_table(evaluation.report, evaluation.user_ids)));
  }
  return tell(program, evaluation, [](const auto& answer) { show(answer); });
}

// What is to be found beside the metrics, and where it is written.
void add_report_options(CLI::App& command, Arguments& arguments) {
  command.add_option("--as-of", arguments.as_of,
                     "Split here: nothing later reaches texts, tags, topics or models");
  command
      .add_option("--compare", arguments.compare,
                  "Two recommenders, as blend,ease; may be given again. Else: all with the best")
      ->allow_extra_args(false);
  command
      .add_option("--rerank", arguments.rerank,
                  "A row of the blend's lists re-ranked, as calibration=0.3,diversity=0.1; may "
                  "be given again")
      ->allow_extra_args(false);
  command.add_flag("--ladder", arguments.ladder,
                   "Also: how good lists are while a user becomes known");
  command.add_flag("--ratings", arguments.ratings,
                   "Also: how far predicted ratings are off, beside means and biases");
  command
      .add_option("--run", arguments.runs,
                  "NAME=FILE: `user item score` lines made elsewhere; may be given again")
      ->allow_extra_args(false);
  command.add_option("--seed", arguments.seed, "In place of runtime.seed")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000'000'000}));
  command.add_option("--html", arguments.html, "Write the report to this file, with charts");
  command.add_option("--per-user", arguments.per_user,
                     "Write each user's values to this file, separated by tabs");
}

}  // namespace

void add_evaluate(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = add_command(
      app, program, "evaluate", "Fit on the past, rank the future: how good each recommender is",
      "limn evaluate shop.limn --split user-time=0.8 -k 10,20 --recommender all\n"
      "  limn evaluate --train train.txt --test test.txt --format adjacency -k 20");
  command->add_option("data", arguments->data, "A data folder; or none, with --train");
  command
      ->add_option("--split", arguments->split,
                   "time=SHARE, user-time=SHARE, user-random=SHARE, as-of=TIME or last-one")
      ->capture_default_str();
  command->add_option("-k", arguments->ks, "List lengths, as 10,20")
      ->delimiter(',')
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command
      ->add_option("--recommender", arguments->recommenders,
                   "all, auto, blend, none, or names of parts, as text,ease")
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
  add_report_options(*command, *arguments);
  add_learning_options(*command, arguments->learning);
  on_call(command, program, [arguments, &program] { return run(*arguments, program); });
}

}  // namespace limn::cli
