// The mean of chunks weighted by tokens is what mean pooling would give, could the model read the
// whole text, but for what words beyond a chunk's ends would have added to those inside.
#include "limn/encode/chunks.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "limn/core/hash.h"
#include "limn/core/parallel.h"
#include "limn/core/utf8.h"
#include "limn/core/vector_ops.h"
#include "limn/text/sentences.h"

namespace limn {
namespace {

bool is_space(char byte) {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

// Where a piece that must be cut is cut: at the white space nearest to its middle, else between the
// two characters there.
std::size_t middle_of(std::string_view text, Span span) {
  const std::size_t middle = span.begin + (span.end - span.begin) / 2;
  for (std::size_t away = 0; away < (span.end - span.begin) / 4; ++away) {
    if (is_space(text[middle - away])) return middle - away;
    if (is_space(text[middle + away])) return middle + away;
  }
  std::size_t cut = middle;
  while (cut > span.begin && !is_boundary(text, cut)) --cut;
  if (cut > span.begin) return cut;
  cut = middle + 1;
  while (cut < span.end && !is_boundary(text, cut)) ++cut;
  return cut;
}

class Cutter {
 public:
  Cutter(std::string_view text, std::size_t limit,
         const std::function<std::size_t(std::string_view)>& count)
      : text_(text), limit_(limit), count_(count) {}

  std::vector<Chunk> cut() {
    const std::size_t all = count_(text_);
    if (all <= limit_) return {{{0, text_.size()}, all}};
    for (const Span sentence : sentences(text_)) {
      const std::size_t tokens = count_(piece(text_, sentence));
      if (open_ && open_->tokens + tokens <= limit_) {
        open_->span.end = sentence.end;
        open_->tokens += tokens;
        continue;
      }
      close();
      open_ = Chunk{sentence, tokens};
    }
    close();
    return std::move(chunks_);
  }

 private:
  // Sentences are counted one by one; together they may make a token more or less.
  void close() {
    if (open_) halve(open_->span);
    open_.reset();
  }

  // Adds the piece, or its halves where it is too long.
  void halve(Span span) {
    const std::size_t tokens = count_(piece(text_, span));
    const std::size_t middle = tokens <= limit_ ? span.end : middle_of(text_, span);
    if (middle <= span.begin || middle >= span.end) {
      chunks_.push_back({span, tokens});
      return;
    }
    halve({span.begin, middle});
    halve({middle, span.end});
  }

  std::string_view text_;
  std::size_t limit_;
  const std::function<std::size_t(std::string_view)>& count_;
  std::optional<Chunk> open_;  // sentences that may take in the next one
  std::vector<Chunk> chunks_;
};

class ChunkedEncoder final : public Encoder {
 public:
  explicit ChunkedEncoder(std::unique_ptr<Encoder> inner) : inner_(std::move(inner)) {}

  [[nodiscard]] std::string name() const override { return inner_->name(); }
  [[nodiscard]] std::uint64_t fingerprint() const override {
    return chunked_fingerprint(inner_->fingerprint());
  }
  [[nodiscard]] std::size_t dim() const override { return inner_->dim(); }
  [[nodiscard]] std::string precision() const override { return inner_->precision(); }
  [[nodiscard]] std::string calibration() const override { return inner_->calibration(); }

  [[nodiscard]] Result<Encoding> encode(std::span<const std::string> texts) const override {
    std::vector<std::vector<Chunk>> chunks(texts.size());
    constexpr std::size_t grain = 16;
    parallel_for(texts.size(), grain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) chunks[i] = inner_->chunks(texts[i]);
    });
    std::vector<std::string> pieces;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      for (const Chunk& chunk : chunks[i]) pieces.emplace_back(piece(texts[i], chunk.span));
    }
    LIMN_TRY(const Encoding read, inner_->encode(pieces));

    Encoding encoding{.embeddings = Matrix(texts.size(), dim()), .tokens = read.tokens};
    std::size_t row = 0;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      encoding.long_texts += chunks[i].size() > 1 ? 1 : 0;
      const std::span<float> embedding = encoding.embeddings.row(i);
      if (chunks[i].size() == 1) {
        std::ranges::copy(read.embeddings.row(row), embedding.begin());
        row += 1;
        continue;
      }
      for (const Chunk& chunk : chunks[i]) {
        add_scaled(embedding, static_cast<float>(chunk.tokens), read.embeddings.row(row));
        row += 1;
      }
      normalize(embedding);
    }
    return encoding;
  }

 private:
  std::unique_ptr<Encoder> inner_;
};

}  // namespace

std::vector<Chunk> chunks_of(std::string_view text, std::size_t limit,
                             const std::function<std::size_t(std::string_view)>& count) {
  return Cutter(text, limit, count).cut();
}

std::unique_ptr<Encoder> read_in_chunks(std::unique_ptr<Encoder> inner) {
  return std::make_unique<ChunkedEncoder>(std::move(inner));
}

std::uint64_t chunked_fingerprint(std::uint64_t inner) {
  return hash64("chunks", inner);
}

}  // namespace limn
