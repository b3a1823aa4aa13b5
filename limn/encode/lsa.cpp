// A text becomes the weights of its terms, and the weights the sum of the terms' vectors. Terms
// that go together share a direction, so texts can be near without a word in common. A new text is
// folded in the same way.
#include "limn/encode/lsa.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "limn/core/hash.h"
#include "limn/core/parallel.h"
#include "limn/core/vector_ops.h"
#include "limn/encode/lsa_subwords.h"
#include "limn/encode/lsa_terms.h"
#include "limn/encode/lsa_vectors.h"
#include "limn/text/stop_words.h"
#include "limn/text/term_weights.h"
#include "limn/text/vocabulary.h"

namespace limn {

namespace {

constexpr std::size_t text_grain = 64;    // texts a chunk of a parallel loop
constexpr std::size_t batch = 16 * 1024;  // texts whose terms are in memory at a time

// Of so few texts, a term of one may be all there is.
VocabularyOptions vocabulary_options(std::size_t texts, const LsaOptions& options) {
  constexpr std::size_t few = 100;
  return {.min_df = texts < few ? 1 : options.min_df,
          .max_df = texts < few ? 1.0 : options.max_df,
          .max_terms = std::min(options.max_terms, PackedCounts::most_terms)};
}

std::uint64_t fingerprint_of(const LsaOptions& options) {
  return hash64(fmt::format("{} {} {} {} {}", options.dim, options.min_df, options.max_df,
                            options.max_terms, options.seed));
}

// What is saved, in this order: the magic; a hash of the stop words that were left out (u64), since
// a text read with others would not match; the numbers of texts, terms and dimensions (u64 each); a
// hash of the options of the fit (u64); for each term its frequency and its length (u32 each); the
// terms' bytes, one after the other; the directions (float32); the checksum of all that (u64).
// Little-endian, as every machine that limn is built for. The last letter of the magic changes with
// the layout and with what lsa_terms finds.
constexpr std::string_view magic = "limnlsa3";

template <typename T>
void append(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

std::string to_bytes(const Vocabulary& vocabulary, const Matrix& directions,
                     std::uint64_t options) {
  std::string bytes(magic);
  append<std::uint64_t>(bytes, stop_words_fingerprint());
  append<std::uint64_t>(bytes, vocabulary.texts());
  append<std::uint64_t>(bytes, vocabulary.size());
  append<std::uint64_t>(bytes, directions.cols());
  append(bytes, options);
  for (std::uint32_t id = 0; id < vocabulary.size(); ++id) {
    append(bytes, vocabulary.document_frequency(id));
    append(bytes, static_cast<std::uint32_t>(vocabulary.term(id).size()));
  }
  for (std::uint32_t id = 0; id < vocabulary.size(); ++id) bytes += vocabulary.term(id);
  bytes.append(reinterpret_cast<const char*>(directions.data()),
               directions.rows() * directions.cols() * sizeof(float));
  append(bytes, hash64(bytes));
  return bytes;
}

// Takes values off the front of bytes; once there are too few, `ok` is false for good.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

  std::string_view take(std::size_t count) {
    if (count > rest_.size()) ok_ = false;
    if (!ok_) return {};
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  template <typename T>
  T number() {
    T value{};
    const std::string_view taken = take(sizeof(T));
    if (ok_) std::memcpy(&value, taken.data(), sizeof(T));
    return value;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// Nothing where the bytes do not hold `size` terms in order with frequencies that can be.
std::optional<Vocabulary> read_vocabulary(Reader& reader, std::size_t size, std::size_t texts) {
  constexpr std::size_t bytes_each = 2 * sizeof(std::uint32_t);
  if (size > reader.left() / bytes_each) return std::nullopt;
  std::vector<std::uint32_t> frequencies(size);
  std::vector<std::uint32_t> lengths(size);
  for (std::size_t id = 0; id < size; ++id) {
    frequencies[id] = reader.number<std::uint32_t>();
    lengths[id] = reader.number<std::uint32_t>();
    if (frequencies[id] > texts) return std::nullopt;
  }
  std::vector<std::string> terms(size);
  for (std::size_t id = 0; id < size; ++id) {
    terms[id] = reader.take(lengths[id]);
    if (!reader.ok() || (id > 0 && terms[id - 1] >= terms[id])) return std::nullopt;
  }
  return Vocabulary(std::move(terms), std::move(frequencies), texts);
}

// Nothing where what is left is not exactly that many finite numbers.
std::optional<Matrix> read_directions(Reader& reader, std::size_t terms, std::size_t dim) {
  const std::size_t count = reader.left() / sizeof(float);
  if (reader.left() % sizeof(float) != 0) return std::nullopt;
  // By division: a product of what a stranger wrote may overflow.
  const bool fits = terms == 0 || dim == 0 ? count == 0 && terms == 0 && dim == 0
                                           : count % terms == 0 && count / terms == dim;
  if (!fits) return std::nullopt;
  std::vector<float> values(count);
  const std::string_view bytes = reader.take(reader.left());
  if (count > 0) std::memcpy(values.data(), bytes.data(), bytes.size());
  if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) {
    return std::nullopt;
  }
  return Matrix(terms, dim, std::move(values));
}

tl::unexpected<Error> damaged(std::string_view why) {
  return fail(ErrorCode::corrupt, "cannot load the lsa encoder: {} (build again)", why);
}

}  // namespace

struct LsaEncoder::Model {
  Model(Vocabulary terms, Matrix term_vectors, std::uint64_t fitted_options)
      : vocabulary(std::move(terms)),
        vectors(std::move(term_vectors)),
        options(fitted_options),
        idf(inverse_document_frequencies(vocabulary)),
        unseen_idf(
            static_cast<float>(std::log(static_cast<double>(1 + vocabulary.texts()) / 2) + 1)),
        fingerprint(hash64(to_bytes(vocabulary, vectors, options))) {}

  // Adds the vectors of a text's terms, which are put in order.
  void add_terms(std::vector<std::string>& terms, std::span<float> sum) const {
    std::sort(terms.begin(), terms.end());
    for (std::size_t begin = 0, end = 0; begin < terms.size(); begin = end) {
      while (end < terms.size() && terms[end] == terms[begin]) ++end;
      const float count = 1 + std::log(static_cast<float>(end - begin));
      if (const auto id = vocabulary.find(terms[begin])) {
        add_scaled(sum, count * idf[*id], vectors.row(*id));
      } else if (vectors.cols() > 0) {
        // Most programs meet no such word, and need not make ready for it.
        std::call_once(first_unseen, [&] { subwords.emplace(vocabulary, vectors); });
        subwords->add(terms[begin], count * unseen_idf, sum);
      }
    }
  }

  Vocabulary vocabulary;
  Matrix vectors;  // (terms, dim)
  std::uint64_t options;
  std::vector<float> idf;
  float unseen_idf;  // as of a term of one text
  std::uint64_t fingerprint;
  mutable std::once_flag first_unseen;
  mutable std::optional<LsaSubwords> subwords;
};

LsaEncoder::LsaEncoder(std::unique_ptr<Model> model) : model_(std::move(model)) {}
LsaEncoder::LsaEncoder(LsaEncoder&&) noexcept = default;
LsaEncoder& LsaEncoder::operator=(LsaEncoder&&) noexcept = default;
LsaEncoder::~LsaEncoder() = default;

LsaEncoder LsaEncoder::fit(std::span<const std::string> texts, const LsaOptions& options) {
  LsaFitter fitter(options);
  fitter.add(texts);
  return fitter.fit();
}

void LsaFitter::add(std::span<const std::string> texts) {
  std::vector<std::vector<std::string>> terms;
  for (std::size_t begin = 0; begin < texts.size(); begin += batch) {
    const auto part = texts.subspan(begin, std::min(batch, texts.size() - begin));
    terms.assign(part.size(), {});
    parallel_for(part.size(), text_grain, [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) terms[i] = lsa_terms(part[i]);
    });
    for (const auto& text_terms : terms) counts_.add(text_terms);
  }
}

LsaEncoder LsaFitter::fit() {
  LsaCounts::Taken counted = counts_.take(vocabulary_options(counts_.texts(), options_));
  const std::vector<float> idf = inverse_document_frequencies(counted.vocabulary);
  Matrix vectors = lsa_term_vectors(counted.counts, idf, options_.dim, options_.seed);
  const std::uint64_t options = fingerprint_of(options_);
  // Terms without a direction place no text.
  if (vectors.cols() == 0) {
    const Vocabulary none({}, {}, counted.vocabulary.texts());
    return LsaEncoder(std::make_unique<LsaEncoder::Model>(none, Matrix(), options));
  }
  return LsaEncoder(std::make_unique<LsaEncoder::Model>(std::move(counted.vocabulary),
                                                        std::move(vectors), options));
}

Result<LsaEncoder> LsaEncoder::load(std::span<const std::byte> bytes) {
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!all.starts_with(magic)) return damaged("not an encoder of this version");
  if (all.size() < magic.size() + sizeof(std::uint64_t)) return damaged("cut off");
  const std::string_view body = all.substr(0, all.size() - sizeof(std::uint64_t));
  if (Reader(all.substr(body.size())).number<std::uint64_t>() != hash64(body)) {
    return damaged("its checksum is wrong");
  }

