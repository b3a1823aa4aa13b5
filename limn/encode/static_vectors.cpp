#include "limn/encode/static_vectors.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "limn/core/file.h"
#include "limn/core/hash.h"
#include "limn/core/json.h"
#include "limn/core/matrix.h"
#include "limn/core/parallel.h"
#include "limn/core/progress.h"
#include "limn/core/vector_ops.h"
#include "limn/nn/tensor_file.h"
#include "limn/nn/tokenizer.h"

namespace limn {
namespace {

using Tensors = std::map<std::string, Tensor, std::less<>>;

// Texts are read this many at a time.
constexpr std::size_t grain = 256;

template <typename T>
std::string_view bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

tl::unexpected<Error> bad(const std::filesystem::path& path, std::string_view tensor,
                          std::string_view what) {
  return fail(ErrorCode::corrupt, "cannot read static embeddings: {}: {}: {}", path.string(),
              tensor, what);
}

const Tensor* find_tensor(const Tensors& tensors, std::string_view name) {
  const auto found = tensors.find(name);
  return found == tensors.end() ? nullptr : &found->second;
}

// The numbers of a tensor, all of them finite; nothing where there is no such tensor.
Result<std::vector<float>> read_numbers(const Tensors& tensors, std::string_view name,
                                        std::size_t dimensions, const std::filesystem::path& path) {
  const Tensor* tensor = find_tensor(tensors, name);
  if (tensor == nullptr) return std::vector<float>();
  if (tensor->shape.size() != dimensions) return bad(path, name, "its shape");
  const std::optional<Floats> floats = to_floats(*tensor);
  if (!floats) return bad(path, name, "its type");
  const std::span<const float> values = floats->values();
  if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) {
    return bad(path, name, "a number that is not finite");
  }
  return std::vector<float>(values.begin(), values.end());
}

Result<Matrix> read_matrix(const Tensors& tensors, const std::filesystem::path& path) {
  LIMN_TRY(std::vector<float> numbers, read_numbers(tensors, "embeddings", 2, path));
  if (numbers.empty()) return bad(path, "embeddings", "not there");
  const std::vector<std::size_t>& shape = find_tensor(tensors, "embeddings")->shape;
  return Matrix(shape[0], shape[1], std::move(numbers));
}

// Model2Vec may share a row between tokens (`mapping`) and keep its weight apart (`weights`).
Result<Matrix> rows_by_token(Matrix rows, const Tensors& tensors,
                             const std::filesystem::path& path) {
  LIMN_TRY(const std::vector<float> mapping, read_numbers(tensors, "mapping", 1, path));
  LIMN_TRY(const std::vector<float> weights, read_numbers(tensors, "weights", 1, path));
  const std::size_t tokens =
      !mapping.empty() ? mapping.size() : (!weights.empty() ? weights.size() : rows.rows());
  if (!weights.empty() && weights.size() != tokens) return bad(path, "weights", "its length");
  if (mapping.empty() && tokens != rows.rows()) return bad(path, "weights", "its length");
  if (mapping.empty() && weights.empty()) return rows;

  Matrix by_token(tokens, rows.cols());
  for (std::size_t t = 0; t < tokens; ++t) {
    const float place = mapping.empty() ? static_cast<float>(t) : mapping[t];
    if (place < 0 || place >= static_cast<float>(rows.rows())) {
      return bad(path, "mapping", "a row that is not there");
    }
    add_scaled(by_token.row(t), weights.empty() ? 1.0F : weights[t],
               rows.row(static_cast<std::size_t>(place)));
  }
  return by_token;
}

Result<Int8Rows> read_rows(const Tensors& tensors, const std::filesystem::path& path) {
  LIMN_TRY(const std::vector<float> scales, read_numbers(tensors, "scales", 1, path));
  const Tensor* numbers = find_tensor(tensors, "embeddings");
  if (numbers == nullptr) return bad(path, "embeddings", "not there");
  if (numbers->type != "I8") return bad(path, "embeddings", "its type");
  if (numbers->shape.size() != 2 || numbers->shape[1] == 0) {
    return bad(path, "embeddings", "its shape");
  }
  const std::size_t dim = numbers->shape[1];
  if (scales.size() != numbers->shape[0]) return bad(path, "scales", "its length");
  const std::span<const std::int8_t> all(
      reinterpret_cast<const std::int8_t*>(numbers->bytes.data()), numbers->bytes.size());
  Int8Rows rows(scales.size(), dim);
  for (std::size_t t = 0; t < rows.rows(); ++t) rows.set(t, scales[t], all.subspan(t * dim, dim));
  return rows;
}

Result<StaticVectors> read_file_of_limn(const std::filesystem::path& path) {
  LIMN_TRY(const MemoryMap file, MemoryMap::open(path));
  LIMN_TRY(const Tensors tensors, parse_safetensors(file.bytes(), path.string()));
  StaticVectors read;
  LIMN_TRY(read.vectors, read_rows(tensors, path));
  const Tensor* tokenizer = find_tensor(tensors, "tokenizer");
  if (tokenizer == nullptr || tokenizer->type != "U8") return bad(path, "tokenizer", "not there");
  read.tokenizer.assign(reinterpret_cast<const char*>(tokenizer->bytes.data()),
                        tokenizer->bytes.size());
  return read;
}

Result<StaticVectors> read_folder_of_model2vec(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "model.safetensors";
  LIMN_TRY(const MemoryMap file, MemoryMap::open(path));
  LIMN_TRY(const Tensors tensors, parse_safetensors(file.bytes(), path.string()));
  StaticVectors read;
  LIMN_TRY(Matrix rows, read_matrix(tensors, path));
  LIMN_TRY(rows, rows_by_token(std::move(rows), tensors, path));
  read.vectors = Int8Rows::quantize(rows);
  LIMN_TRY(read.tokenizer, read_file(folder / "tokenizer.json"));
  return read;
}

class StaticEncoder final : public Encoder {
 public:
  StaticEncoder(std::string name, Tokenizer tokenizer, Int8Rows vectors, std::uint64_t fingerprint)
      : name_(std::move(name)),
        tokenizer_(std::move(tokenizer)),
        vectors_(std::move(vectors)),
        fingerprint_(fingerprint) {}

  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] std::uint64_t fingerprint() const override { return fingerprint_; }
  [[nodiscard]] std::size_t dim() const override { return vectors_.dim(); }
  [[nodiscard]] std::string precision() const override { return "int8"; }

