#include <algorithm>
#include <string>

#include <benchmark/benchmark.h>

#include "limn/core/random.h"
#include "limn/core/utf8.h"
#include "limn/text/chinese.h"
#include "limn/text/clean.h"
#include "limn/text/language.h"
#include "limn/text/near_duplicates.h"
#include "limn/text/opinion.h"
#include "limn/text/personal_data.h"
#include "limn/text/segmenter.h"
#include "limn/text/sentences.h"
#include "limn/text/words.h"

namespace limn {
namespace {

// Sentences of English words of Zipf's frequencies, a megabyte of them.
std::string english() {
  static const std::vector<std::string> common{
      "the",  "of",      "beer", "and",     "to",           "it's",  "brewing",   "tastes",
      "in",   "a",       "is",   "that",    "bottles",      "for",   "don't",     "carefully",
      "with", "flavors", "as",   "on",      "fermentation", "at",    "recommend", "by",
      "from", "hops",    "been", "glasses", "differences",  "water", "Belgian",   "temperature"};
  Random random(1);
  std::string text;
  while (text.size() < 1'000'000) {
    const double place = random.uniform() * random.uniform();
    text += common[static_cast<std::size_t>(place * static_cast<double>(common.size()))];
    text += random.below(12) == 0 ? ". " : " ";
  }
  return text;
}

std::string chinese() {
  static const std::vector<std::string> common{"\u8fd9\u672c\u4e66",
                                               "\u5f88\u597d",
                                               "\uff0c",
                                               "\u7269\u6d41",
                                               "\u4e5f",
                                               "\u6bd4\u8f83\u5feb",
                                               "\u3002",
                                               "\u5ba2\u670d",
                                               "\u6001\u5ea6",
                                               "\u4e0d\u9519",
                                               "\u4e0b\u6b21",
                                               "\u8fd8\u4f1a\u6765",
                                               "\u8d28\u91cf",
                                               "\u4e00\u822c",
                                               "\u7684"};
  Random random(1);
  std::string text;
  while (text.size() < 200'000) text += common[random.below(common.size())];
  return text;
}

template <typename Function>
void run(benchmark::State& state, const std::string& text, const Function& function) {
  for (auto _ : state) benchmark::DoNotOptimize(function(text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void bench_words(benchmark::State& state) {
  run(state, english(), [](const std::string& text) { return words(text, {.lang = "en"}); });
}
BENCHMARK(bench_words);

void bench_words_stemmed(benchmark::State& state) {
  run(state, english(), [](const std::string& text) {
    return words(text, {.lang = "en", .stem = true, .stop_words = true});
  });
}
BENCHMARK(bench_words_stemmed);

void bench_words_chinese(benchmark::State& state) {
  run(state, chinese(), [](const std::string& text) { return words(text, {.lang = "zh"}); });
}
BENCHMARK(bench_words_chinese);

void bench_words_of_any_language(benchmark::State& state) {
  run(state, english(),
      [](const std::string& text) { return words(text, {.stem = true, .stop_words = true}); });
}
BENCHMARK(bench_words_of_any_language);

void bench_words_chinese_by_jieba(benchmark::State& state) {
  const auto segmenter = Segmenter::open(LIMN_SOURCE_DIR "/third_party/cppjieba/dict");
  if (!segmenter) return state.SkipWithError("no dictionary (run tools/setup dictionaries)");
  run(state, chinese(), [&](const std::string& text) {
    return words(text, {.lang = "zh", .segmenter = &*segmenter});
  });
}
BENCHMARK(bench_words_chinese_by_jieba);

void bench_to_simplified(benchmark::State& state) {
  run(state, chinese(), to_simplified);
}
BENCHMARK(bench_to_simplified);

// Reviews of 300 bytes, one in ten of them a copy.
void bench_near_duplicates(benchmark::State& state) {
  const std::string all = english();
  Random random(1);
  std::vector<std::string> texts;
  for (std::size_t begin = 0; begin + 300 <= all.size(); begin += 300) {
    texts.push_back(random.below(10) == 0 && !texts.empty() ? texts[random.below(texts.size())]
                                                            : all.substr(begin, 300));
  }
  for (auto _ : state) benchmark::DoNotOptimize(near_duplicates(texts));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(texts.size()));
}
BENCHMARK(bench_near_duplicates);

void bench_guess_language(benchmark::State& state) {
  run(state, english().substr(0, 500), guess_language);
}
BENCHMARK(bench_guess_language);

void bench_clean_text(benchmark::State& state) {
  run(state, english(), [](const std::string& text) { return clean_text(text); });
}
BENCHMARK(bench_clean_text);

void bench_sentences(benchmark::State& state) {
  run(state, english(), sentences);
}
BENCHMARK(bench_sentences);

// Reviews of 170 bytes and more, one in ten with an address; finding them all is checked.
void bench_find_personal_data(benchmark::State& state, const std::string& all) {
  std::vector<std::string> texts;
  for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    constexpr std::size_t review = 170;
    end = std::min(all.size(), begin + review);
    while (!is_boundary(all, end)) ++end;
    texts.push_back(all.substr(begin, end - begin) +
                    (texts.size() % 10 == 0 ? " ann.lee@example.org" : ""));
  }
  std::size_t found = 0;
  for (auto _ : state) {
    found = 0;
    for (const std::string& text : texts) found += find_personal_data(text).size();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(texts.size()));
  if (found != (texts.size() + 9) / 10) state.SkipWithError("not what was planted");
}
BENCHMARK_CAPTURE(bench_find_personal_data, english, english());
BENCHMARK_CAPTURE(bench_find_personal_data, chinese, chinese());

void bench_read_opinion(benchmark::State& state, const std::string& all) {
  run(state, all, [](const std::string& text) { return read_opinion(text).words.size(); });
}
BENCHMARK_CAPTURE(bench_read_opinion, english, english());
BENCHMARK_CAPTURE(bench_read_opinion, chinese, chinese());

}  // namespace
}  // namespace limn
