#include "limn/text/opinion_model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <utility>

#include "limn/core/parallel.h"
#include "limn/core/random.h"

namespace limn {
namespace {

constexpr std::size_t fewest_of_a_kind = 50;
constexpr std::size_t most_texts = 100'000;  // more teach no more, and cost memory
constexpr std::uint32_t magic = 0x314E504F;  // "OPN1"

double logistic(double x) {
  return 1 / (1 + std::exp(-x));
}

// The lexicon's answer in one number: the balance of the words, surer with more of them.
double balance(const OpinionReading& reading) {
  double sum = 0;
  double size = 0;
  for (const OpinionWord& word : reading.words) {
    sum += word.weight;
    size += std::abs(word.weight);
  }
  constexpr double doubt = 2;
  return sum / std::sqrt(size + doubt);
}

// A text's features as places in the vocabulary, each of value 1 / sqrt(features).
struct Example {
  std::vector<std::uint32_t> features;
  double value = 0;
  double balance = 0;
  bool liked = false;
};

struct Examples {
  std::vector<std::uint64_t> hashes;  // the vocabulary: ascending
  std::vector<std::uint32_t> df;      // (vocabulary): texts with it
  std::vector<Example> rows;
};

double value_of(std::size_t features) {
  // Long texts say things again: lengths are drawn together, and a typical review keeps its scale.
  constexpr double typical = 8;
  return typical / std::sqrt(static_cast<double>(std::max<std::size_t>(1, features)));
}

Examples read_examples(std::span<const RatedText> texts) {
  std::vector<OpinionReading> readings(texts.size());
  constexpr std::size_t grain = 64;
  parallel_for(texts.size(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) readings[i] = read_opinion(texts[i].text, true);
  });
  std::vector<std::uint64_t> all;
  for (const OpinionReading& reading : readings)
    all.insert(all.end(), reading.features.begin(), reading.features.end());
  std::sort(all.begin(), all.end());
  Examples examples;
  for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    while (end < all.size() && all[end] == all[begin]) ++end;
    if (end - begin < 2) continue;  // what one text alone says tells nothing of another
    examples.hashes.push_back(all[begin]);
    examples.df.push_back(static_cast<std::uint32_t>(end - begin));
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    Example& row = examples.rows.emplace_back();
    for (const std::uint64_t hash : readings[i].features) {
      const auto place = std::lower_bound(examples.hashes.begin(), examples.hashes.end(), hash);
      if (place != examples.hashes.end() && *place == hash)
        row.features.push_back(static_cast<std::uint32_t>(place - examples.hashes.begin()));
    }
    row.value = value_of(readings[i].features.size());
    row.balance = balance(readings[i]);
    row.liked = texts[i].liked;
  }
  return examples;
}

// One weight with its AdaGrad step (Duchi et al., 2011): rare features keep long steps.
class Weight {
 public:
  explicit Weight(double value = 0) : value_(value) {}
  [[nodiscard]] double value() const { return value_; }
  void step(double gradient) {
    constexpr double rate = 0.3;
    constexpr double floor = 1e-6;
    squares_ += gradient * gradient;
    value_ -= rate * gradient / std::sqrt(squares_ + floor);
  }

 private:
  double value_;
  double squares_ = 0;
};

struct Fitted {
  std::vector<Weight> weights;
  Weight lexicon;
  Weight bias;
};

double margin(const Fitted& fitted, const Example& row) {
  double sum = fitted.bias.value() + fitted.lexicon.value() * row.balance;
  for (const std::uint32_t f : row.features) sum += row.value * fitted.weights[f].value();
  return sum;
}