  [[nodiscard]] Result<Encoding> encode(std::span<const std::string> texts) const override {
    Encoding encoding{.embeddings = Matrix(texts.size(), dim())};
    std::vector<std::size_t> tokens((texts.size() + grain - 1) / grain);
    Progress progress("encode", texts.size());
    parallel_for(texts.size(), grain, [&](std::size_t begin, std::size_t end) {
      if (Interrupt::requested()) return;
      std::vector<TokenId> ids;
      for (std::size_t i = begin; i < end; ++i) {
        // The mean's divisor does not matter: the length becomes 1.
        ids.clear();
        tokenizer_.add_pieces(texts[i], ids);
        vectors_.sum_rows(ids, encoding.embeddings.row(i));
        normalize(encoding.embeddings.row(i));
        tokens[begin / grain] += ids.size();
      }
      progress.add(end - begin);
    });
    LIMN_TRY_VOID(Interrupt::check("encode"));
    for (const std::size_t count : tokens) encoding.tokens += count;
    return encoding;
  }

 private:
  std::string name_;
  Tokenizer tokenizer_;
  Int8Rows vectors_;
  std::uint64_t fingerprint_;
};

}  // namespace

std::string save_static(const StaticVectors& vectors) {
  const std::size_t tokens = vectors.vectors.rows();
  std::vector<std::int8_t> numbers;
  std::vector<float> scales;
  for (std::size_t t = 0; t < tokens; ++t) {
    const std::span<const std::int8_t> row = vectors.vectors.numbers(t);
    numbers.insert(numbers.end(), row.begin(), row.end());
    scales.push_back(vectors.vectors.scale(t));
  }

  // The scales come first, where they are aligned.
  std::string body;
  JsonObject header;
  const auto add = [&](std::string_view name, std::string_view type, JsonArray shape,
                       std::string_view bytes) {
    header[name] = JsonObject{{"dtype", type},
                              {"shape", std::move(shape)},
                              {"data_offsets", JsonArray{body.size(), body.size() + bytes.size()}}};
    body += bytes;
  };
  add("scales", "F32", {tokens}, bytes_of(scales));
  add("embeddings", "I8", {tokens, vectors.vectors.dim()}, bytes_of(numbers));
  add("tokenizer", "U8", {vectors.tokenizer.size()}, vectors.tokenizer);

  std::string text = to_text(header);
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = text.size();
  std::string file(sizeof(length), '\0');
  std::memcpy(file.data(), &length, sizeof(length));
  return file + text + body;
}

Result<StaticVectors> read_static(const std::filesystem::path& path) {
  std::error_code ignored;  // what cannot be looked at fails when it is read
  if (std::filesystem::is_directory(path, ignored)) return read_folder_of_model2vec(path);
  return read_file_of_limn(path);
}

Result<std::unique_ptr<Encoder>> make_static_encoder(StaticVectors vectors, std::string_view name) {
  LIMN_TRY(Tokenizer tokenizer, Tokenizer::parse(vectors.tokenizer, std::string(name)));
  if (tokenizer.vocabulary_size() > vectors.vectors.rows()) {
    return fail(ErrorCode::corrupt,
                "cannot load encoder: {}: the tokenizer has {} tokens, and there are {} vectors",
                name, tokenizer.vocabulary_size(), vectors.vectors.rows());
  }
  const std::uint64_t fingerprint = hash64(vectors.tokenizer, vectors.vectors.fingerprint());
  return std::make_unique<StaticEncoder>("static:" + std::string(name), std::move(tokenizer),
                                         std::move(vectors.vectors), fingerprint);
}

Result<std::unique_ptr<Encoder>> load_static(const std::filesystem::path& path) {
  LIMN_TRY(StaticVectors vectors, read_static(path));
  return make_static_encoder(std::move(vectors), last_part(path));
}

}  // namespace limn