  Reader reader(body.substr(magic.size()));
  const auto left_out = reader.number<std::uint64_t>();
  const auto texts = reader.number<std::uint64_t>();
  const auto terms = reader.number<std::uint64_t>();
  const auto dim = reader.number<std::uint64_t>();
  const auto options = reader.number<std::uint64_t>();
  if (!reader.ok()) return damaged("cut off");
  if (left_out != stop_words_fingerprint()) return damaged("it left out other stop words");
  std::optional<Vocabulary> vocabulary = read_vocabulary(reader, terms, texts);
  if (!vocabulary) return damaged("its terms cannot be");
  std::optional<Matrix> directions = read_directions(reader, terms, dim);
  if (!directions) return damaged("its directions cannot be");

  return LsaEncoder(
      std::make_unique<Model>(std::move(*vocabulary), std::move(*directions), options));
}

std::string LsaEncoder::save() const {
  return to_bytes(model_->vocabulary, model_->vectors, model_->options);
}

std::size_t LsaEncoder::fitted_texts() const {
  return model_->vocabulary.texts();
}

bool LsaEncoder::fitted_with(const LsaOptions& options) const {
  return model_->options == fingerprint_of(options);
}

std::uint64_t LsaEncoder::fingerprint() const {
  return model_->fingerprint;
}

std::size_t LsaEncoder::dim() const {
  return std::max<std::size_t>(1, model_->vectors.cols());
}

Result<Encoding> LsaEncoder::encode(std::span<const std::string> texts) const {
  Encoding encoding{Matrix(texts.size(), dim()), 0};
  std::vector<std::size_t> tokens(texts.size());
  parallel_for(texts.size(), text_grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      std::vector<std::string> terms = lsa_terms(texts[i]);
      tokens[i] = terms.size();
      model_->add_terms(terms, encoding.embeddings.row(i));
      normalize(encoding.embeddings.row(i));
    }
  });
  for (const std::size_t count : tokens) encoding.tokens += count;
  return encoding;
}

}  // namespace limn
