// What the encoder is made of, each part at the shapes of all-MiniLM-L6-v2; and the whole of it
// where models/all-MiniLM-L6-v2 is there.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "limn/core/random.h"
#include "limn/core/vector_ops.h"
#include "limn/nn/kernels.h"
#include "limn/nn/low_precision.h"
#include "limn/nn/tokenizer.h"
#include "limn/nn/transformer.h"

namespace limn {
namespace {

const std::filesystem::path model_folder = LIMN_SOURCE_DIR "/models/all-MiniLM-L6-v2";

std::vector<float> random_values(std::size_t n) {
  Random random(1);
  std::vector<float> values(n);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

bool near(double found, double expected, double error) {
  return std::abs(found - expected) <= error * (1 + std::abs(expected));
}

void bench_multiply(benchmark::State& state) {
  const Kernels& best = kernels(best_isa());
  const auto m = static_cast<std::size_t>(state.range(0));
  const auto n = static_cast<std::size_t>(state.range(1));
  const auto k = static_cast<std::size_t>(state.range(2));
  const std::vector<float> a = random_values(m * k);
  const std::vector<float> b = random_values(n * k);
  std::vector<float> c(m * n);
  PackedMatrix packed;
  best.pack_transposed(b.data(), k, n, k, packed);
  for (auto _ : state) {
    best.multiply(
        {.a = a.data(), .a_stride = k, .m = m, .b = &packed, .c = c.data(), .c_stride = n});
    benchmark::ClobberMemory();
  }
  state.counters["flops"] = benchmark::Counter(2.0 * static_cast<double>(m * n * k),
                                               benchmark::Counter::kIsIterationInvariantRate);
  Random random(2);
  for (int sample = 0; sample < 1'000; ++sample) {
    const std::size_t i = random.below(m);
    const std::size_t j = random.below(n);
    double sum = 0;
    for (std::size_t d = 0; d < k; ++d) sum += static_cast<double>(a[i * k + d]) * b[j * k + d];
    if (!near(c[i * n + j], sum, 1e-4)) return state.SkipWithError("not the product");
  }
}
BENCHMARK(bench_multiply)
    ->ArgNames({"m", "n", "k"})
    ->Args({32, 1536, 384})
    ->Args({256, 1152, 384})
    ->Args({256, 384, 384})
    ->Args({256, 1536, 384})
    ->Args({256, 384, 1536})
    ->Args({24, 128, 32})
    ->Args({24, 32, 128});

// A product in bf16 or in 8 bits, with a GELU where the layer has one.
void bench_low_multiply(benchmark::State& state, bool int8) {
  const LowKernels& best = low_kernels(best_dot_isa());
  const LowKernels& plain = low_kernels(DotIsa::plain);
  const auto m = static_cast<std::size_t>(state.range(0));
  const auto n = static_cast<std::size_t>(state.range(1));
  const auto k = static_cast<std::size_t>(state.range(2));
  // The left side's numbers: 1 and 3, or 3 in bf16.
  std::vector<std::uint16_t> a(m * k + 64, int8 ? 0x0301 : 0x4040);
  std::vector<std::int8_t> whole(n * k);
  for (std::size_t i = 0; i < whole.size(); ++i) whole[i] = static_cast<std::int8_t>(i % 255 - 127);
  const PackedOperand b = int8 ? pack_int8(whole, n, k) : pack_bf16(random_values(n * k), n, k);
  const std::vector<float> ones(std::max(m, n), 1.0F);
  std::vector<std::byte> c(m * n * 4);
  const bool gelu = n > k;
  LowProduct product{.a = reinterpret_cast<const std::byte*>(a.data()),
                     .a_stride = operand_row_bytes(k, int8 ? 1 : 2),
                     .m = m,
                     .b = &b,
                     .row_scale = ones.data(),
                     .column_scale = ones.data(),
                     .bias = ones.data(),
                     .gelu_scale = ones.data(),
                     .output = gelu ? LowOutput::gelu : LowOutput::sums,
                     .c = c.data(),
                     .c_stride = gelu ? n * 2 : n * 4};
  best.begin();
  for (auto _ : state) {
    if (int8) {
      best.multiply_int8(product);
    } else {
      best.multiply_bf16(product);
    }
    benchmark::ClobberMemory();
  }
  best.end();
  state.counters["flops"] = benchmark::Counter(2.0 * static_cast<double>(m * n * k),
                                               benchmark::Counter::kIsIterationInvariantRate);
  // Of sums the plain kernel makes the same: whole numbers exactly, floats but for rounding.
  product.output = LowOutput::sums;
  product.c_stride = n * 4;
  std::vector<float> expected(m * n);
  best.begin();
  (int8 ? best.multiply_int8 : best.multiply_bf16)(product);
  best.end();
  product.c = reinterpret_cast<std::byte*>(expected.data());
  (int8 ? plain.multiply_int8 : plain.multiply_bf16)(product);
  std::vector<float> found(m * n);
  std::memcpy(found.data(), c.data(), m * n * sizeof(float));
  const bool same = int8 ? std::memcmp(found.data(), expected.data(), m * n * sizeof(float)) == 0
                         : std::equal(found.begin(), found.end(), expected.begin(),
                                      [](float x, float y) { return near(x, y, 1e-3); });
  if (!same) state.SkipWithError("not the plain kernel's product");
}
BENCHMARK_CAPTURE(bench_low_multiply, bf16, false)
    ->ArgNames({"m", "n", "k"})
    ->Args({256, 384, 384})
    ->Args({256, 1536, 384})
    ->Args({256, 384, 1536});
BENCHMARK_CAPTURE(bench_low_multiply, int8, true)
    ->ArgNames({"m", "n", "k"})
    ->Args({256, 384, 384})
    ->Args({256, 1536, 384})
    ->Args({256, 384, 1536});

void bench_softmax(benchmark::State& state) {
  const Kernels& best = kernels(best_isa());
  std::vector<float> x = random_values(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    best.softmax(x.data(), x.size(), 0.177F);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  double sum = 0;
  for (const float share : x) sum += double{share};
  if (!near(sum, 1, 1e-4)) state.SkipWithError("shares that do not add up to 1");
}
BENCHMARK(bench_softmax)->ArgName("n")->Arg(125)->Arg(256);

void bench_gelu(benchmark::State& state) {
  const Kernels& best = kernels(best_isa());
  std::vector<float> x = random_values(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    best.gelu(x.data(), x.size());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  const std::vector<float> before = random_values(x.size());
  x = before;
  best.gelu(x.data(), x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double value = double{before[i]};
    const double expected = value * 0.5 * (1 + std::erf(value / std::sqrt(2.0)));
    if (!near(x[i], expected, 1e-5)) return state.SkipWithError("not GELU");
  }
}
BENCHMARK(bench_gelu)->ArgName("n")->Arg(1536);

// English-like text: words of the vocabulary's own length, some of which are cut into pieces.
std::string random_text(std::size_t bytes) {
  Random random(1);
  std::string text;
  while (text.size() < bytes) {
    for (std::uint64_t letter = 1 + random.below(9); letter > 0; --letter) {
      text += "etaoinshrdlu"[random.below(12)];
    }
    text += random.below(10) == 0 ? ", " : " ";
  }
  return text;
}

void bench_tokenize(benchmark::State& state) {
  const auto tokenizer = Tokenizer::open(model_folder);
  if (!tokenizer) return state.SkipWithError("no models/all-MiniLM-L6-v2");
  const std::string text = random_text(1 << 20);
  std::vector<TokenId> ids;
  for (auto _ : state) {
    ids = tokenizer->ids(text, text.size());
    benchmark::DoNotOptimize(ids);
  }
  // A beginning of the text has the beginning of its tokens, but for the one that closes it.
  std::vector<TokenId> some = tokenizer->ids(text.substr(0, text.find(' ', 10'000)), text.size());
  some.pop_back();
  if (some.size() < 1'000 || !std::equal(some.begin(), some.end(), ids.begin())) {
    return state.SkipWithError("other tokens");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(bench_tokenize);

// Texts of random tokens, `length` of them each, about 256 together.
std::vector<std::vector<TokenId>> random_tokens(const TransformerConfig& config,
                                                std::size_t length) {
  Random random(1);
  std::vector<std::vector<TokenId>> texts(std::max<std::size_t>(1, 256 / length));
  for (std::vector<TokenId>& text : texts) {
    for (std::size_t i = 0; i < length; ++i) {
      text.push_back(static_cast<TokenId>(random.below(config.vocabulary)));
    }
  }
  return texts;
}

double mean_cosine(const Matrix& a, const Matrix& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.rows(); ++i) {
    sum += double{dot(a.row(i), b.row(i)) / (l2_norm(a.row(i)) * l2_norm(b.row(i)))};
  }
  return sum / static_cast<double>(a.rows());
}

void bench_forward(benchmark::State& state, Precision precision) {
  const auto config = read_transformer_config(model_folder);
  auto tensors = TensorFile::open(model_folder);
  if (!config || !tensors) return state.SkipWithError("no models/all-MiniLM-L6-v2");
  const auto texts = random_tokens(*config, static_cast<std::size_t>(state.range(0)));
  const std::vector<std::span<const TokenId>> views(texts.begin(), texts.end());
  auto transformer = Transformer::load(*config, std::move(*tensors));
  if (!transformer) return state.SkipWithError("models/all-MiniLM-L6-v2 cannot be read");
  const Matrix exact = transformer->forward(views);
  Calibration seen;
  if (precision != Precision::fp32) {
    transformer->calibrate(views, seen);
    transformer = Transformer::load(*config, *TensorFile::open(model_folder),
                                    {.precision = precision, .calibration = &seen});
  }
  if (!transformer) return state.SkipWithError("models/all-MiniLM-L6-v2 cannot be read");
  Matrix rows;
  for (auto _ : state) {
    rows = transformer->forward(views);
    benchmark::DoNotOptimize(rows);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(texts.size()));
  const double cosine = mean_cosine(rows, exact);
  state.counters["cosine_to_fp32"] = cosine;
  if (cosine < (precision == Precision::int8 ? 0.95 : 0.999)) state.SkipWithError("other rows");
}
BENCHMARK_CAPTURE(bench_forward, fp32, Precision::fp32)
    ->ArgName("length")
    ->Arg(16)
    ->Arg(64)
    ->Arg(125)
    ->Arg(256);
BENCHMARK_CAPTURE(bench_forward, bf16, Precision::bf16)->ArgName("length")->Arg(16)->Arg(125);
BENCHMARK_CAPTURE(bench_forward, int8, Precision::int8)->ArgName("length")->Arg(16)->Arg(125);

}  // namespace
}  // namespace limn
