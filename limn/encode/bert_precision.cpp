// int8 is calibrated on every other text of the sample and judged on all of them.
#include "limn/encode/bert_precision.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "limn/core/hash.h"
#include "limn/core/parallel.h"
#include "limn/core/vector_ops.h"
#include "limn/encode/chunks.h"
#include "limn/nn/tensor_file.h"

namespace limn {
namespace {

// Embeddings as near as this to fp32's lose less than 1 % of NDCG in retrieval, see
// docs/encoders.md.
constexpr double least_mean_cosine = 0.99;
constexpr double least_cosine = 0.97;

constexpr std::size_t sample_texts = 32;
// The trial runs the sample in fp32 twice and in the other precisions once: with this many times
// the sample's tokens to come, that is an eighth of fp32's time for all of them.
constexpr std::size_t tokens_to_pay = 16;
// What fp32 reads within a second is left to it, and what it reads within seconds is not worth the
// scales of int8.
constexpr std::size_t least_tokens = 5'000;
constexpr std::size_t least_tokens_of_int8 = 50'000;

constexpr std::string_view magic = "limn-int8-scales";

// The precisions that are faster than fp32 here, the fastest first. A rule and not a measurement:
// the same texts have to give the same embeddings.
std::vector<Precision> faster_precisions() {
  switch (best_dot_isa()) {
    case DotIsa::amx:
    case DotIsa::avx512_bf16: return {Precision::int8, Precision::bf16};
    case DotIsa::avx512_vnni:
    case DotIsa::avx_vnni: return {Precision::int8};
    // Eight bits have to be widened there, which takes what they save.
    case DotIsa::avx2:
    case DotIsa::plain: return {};
  }
  return {};
}

void append(std::string& bytes, const void* from, std::size_t size) {
  bytes.append(static_cast<const char*>(from), size);
}

// The magic, the model's fingerprint, the numbers of layers and columns, and the magnitudes.
std::string to_bytes(const Calibration& calibration, const TransformerConfig& config,
                     std::uint64_t model) {
  std::string bytes(magic);
  append(bytes, &model, sizeof(model));
  for (const std::uint64_t size : {config.layers, config.dim, config.intermediate}) {
    append(bytes, &size, sizeof(size));
  }
  for (const Calibration::Layer& layer : calibration.layers) {
    for (const auto* most : {&layer.input, &layer.attended, &layer.normed, &layer.expanded}) {
      append(bytes, most->data(), most->size() * sizeof(float));
    }
  }
  return bytes;
}

// What to_bytes() wrote of this model; nothing for any other bytes.
std::optional<Calibration> from_bytes(std::span<const std::byte> bytes,
                                      const TransformerConfig& config, std::uint64_t model) {
  const std::string head = to_bytes({}, config, model);
  const std::size_t floats = config.layers * (3 * config.dim + config.intermediate);
  if (bytes.size() != head.size() + floats * sizeof(float)) return std::nullopt;
  if (std::memcmp(bytes.data(), head.data(), head.size()) != 0) return std::nullopt;
  const std::byte* from = bytes.data() + head.size();
  Calibration calibration;
  for (std::size_t i = 0; i < config.layers; ++i) {
    Calibration::Layer& layer = calibration.layers.emplace_back();
    for (auto* most : {&layer.input, &layer.attended, &layer.normed, &layer.expanded}) {
      most->resize(most == &layer.expanded ? config.intermediate : config.dim);
      std::memcpy(most->data(), from, most->size() * sizeof(float));
      from += most->size() * sizeof(float);
    }
  }
  return calibration;
}

Result<Transformer> load(const PrecisionQuestion& question, Precision precision,
                         const Calibration* calibration = nullptr) {
  LIMN_TRY(TensorFile tensors, TensorFile::open(question.folder));
  return Transformer::load(question.config, std::move(tensors),
                           {.precision = precision, .calibration = calibration});
}

// Columns differ in their largest magnitude, and a maximum does not ask in which order it was
// taken: the same on any number of threads.
Calibration calibrate(const Transformer& fp32, std::span<const std::vector<TokenId>> sample) {
  const std::size_t used = (sample.size() + 1) / 2;
  std::vector<Calibration> each(used);
  parallel_for(used, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::span<const TokenId> text(sample[2 * i]);
      fp32.calibrate({&text, 1}, each[i]);
    }
  });
  Calibration most = std::move(each[0]);
  for (std::size_t i = 1; i < used; ++i) {
    for (std::size_t l = 0; l < most.layers.size(); ++l) {
      const auto raise = [](std::vector<float>& to, const std::vector<float>& from) {
        for (std::size_t j = 0; j < to.size(); ++j) to[j] = std::max(to[j], from[j]);
      };
      raise(most.layers[l].input, each[i].layers[l].input);
      raise(most.layers[l].attended, each[i].layers[l].attended);
      raise(most.layers[l].normed, each[i].layers[l].normed);
      raise(most.layers[l].expanded, each[i].layers[l].expanded);
    }
  }
  return most;
}