// Stochastic gradients of the log loss, with the ridge spread over a feature's texts.
Fitted descend(const Examples& examples, std::vector<std::uint32_t> order, double lexicon_weight,
               const OpinionFitOptions& options) {
  Fitted fitted{std::vector<Weight>(examples.hashes.size()), Weight(lexicon_weight), Weight()};
  Random random(options.seed);
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    for (const std::uint32_t i : order) {
      const Example& row = examples.rows[i];
      const double error = logistic(margin(fitted, row)) - (row.liked ? 1.0 : 0.0);
      for (const std::uint32_t f : row.features) {
        Weight& weight = fitted.weights[f];
        weight.step(error * row.value + options.ridge * weight.value() / examples.df[f]);
      }
      fitted.lexicon.step(error * row.balance);
      fitted.bias.step(error);
    }
  }
  return fitted;
}

// The ridge of the least log loss on every fourth text, of models of the others.
double chosen_ridge(const Examples& examples, double lexicon_weight, OpinionFitOptions options) {
  constexpr std::size_t held_back = 4;
  constexpr std::size_t most = 20'000;  // texts that are looked at: more choose alike
  std::vector<std::uint32_t> train;
  std::vector<std::uint32_t> valid;
  const std::size_t step = examples.rows.size() / most + 1;  // logs have an order
  for (std::size_t i = 0; i * step < examples.rows.size(); ++i)
    (i % held_back == held_back - 1 ? valid : train)
        .push_back(static_cast<std::uint32_t>(i * step));
  double best = 1;
  double least = std::numeric_limits<double>::infinity();
  for (const double ridge : {1.0, 4.0, 16.0, 64.0}) {
    options.ridge = ridge;
    const Fitted fitted = descend(examples, train, lexicon_weight, options);
    double loss = 0;
    for (const std::uint32_t i : valid) {
      const Example& row = examples.rows[i];
      // log(1 + exp(-x)), without an overflow.
      const double x = row.liked ? margin(fitted, row) : -margin(fitted, row);
      loss += std::log1p(std::exp(-std::abs(x))) + std::max(0.0, -x);
    }
    if (loss >= least) continue;
    least = loss;
    best = ridge;
  }
  return best;
}

template <typename T>
void append(std::string& bytes, const T* values, std::size_t count) {
  bytes.append(reinterpret_cast<const char*>(values), count * sizeof(T));
}

// Evenly spaced texts, where there are too many.
std::vector<RatedText> sampled(std::span<const RatedText> texts) {
  const std::size_t step = (texts.size() + most_texts - 1) / most_texts;
  std::vector<RatedText> kept;
  for (std::size_t i = 0; i < texts.size(); i += std::max<std::size_t>(1, step))
    kept.push_back(texts[i]);
  return kept;
}

double accuracy(const OpinionModel& model, std::span<const RatedText> texts) {
  constexpr std::size_t grain = 64;
  const std::size_t right = parallel_count(texts.size(), grain, [&](std::size_t i) {
    return (model.positive(texts[i].text) >= 0.5) == texts[i].liked;
  });
  return texts.empty() ? 0 : static_cast<double>(right) / static_cast<double>(texts.size());
}

}  // namespace

OpinionModel OpinionModel::fit(std::span<const RatedText> texts, const OpinionFitOptions& options) {
  const auto liked = static_cast<std::size_t>(
      std::count_if(texts.begin(), texts.end(), [](const RatedText& text) { return text.liked; }));
  if (std::min(liked, texts.size() - liked) < fewest_of_a_kind) return {};
  const Examples examples = read_examples(sampled(texts));
  OpinionFitOptions chosen = options;
  if (chosen.ridge <= 0) chosen.ridge = chosen_ridge(examples, default_lexicon_weight, options);
  std::vector<std::uint32_t> all(examples.rows.size());
  std::iota(all.begin(), all.end(), 0U);
  const Fitted fitted = descend(examples, std::move(all), default_lexicon_weight, chosen);
  OpinionModel model;
  model.lexicon_weight_ = fitted.lexicon.value();
  model.bias_ = fitted.bias.value();
  model.hashes_ = examples.hashes;
  for (const Weight& weight : fitted.weights)
    model.weights_.push_back(static_cast<float>(weight.value()));
  return model;
}

