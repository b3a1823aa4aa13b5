// What reading costs by static embeddings and by lsa, and what memory a fit of lsa takes.
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "limn/core/file.h"
#include "limn/core/random.h"
#include "limn/encode/lsa.h"
#include "limn/encode/static_vectors.h"

namespace limn {
namespace {

const std::filesystem::path model_folder = LIMN_SOURCE_DIR "/models/all-MiniLM-L6-v2";

// A number below n, the small ones more often, as words are (Zipf's law).
std::size_t zipf(Random& random, std::size_t n) {
  return static_cast<std::size_t>(std::pow(static_cast<double>(n), random.uniform())) - 1;
}

// Texts of some 125 tokens: words of the vocabulary, of which some go on with a piece.
std::vector<std::string> texts_of_vocabulary(std::size_t count) {
  std::vector<std::string> words;
  std::vector<std::string> pieces;
  std::ifstream file(model_folder / "vocab.txt");
  for (std::string token; std::getline(file, token);) {
    if (token.starts_with("##")) {
      pieces.push_back(token.substr(2));
    } else if (token.size() > 1 && token.front() >= 'a' && token.front() <= 'z') {
      words.push_back(token);
    }
  }
  Random random(1);
  std::vector<std::string> texts(words.empty() ? 0 : count);
  for (std::string& text : texts) {
    for (int word = 0; word < 100; ++word) {
      text += words[zipf(random, words.size())];
      if (random.below(10) == 0) text += pieces[zipf(random, pieces.size())];
      text += random.below(8) == 0 ? ", " : " ";
    }
  }
  return texts;
}

void bench_static(benchmark::State& state) {
  StaticVectors vectors;
  auto tokenizer = read_file(model_folder / "tokenizer.json");
  const std::vector<std::string> texts = texts_of_vocabulary(2000);
  if (!tokenizer || texts.empty()) return state.SkipWithError("no models/all-MiniLM-L6-v2");
  Matrix rows(30522, 240);
  Random random(1);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    for (float& x : rows.row(r)) x = static_cast<float>(random.normal());
  }
  vectors.tokenizer = std::move(*tokenizer);
  vectors.vectors = Int8Rows::quantize(rows);
  const auto encoder = make_static_encoder(std::move(vectors), "bench");
  if (!encoder) return state.SkipWithError("no encoder");
  std::size_t tokens = 0;
  for (auto _ : state) tokens += (*encoder)->encode(texts)->tokens;
  const auto read = static_cast<double>(state.iterations()) * static_cast<double>(texts.size());
  state.SetItemsProcessed(static_cast<std::int64_t>(read));
  state.counters["tokens"] = static_cast<double>(tokens) / read;
}
BENCHMARK(bench_static);

// Texts of sixty words, one in a hundred of which no other text has.
std::vector<std::string> made_up_texts(std::size_t first, std::size_t count) {
  std::vector<std::string> texts(count);
  for (std::size_t i = 0; i < count; ++i) {
    Random random(first + i);
    const std::size_t topic = random.below(20);
    for (int word = 0; word < 60; ++word) {
      if (random.below(100) == 0) {
        texts[i] += fmt::format("once{}x{} ", first + i, word);
      } else {
        const std::size_t number = zipf(random, 3000);
        texts[i] += fmt::format("word{} ", number % 3 == 0 ? number : 20 * number + topic);
      }
    }
  }
  return texts;
}

// The most memory that this process has had, in megabytes; 0 where the system does not say.
double peak_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

// The peak is the process's: one size a run says what that size takes.
void bench_lsa_fit(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  constexpr std::size_t at_once = 10'000;
  for (auto _ : state) {
    LsaFitter fitter;
    for (std::size_t first = 0; first < count; first += at_once) {
      fitter.add(made_up_texts(first, std::min(at_once, count - first)));
    }
    benchmark::DoNotOptimize(fitter.fit().fingerprint());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["peak_MB"] = peak_megabytes();
}
BENCHMARK(bench_lsa_fit)
    ->ArgName("texts")
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Iterations(1)
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kSecond);

void bench_lsa_encode(benchmark::State& state) {
  const std::vector<std::string> texts = made_up_texts(0, 4000);
  const LsaEncoder encoder = LsaEncoder::fit(texts);
  const std::vector<std::string> others = made_up_texts(4000, 1000);
  for (auto _ : state) benchmark::DoNotOptimize(encoder.encode(others)->tokens);
  state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(bench_lsa_encode)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace limn