Matrix embed(const PrecisionQuestion& question, const Transformer& transformer) {
  Matrix embeddings(question.sample.size(), question.config.dim);
  parallel_for(question.sample.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::span<const TokenId> text(question.sample[i]);
      question.pool(transformer.forward({&text, 1}), embeddings.row(i));
    }
  });
  return embeddings;
}

bool near(const Matrix& embeddings, const Matrix& exact) {
  double sum = 0;
  double least = 1;
  for (std::size_t i = 0; i < exact.rows(); ++i) {
    const double cosine = double{dot(embeddings.row(i), exact.row(i))};
    sum += cosine;
    least = std::min(least, cosine);
  }
  return sum >= least_mean_cosine * static_cast<double>(exact.rows()) && least >= least_cosine;
}

// int8 with scales from `before`, else from the sample.
Result<ReadyTransformer> load_int8(const PrecisionQuestion& question, const Transformer* fp32) {
  std::optional<Calibration> calibration;
  if (question.before != nullptr) {
    calibration = from_bytes(question.before->calibration, question.config, question.model);
  }
  if (!calibration && fp32 != nullptr) {
    calibration = calibrate(*fp32, question.sample);
  } else if (!calibration) {
    LIMN_TRY(const Transformer loaded, load(question, Precision::fp32));
    calibration = calibrate(loaded, question.sample);
  }
  LIMN_TRY(Transformer transformer, load(question, Precision::int8, &*calibration));
  return ReadyTransformer{std::move(transformer), Precision::int8,
                          to_bytes(*calibration, question.config, question.model)};
}

Result<ReadyTransformer> load_as(const PrecisionQuestion& question, Precision precision,
                                 const Transformer* fp32 = nullptr) {
  if (precision == Precision::int8) return load_int8(question, fp32);
  LIMN_TRY(Transformer transformer, load(question, precision));
  return ReadyTransformer{std::move(transformer), precision, {}};
}

// The precision of `before`, if its embeddings were made by this model.
std::optional<Precision> precision_before(const PrecisionQuestion& question) {
  if (question.before == nullptr) return std::nullopt;
  for (const Precision precision : {Precision::fp32, Precision::bf16, Precision::int8}) {
    const auto* const bytes = reinterpret_cast<const char*>(question.before->calibration.data());
    const std::string_view calibration(bytes, question.before->calibration.size());
    const std::uint64_t found = precise_fingerprint(question.model, precision, calibration);
    if (question.before->fingerprint == found ||
        question.before->fingerprint == chunked_fingerprint(found)) {
      return precision;
    }
  }
  return std::nullopt;
}

Result<ReadyTransformer> load_fastest(const PrecisionQuestion& question) {
  LIMN_TRY(ReadyTransformer fp32, load_as(question, Precision::fp32));
  std::size_t tokens = 0;
  for (const std::vector<TokenId>& text : question.sample) tokens += text.size();
  if (tokens == 0 || question.tokens < std::max(tokens_to_pay * tokens, least_tokens)) return fp32;
  const std::vector<Precision> faster = faster_precisions();
  if (faster.empty()) return fp32;
  const Matrix exact = embed(question, fp32.transformer);
  for (const Precision precision : faster) {
    if (precision == Precision::int8 && question.tokens < least_tokens_of_int8) continue;
    LIMN_TRY(ReadyTransformer other, load_as(question, precision, &fp32.transformer));
    if (near(embed(question, other.transformer), exact)) return other;
  }
  return fp32;
}

}  // namespace

std::uint64_t precise_fingerprint(std::uint64_t model, Precision precision,
                                  std::string_view calibration) {
  switch (precision) {
    case Precision::fp32: return model;
    case Precision::bf16: return hash64("bf16", model);
    case Precision::int8: return hash64(calibration, hash64("int8", model));
  }
  return model;
}

Result<ReadyTransformer> load_precise(const PrecisionQuestion& question) {
  for (const Precision precision : {Precision::fp32, Precision::bf16, Precision::int8}) {
    if (question.precision == precision_name(precision)) return load_as(question, precision);
  }
  if (question.precision != "auto") {
    return fail(ErrorCode::invalid_argument,
                "cannot load encoder: precision {}: no such precision (auto, fp32, bf16 or int8)",
                question.precision);
  }
  if (const auto before = precision_before(question)) return load_as(question, *before);
  return load_fastest(question);
}

std::vector<std::size_t> sampled_texts(std::span<const std::string> texts) {
  const std::size_t count = std::min(sample_texts, texts.size());
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < count; ++i) places.push_back(i * texts.size() / count);
  return places;
}

}  // namespace limn
