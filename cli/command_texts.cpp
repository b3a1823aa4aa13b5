// encode, tokenize, text, cluster: the reading half, one step at a time.
#include <charconv>
#include <iostream>

#include "cli/command.h"
#include "cli/console.h"
#include "cli/text_findings.h"
#include "cli/texts.h"
#include "limn/cluster/choose_k.h"
#include "limn/cluster/kmeans.h"
#include "limn/core/file.h"
#include "limn/core/npy.h"
#include "limn/core/parallel.h"
#include "limn/core/progress.h"
#include "limn/core/stopwatch.h"
#include "limn/core/utf8.h"
#include "limn/core/vector_ops.h"
#include "limn/encode/sentence_folder.h"
#include "limn/encode/static_vectors.h"
#include "limn/engine/encoders.h"
#include "limn/nn/tokenizer.h"
#include "limn/text/language.h"
#include "limn/text/near_duplicates.h"
#include "limn/text/words.h"

namespace limn::cli {
namespace {

// Calls `body` with each text of stdin.
template <typename Body>
Result<void> for_each_text(Body body) {
  std::string line;
  for (std::size_t number = 1; std::getline(std::cin, line); ++number) {
    LIMN_TRY_VOID(Interrupt::check("read"));
    if (line.empty()) continue;
    LIMN_TRY(const std::string text, text_of(line, "stdin", number));
    body(text);
  }
  return {};
}

struct EncodeArguments {
  std::string file;
  std::string encoder = "auto";
  std::string precision = "auto";
  std::string long_texts = "truncate";  // as other programs do, so that answers can be compared
  std::string prompt;
  std::string out;
  std::size_t threads = 0;
};

Result<void> encode(const EncodeArguments& arguments, const Program& program) {
  if (arguments.threads > 0) set_thread_count(arguments.threads);
  LIMN_TRY(const std::vector<std::string> texts, read_texts(arguments.file));
  Config config;
  config.encode.precision = arguments.precision;
  config.encode.long_texts = arguments.long_texts;
  config.encode.prompt = arguments.prompt;
  const std::string spec = resolve_encoder(arguments.encoder, texts, program.places());
  LIMN_TRY(const auto encoder, make_encoder(spec, texts, config, /*embed_empty=*/true));
  const Stopwatch watch;
  const ProcessorWatch processor;
  LIMN_TRY(const Encoding encoding, encoder->encode(texts));
  const double cpu_seconds = processor.seconds();
  const double seconds = watch.seconds();
  LIMN_TRY_VOID(write_npy(arguments.out, encoding.embeddings));
  const double texts_per_second = static_cast<double>(texts.size()) / seconds;
  const double tokens_per_second = static_cast<double>(encoding.tokens) / seconds;
  if (program.json) {
    say_json(JsonObject{{"texts", texts.size()},
                        {"tokens", encoding.tokens},
                        {"long_texts", encoding.long_texts},
                        {"dim", encoder->dim()},
                        {"encoder", encoder->name()},
                        {"seconds", rounded(seconds)},
                        {"cpu_seconds", rounded(cpu_seconds)},
                        {"texts_per_second", rounded(texts_per_second)},
                        {"tokens_per_second", rounded(tokens_per_second)},
                        {"precision", encoder->precision()}});
  } else {
    say("{} texts, {} tokens -> {} ({}, {}, dim {}) in {}: {} texts/s", grouped(texts.size()),
        grouped(encoding.tokens), arguments.out, printable(encoder->name()), encoder->precision(),
        encoder->dim(), duration(seconds), grouped(static_cast<std::size_t>(texts_per_second)));
    if (encoding.long_texts > 0) {
      say("{} of them are longer than the encoder reads at a time: {}",
          grouped(encoding.long_texts),
          arguments.long_texts == "truncate" ? "cut (--long chunk reads them in full)"
                                             : "read in chunks");
    }
  }
  return {};
}

// The ids that an encoder reads a text as: bert's between its first and last token and cut to
// `max_length`, those of static embeddings all of them and nothing else.
Result<void> tokenize(const std::string& encoder, std::size_t max_length) {
  const auto say_ids = [](const std::vector<TokenId>& ids) {
    say_json(JsonObject{{"ids", JsonArray(ids.begin(), ids.end())}});
  };
  constexpr std::string_view static_prefix = "static:";
  if (encoder.starts_with(static_prefix)) {
    const std::string path = encoder.substr(static_prefix.size());
    LIMN_TRY(const StaticVectors vectors, read_static(path));
    LIMN_TRY(const Tokenizer tokenizer, Tokenizer::parse(vectors.tokenizer, path));
    return for_each_text([&](const std::string& text) { say_ids(tokenizer.pieces(text)); });
  }
  const auto model = bert_folder(encoder);
  if (!model) {
    return fail(ErrorCode::invalid_argument, "cannot tokenize: {}: not static:FILE or bert:FOLDER",
                encoder);
  }
  LIMN_TRY(const SentenceFolder folder, read_sentence_folder(*model));
  LIMN_TRY(const Tokenizer tokenizer, Tokenizer::open(folder.transformer));
  return for_each_text([&](const std::string& text) { say_ids(tokenizer.ids(text, max_length)); });
}

struct TextArguments {
  WordOptions options;
  std::string segmenter = "auto";
  bool copies = false;
  bool opinion = false;
  bool personal_data = false;
  std::string rated;  // a file of rated texts; empty: the lexicon alone
};

// Which parts of a text are in which language, where it is not all in one.
JsonArray runs_json(const std::vector<LanguageRun>& runs, std::string_view said) {
  JsonArray parts;
  for (const LanguageRun& run : runs) {
    parts.push_back(JsonObject{{"lang", run.lang}, {"text", piece(said, run.span)}});
  }
  return parts;
}

JsonObject text_json(const std::string& said, const WordOptions& options) {
  JsonArray tokens;
  for (const std::string& word : words(said, options)) tokens.emplace_back(word);
  const bool told = options.lang != "auto";
  JsonObject answer{{"lang", told ? options.lang : guess_language(said)},
                    {"tokens", std::move(tokens)}};
  const auto runs = told ? std::vector<LanguageRun>() : language_runs(said);
  if (runs.size() > 1) answer["parts"] = runs_json(runs, said);
  if (!says_something(said)) answer["wordless"] = true;
  return answer;
}

// All that is asked for of one text. With personal data, words and quotes are without it.
JsonObject text_json(const std::string& said, const WordOptions& options,
                     const TextArguments& arguments, const OpinionModel& opinions) {
  std::vector<PersonalData> hidden;
  if (arguments.personal_data) hidden = find_personal_data(said);
  JsonObject answer = text_json(hidden.empty() ? said : blanked(said, hidden), options);
  if (arguments.opinion) answer["opinion"] = opinion_json(said, opinions, hidden);
  if (!arguments.personal_data) return answer;
  answer["personal_data"] = personal_data_json(hidden);
  answer["masked"] = to_valid_utf8(mask(said, hidden), " ");
  return answer;
}

Result<void> text(const TextArguments& arguments, const Program& program) {
  LIMN_TRY(const auto segmenter, make_segmenter(arguments.segmenter, program.places()));
  WordOptions options = arguments.options;
  options.segmenter = segmenter ? &*segmenter : nullptr;
  LIMN_TRY(const OpinionModel opinions, read_opinion_model(arguments.rated));
  const auto answer_to = [&](const std::string& said) {
    return text_json(said, options, arguments, opinions);
  };
  if (!arguments.copies) {
    return for_each_text([&](const std::string& said) { say_json(answer_to(said)); });
  }
  std::vector<std::string> texts;
  LIMN_TRY_VOID(for_each_text([&](const std::string& said) { texts.push_back(said); }));
  const std::vector<std::uint32_t> copy_of = near_duplicates(texts);
  for (std::uint32_t i = 0; i < texts.size(); ++i) {
    JsonObject answer = answer_to(texts[i]);
    if (copy_of[i] != i) answer["copy_of"] = copy_of[i];
    say_json(answer);
  }
  return {};
}

struct ClusterArguments {
  std::string file;
  std::string k = "auto";
  KMeansOptions options;
  std::string labels_out;
};

Result<std::size_t> chosen_k(const ClusterArguments& arguments, MatrixView points) {
  if (arguments.k == "auto") return choose_k(points, {.seed = arguments.options.seed}).k;
  std::size_t k = 0;
  const char* const end = arguments.k.data() + arguments.k.size();
  const auto [stopped, error] = std::from_chars(arguments.k.data(), end, k);
  if (error != std::errc{} || stopped != end || k == 0) {
    return fail(ErrorCode::invalid_argument,
                "cannot cluster: -k {}: neither a number above 0 nor auto", arguments.k);
  }
  return k;
}

Result<void> cluster(const ClusterArguments& arguments, const Program& program) {
  LIMN_TRY(const NpyMatrix file, NpyMatrix::open(arguments.file));
  const float* const values = file.view().data();
  Matrix points(file.view().rows(), file.view().cols(),
                std::vector<float>(values, values + file.view().rows() * file.view().cols()));
  normalize_rows(points);
  const Stopwatch watch;
  KMeansOptions options = arguments.options;
  LIMN_TRY(options.k, chosen_k(arguments, points));
  const Clustering found = kmeans(points, options);
  const double seconds = watch.seconds();
  const std::vector<std::size_t> sizes = cluster_sizes(found);
  if (!arguments.labels_out.empty()) {
    std::string lines;
    for (const std::uint32_t label : found.labels) {
      lines += label == no_cluster ? "-1\n" : fmt::format("{}\n", label);
    }
    LIMN_TRY_VOID(write_file_atomically(arguments.labels_out, lines));
  }
  if (program.json) {
    say_json(JsonObject{{"k", found.centroids.rows()},
                        {"inertia", rounded(found.inertia)},
                        {"inertia_spread", rounded(restart_spread(found))},
                        {"iterations", found.iterations},
                        {"seconds", rounded(seconds)},
                        {"sizes", JsonArray(sizes.begin(), sizes.end())}});
  } else {
    say("{} points in {} clusters: inertia {:.6g}, worst start {:+.2f} %, {} iterations, {}",
        grouped(points.rows()), found.centroids.rows(), found.inertia, 100 * restart_spread(found),
        found.iterations, duration(seconds));
  }
  return {};
}

}  // namespace

void add_encode(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<EncodeArguments>();
  CLI::App* command =
      add_command(app, program, "encode", "Texts to embeddings, one row a text, as a NumPy file",
                  "limn encode texts.txt --encoder bert:models/all-MiniLM-L6-v2 --out X.npy");
  command
      ->add_option("file", arguments->file,
                   "One text a line, or JSONL with \"text\"; - reads stdin")
      ->required();
  command->add_option("--encoder", arguments->encoder, "auto, lsa, static:FILE or bert:FOLDER")
      ->capture_default_str();
  command
      ->add_option("--precision", arguments->precision,
                   "Of bert: fp32, bf16, int8, or auto (the fastest that keeps the embeddings)")
      ->check(CLI::IsMember({"auto", "fp32", "bf16", "int8"}))
      ->capture_default_str();
  command
      ->add_option("--long", arguments->long_texts,
                   "Texts longer than the encoder reads at a time: truncate or chunk")
      ->check(CLI::IsMember({"truncate", "chunk"}))
      ->capture_default_str();
  command->add_option("--prompt", arguments->prompt,
                      "Put before every text: a prompt of the folder by name, or a text");
  command->add_option("--out", arguments->out, "The .npy file to write")->required();
  command->add_option("--threads", arguments->threads, "0: as many as processors")
      ->check(CLI::Range(0, 1024));
  on_call(command, program, [arguments, &program] { return encode(*arguments, program); });
}

void add_tokenize(CLI::App& app, Program& program) {
  const auto encoder = std::make_shared<std::string>();
  const auto max_length = std::make_shared<std::size_t>(256);
  CLI::App* command = add_command(
      app, program, "tokenize", "Token ids of texts: JSONL on stdin to JSONL",
      "echo '{\"text\":\"hello\"}' | limn tokenize --encoder bert:models/all-MiniLM-L6-v2");
  command->add_option("--encoder", *encoder, "static:FILE or bert:FOLDER")->required();
  command
      ->add_option("--max-length", *max_length,
                   "Longer texts are cut for bert, special tokens included")
      ->check(CLI::Range(2, 1'000'000))
      ->capture_default_str();
  on_call(command, program, [encoder, max_length] { return tokenize(*encoder, *max_length); });
}

void add_text(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<TextArguments>();
  WordOptions* const options = &arguments->options;
  CLI::App* command =
      add_command(app, program, "text", "Language and words of texts: JSONL on stdin to JSONL",
                  "echo '{\"text\":\"The quick foxes\"}' | limn text --stem --stop-words");
  command->add_option("--lang", options->lang, "auto, en, zh, ...")->capture_default_str();
  command->add_flag("--stem", options->stem, "Snowball stems, where the language has a stemmer");
  command->add_flag("--stop-words", options->stop_words, "Leave stop words out");
  command->add_flag("--keep-case", options->keep_case, "Do not lower-case");
  command->add_flag("--simplified", options->simplified,
                    "Traditional Chinese characters as simplified ones");
  command
      ->add_option("--segmenter", arguments->segmenter,
                   "What cuts Chinese: auto, icu, or a folder with jieba's dictionary")
      ->capture_default_str();
  command->add_flag("--copies", arguments->copies,
                    "Read all texts first; a near-copy says of which one, counted from 0");
  command->add_flag("--opinion", arguments->opinion,
                    "For or against, of the whole and of each aspect that it names");
  command->add_option("--rated", arguments->rated,
                      "Learn opinions from these first: JSONL {\"text\": ..., \"liked\": true}");
  command->add_flag("--personal-data", arguments->personal_data,
                    "What names or reaches a person, and the text masked; words are without it");
  on_call(command, program, [arguments, &program] { return text(*arguments, program); });
}

void add_cluster(CLI::App& app, Program& program) {
  const auto arguments = std::make_shared<ClusterArguments>();
  CLI::App* command =
      add_command(app, program, "cluster", "Spherical k-means of the rows of a NumPy file",
                  "limn cluster X.npy -k 34 --restarts 10 --labels-out labels.txt");
  command->add_option("file", arguments->file, "A .npy file of float32, (n, dim)")->required();
  command->add_option("-k", arguments->k, "How many clusters, or auto")->capture_default_str();
  command->add_option("--seed", arguments->options.seed, "Same seed, same clusters")
      ->capture_default_str();
  command->add_option("--restarts", arguments->options.restarts, "Starts; the best is kept")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--labels-out", arguments->labels_out,
                      "One label a line; -1 for a row of zeros");
  on_call(command, program, [arguments, &program] { return cluster(*arguments, program); });
}

}  // namespace limn::cli
