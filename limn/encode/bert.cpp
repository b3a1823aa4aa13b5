// Texts are sorted by length and cut into batches of about as many tokens each. The batches do not
// depend on the number of threads, and a text's embedding not on its batch.
#include "limn/encode/bert.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "limn/core/file.h"
#include "limn/core/hash.h"
#include "limn/core/parallel.h"
#include "limn/core/progress.h"
#include "limn/core/vector_ops.h"
#include "limn/encode/bert_precision.h"
#include "limn/encode/chunks.h"
#include "limn/encode/sentence_folder.h"
#include "limn/nn/tensor_file.h"
#include "limn/nn/tokenizer.h"
#include "limn/nn/transformer.h"

namespace limn {
namespace {

// Enough rows that a layer's weights are read from memory once for many of them, and few enough
// that the rows stay in the second cache.
constexpr std::size_t batch_tokens = 256;

// Texts are tokenized this many at a time.
constexpr std::size_t tokenize_grain = 64;

struct Batch {
  std::size_t begin = 0;  // of the texts by length
  std::size_t end = 0;
};

void pool(Pooling pooling, MatrixView rows, std::span<float> embedding) {
  if (pooling == Pooling::maximum) {
    std::copy(rows.row(0).begin(), rows.row(0).end(), embedding.begin());
    for (std::size_t i = 1; i < rows.rows(); ++i) {
      for (std::size_t j = 0; j < embedding.size(); ++j) {
        embedding[j] = std::max(embedding[j], rows.row(i)[j]);
      }
    }
  } else {
    const std::size_t used = pooling == Pooling::mean ? rows.rows() : 1;
    // The mean's divisor does not matter: the length becomes 1.
    for (std::size_t i = 0; i < used; ++i) add_scaled(embedding, 1, rows.row(i));
  }
  normalize(embedding);
}

class BertEncoder final : public Encoder {
 public:
  BertEncoder(std::string name, Tokenizer tokenizer, ReadyTransformer ready,
              const SentenceFolder& folder, std::size_t max_length, bool embed_empty,
              std::uint64_t fingerprint)
      : name_(std::move(name)),
        tokenizer_(std::move(tokenizer)),
        transformer_(std::move(ready.transformer)),
        precision_(ready.precision),
        calibration_(std::move(ready.calibration)),
        pooling_(folder.pooling),
        prompt_(folder.prompt),
        max_length_(max_length),
        silence_(tokenizer_.ids(prompt_, max_length)),
        embed_empty_(embed_empty),
        fingerprint_(fingerprint) {}

  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] std::uint64_t fingerprint() const override { return fingerprint_; }
  [[nodiscard]] std::size_t dim() const override { return transformer_.config().dim; }
  [[nodiscard]] std::string precision() const override {
    return std::string(precision_name(precision_));
  }
  [[nodiscard]] std::string calibration() const override { return calibration_; }

  [[nodiscard]] Result<Encoding> encode(std::span<const std::string> texts) const override {
    std::vector<std::vector<TokenId>> ids(texts.size());
    Encoding encoding{.embeddings = Matrix(texts.size(), dim())};
    encoding.long_texts = tokenize(texts, ids);
    const std::vector<std::size_t> order = by_length(ids);
    const std::vector<Batch> batches = cut(ids, order);

    for (const std::vector<TokenId>& text : ids) encoding.tokens += text.size();
    Progress progress("encode", texts.size());
    parallel_for(batches.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end && !Interrupt::requested(); ++i) {
        const std::span members =
            std::span(order).subspan(batches[i].begin, batches[i].end - batches[i].begin);
        embed(ids, members, encoding.embeddings);
        progress.add(members.size());
      }
    });
    LIMN_TRY_VOID(Interrupt::check("encode"));
    return encoding;
  }

  [[nodiscard]] std::vector<Chunk> chunks(std::string_view text) const override {
    // What stands around every text takes its share of the length.
    const std::size_t around = std::min(silence_.size(), max_length_ - 1);
    return chunks_of(text, max_length_ - around,
                     [&](std::string_view part) { return tokenizer_.pieces(part).size(); });
  }

 private:
  // Fills `ids`, (texts); returns how many texts were cut.
  std::size_t tokenize(std::span<const std::string> texts,
                       std::vector<std::vector<TokenId>>& ids) const {
    return parallel_count(texts.size(), tokenize_grain, [&](std::size_t i) {
      const std::string text = prompt_ + texts[i];
      ids[i] = tokenizer_.ids(text, max_length_ + 1);
      if (ids[i].size() <= max_length_) return false;
      ids[i] = tokenizer_.ids(text, max_length_);
      return true;
    });
  }

  // Longest first, so that the last batches to be taken by a thread are no longer than others.
  static std::vector<std::size_t> by_length(const std::vector<std::vector<TokenId>>& ids) {
    std::vector<std::size_t> order(ids.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return ids[a].size() > ids[b].size(); });
    return order;
  }

  static std::vector<Batch> cut(const std::vector<std::vector<TokenId>>& ids,
                                std::span<const std::size_t> order) {
    std::vector<Batch> batches;
    std::size_t tokens = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::size_t length = ids[order[i]].size();
      if (length == 0) break;  // the others are no longer: nothing to run, and rows of zeros
      if (batches.empty() || tokens + length > batch_tokens) {
        batches.push_back({i, i});
        tokens = 0;
      }
      batches.back().end = i + 1;
      tokens += length;
    }
    return batches;
  }

  void embed(const std::vector<std::vector<TokenId>>& ids, std::span<const std::size_t> members,
             Matrix& embeddings) const {
    std::vector<std::span<const TokenId>> texts;
    texts.reserve(members.size());
    for (const std::size_t member : members) texts.emplace_back(ids[member]);
    const Matrix rows = transformer_.forward(texts);

    std::size_t row = 0;
    for (const std::size_t member : members) {
      const std::size_t length = ids[member].size();
      // What says nothing has the tokens of an empty text.
      if (embed_empty_ || ids[member] != silence_) {
        pool(pooling_, rows.view().slice(row, length), embeddings.row(member));
      }
      row += length;
    }
  }

  std::string name_;
  Tokenizer tokenizer_;
  Transformer transformer_;
  Precision precision_;
  std::string calibration_;
  Pooling pooling_;
  std::string prompt_;
  std::size_t max_length_;
  std::vector<TokenId> silence_;  // of an empty text
  bool embed_empty_;
  std::uint64_t fingerprint_;
};

