// distill: a Transformer to static embeddings.
#include "cli/command.h"
#include "cli/console.h"
#include "cli/texts.h"
#include "limn/core/file.h"
#include "limn/core/parallel.h"
#include "limn/core/stopwatch.h"
#include "limn/encode/distill.h"
#include "limn/engine/encoders.h"

namespace limn::cli {
namespace {

struct Arguments {
  std::string encoder;
  std::string out;
  std::string corpus;
  DistillOptions options;
  std::size_t threads = 0;
};

Result<void> run(const Arguments& arguments, const Program& program) {
  const auto teacher = bert_folder(arguments.encoder);
  if (!teacher) {
    return fail(ErrorCode::invalid_argument, "cannot distill: {}: not bert:FOLDER",
                arguments.encoder);
  }
  if (arguments.threads > 0) set_thread_count(arguments.threads);
  std::vector<std::string> corpus;
  if (!arguments.corpus.empty()) {
    LIMN_TRY(corpus, read_texts(arguments.corpus));
  }
  const Stopwatch watch;
  LIMN_TRY(const StaticVectors distilled, distill(*teacher, corpus, arguments.options));
  const std::string bytes = save_static(distilled);
  LIMN_TRY_VOID(write_file_atomically(arguments.out, bytes));
  const double seconds = watch.seconds();
  const std::size_t tokens = distilled.vectors.rows();
  const std::size_t dim = distilled.vectors.dim();
  const std::size_t fitted = std::min(corpus.size(), arguments.options.fitted_texts);
  if (program.json) {
    say_json(JsonObject{{"tokens", tokens},
                        {"dim", dim},
                        {"bytes", bytes.size()},
                        {"fitted_texts", fitted},
                        {"seconds", rounded(seconds)}});
  } else {
    say("{} tokens, dim {}, fitted to {} texts -> {} ({:.1f} MB) in {}", grouped(tokens), dim,
        grouped(fitted), arguments.out, static_cast<double>(bytes.size()) / 1e6, duration(seconds));
    say("use it as --encoder static:{}", arguments.out);
  }
  return {};
}

}  // namespace

void add_distill(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = add_command(
      app, program, "distill",
      "A Transformer to static embeddings, which read a thousand times faster",
      "limn distill --encoder bert:models/all-MiniLM-L6-v2 --corpus texts.txt --out W.limn");
  command->add_option("--encoder", arguments->encoder, "bert:FOLDER, the teacher")->required();
  command->add_option("--out", arguments->out, "The file to write")->required();
  command->add_option("--corpus", arguments->corpus,
                      "Texts to fit to, one a line or JSONL with \"text\"; - reads stdin");
  command->add_option("--dim", arguments->options.dim, "Numbers a token")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  command
      ->add_option("--texts", arguments->options.fitted_texts,
                   "Texts of the corpus that the teacher reads, at most")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  command->add_option("--threads", arguments->threads, "0: as many as processors")
      ->check(CLI::Range(0, 1024));
  on_call(command, program, [arguments, &program] { return run(*arguments, program); });
}

}  // namespace limn::cli