double OpinionModel::positive(const OpinionReading& reading) const {
  double margin = bias_ + lexicon_weight_ * balance(reading);
  double sum = 0;
  for (const std::uint64_t hash : reading.features) {
    const auto place = std::lower_bound(hashes_.begin(), hashes_.end(), hash);
    if (place != hashes_.end() && *place == hash)
      sum += weights_[static_cast<std::size_t>(place - hashes_.begin())];
  }
  margin += sum * value_of(reading.features.size());
  return logistic(margin);
}

double OpinionModel::positive(std::string_view text) const {
  return positive(read_opinion(text, learned()));
}

std::string OpinionModel::save() const {
  std::string bytes;
  if (!learned()) return bytes;
  const std::uint64_t count = hashes_.size();
  append(bytes, &magic, 1);
  append(bytes, &count, 1);
  append(bytes, &lexicon_weight_, 1);
  append(bytes, &bias_, 1);
  append(bytes, hashes_.data(), hashes_.size());
  append(bytes, weights_.data(), weights_.size());
  return bytes;
}

Result<OpinionModel> OpinionModel::load(std::span<const std::byte> bytes) {
  OpinionModel model;
  if (bytes.empty()) return model;
  const auto corrupt = [] {
    return fail(ErrorCode::corrupt, "cannot read the opinion model: not one of limn's, or cut off");
  };
  std::size_t at = 0;
  const auto read = [&](void* target, std::size_t size) {
    if (bytes.size() - at < size) return false;
    std::memcpy(target, bytes.data() + at, size);
    at += size;
    return true;
  };
  std::uint32_t found = 0;
  std::uint64_t count = 0;
  if (!read(&found, sizeof(found)) || found != magic || !read(&count, sizeof(count)) ||
      !read(&model.lexicon_weight_, sizeof(double)) || !read(&model.bias_, sizeof(double))) {
    return corrupt();
  }
  constexpr std::size_t row = sizeof(std::uint64_t) + sizeof(float);
  if (count != (bytes.size() - at) / row || (bytes.size() - at) % row != 0) return corrupt();
  model.hashes_.resize(count);
  model.weights_.resize(count);
  read(model.hashes_.data(), count * sizeof(std::uint64_t));
  read(model.weights_.data(), count * sizeof(float));
  const auto finite = [](double value) { return std::isfinite(value); };
  if (!finite(model.lexicon_weight_) || !finite(model.bias_) ||
      !std::is_sorted(model.hashes_.begin(), model.hashes_.end()) ||
      !std::all_of(model.weights_.begin(), model.weights_.end(), finite)) {
    return corrupt();
  }
  return model;
}

OpinionFit fit_opinion(std::span<const RatedText> texts, const OpinionFitOptions& options) {
  constexpr std::size_t held_back = 5;  // every fifth
  std::vector<RatedText> train;
  std::vector<RatedText> test;
  for (std::size_t i = 0; i < texts.size(); ++i)
    (i % held_back == held_back - 1 ? test : train).push_back(texts[i]);
  OpinionFit fit;
  fit.texts = texts.size();
  fit.tested = test.size();
  const OpinionModel part = OpinionModel::fit(train, options);
  fit.accuracy = accuracy(part, test);
  fit.lexicon_accuracy = accuracy(OpinionModel(), test);
  const auto liked = static_cast<double>(
      std::count_if(test.begin(), test.end(), [](const RatedText& text) { return text.liked; }));
  const auto all = static_cast<double>(std::max<std::size_t>(1, test.size()));
  fit.majority = std::max(liked, all - liked) / all;
  if (part.learned() && fit.accuracy >= fit.lexicon_accuracy)
    fit.model = OpinionModel::fit(texts, options);
  return fit;
}

}  // namespace limn