// Hash of all that an embedding depends on: every byte of the weights, of the model's settings and
// of the tokenizer.
std::uint64_t fingerprint_of(const SentenceFolder& folder, const TensorFile& tensors,
                             std::size_t max_length) {
  std::uint64_t hash = tensors.fingerprint();
  for (const std::string_view name :
       {"config.json", "tokenizer.json", "vocab.txt", "tokenizer_config.json"}) {
    const auto bytes = read_file(folder.transformer / name);
    hash = hash64(bytes ? std::string_view(*bytes) : name, hash);
  }
  hash = hash64(
      fmt::format("pooling {} max_length {}", static_cast<int>(folder.pooling), max_length), hash);
  return folder.prompt.empty() ? hash : hash64(folder.prompt, hash);
}

std::size_t max_length_of(const SentenceFolder& folder, const TransformerConfig& config) {
  return folder.max_length == 0 ? config.positions : std::min(folder.max_length, config.positions);
}

// The texts that precisions are tried on. Without any, every so-manieth token of the vocabulary
// stands for them. About how many tokens all texts have is told from their bytes.
void take_sample(std::span<const std::string> texts, const Tokenizer& tokenizer,
                 const std::string& prompt, std::size_t max_length, PrecisionQuestion& question) {
  std::size_t sampled_bytes = 0;
  std::size_t sampled_tokens = 0;
  for (const std::size_t place : sampled_texts(texts)) {
    std::vector<TokenId> ids = tokenizer.ids(prompt + texts[place], max_length);
    if (ids.empty()) continue;
    sampled_bytes += texts[place].size() + 1;
    sampled_tokens += ids.size();
    question.sample.push_back(std::move(ids));
  }
  if (sampled_tokens > 0) {
    double bytes = 0;
    for (const std::string& text : texts) bytes += static_cast<double>(text.size() + 1);
    question.tokens = static_cast<std::size_t>(bytes * static_cast<double>(sampled_tokens) /
                                               static_cast<double>(sampled_bytes));
    return;
  }
  constexpr std::size_t made_texts = 16;
  const std::size_t tokens = tokenizer.vocabulary_size();
  const std::size_t length = std::min<std::size_t>(max_length, 64);
  for (std::size_t i = 0; i < made_texts; ++i) {
    std::vector<TokenId>& text = question.sample.emplace_back();
    for (std::size_t j = 0; j < length; ++j) {
      text.push_back(static_cast<TokenId>((i * length + j) * tokens / (made_texts * length)));
    }
  }
}

}  // namespace

Result<std::size_t> bert_max_length(const std::filesystem::path& folder) {
  LIMN_TRY(const SentenceFolder said, read_sentence_folder(folder));
  LIMN_TRY(const TransformerConfig config, read_transformer_config(said.transformer));
  return max_length_of(said, config);
}

Result<std::unique_ptr<Encoder>> load_bert(const std::filesystem::path& folder,
                                           const BertOptions& options) {
  LIMN_TRY(const SentenceFolder said, read_sentence_folder(folder, options.prompt));
  LIMN_TRY(const TransformerConfig config, read_transformer_config(said.transformer));
  std::size_t max_length = max_length_of(said, config);
  if (options.max_length != 0) max_length = options.max_length;
  if (max_length < 2 || max_length > config.positions) {
    return fail(ErrorCode::invalid_argument,
                "cannot load encoder: max_length {} is not supported (2 to {})", max_length,
                config.positions);
  }
  LIMN_TRY(Tokenizer tokenizer, Tokenizer::open(said.transformer));
  if (tokenizer.vocabulary_size() > config.vocabulary) {
    return fail(ErrorCode::corrupt,
                "cannot load encoder: {}: the tokenizer has {} tokens, the model {}",
                folder.string(), tokenizer.vocabulary_size(), config.vocabulary);
  }
  LIMN_TRY(TensorFile tensors, TensorFile::open(said.transformer));
  PrecisionQuestion question{.folder = said.transformer,
                             .config = config,
                             .model = fingerprint_of(said, tensors, max_length),
                             .precision = options.precision,
                             .before = options.before};
  question.pool = [&](MatrixView rows, std::span<float> row) { pool(said.pooling, rows, row); };
  take_sample(options.texts, tokenizer, said.prompt, max_length, question);
  LIMN_TRY(ReadyTransformer ready, load_precise(question));
  const std::uint64_t fingerprint =
      precise_fingerprint(question.model, ready.precision, ready.calibration);
  return std::make_unique<BertEncoder>("bert:" + last_part(folder), std::move(tokenizer),
                                       std::move(ready), said, max_length, options.embed_empty,
                                       fingerprint);
}

}  // namespace limn
