// With X the weights of tokens in texts (texts, tokens), T the teacher's embeddings and U0 the
// tokens' vectors, the fit looks for U = U0 + D that minimizes |X U - T|^2 + ridge |D|^2. There are
// more tokens than texts, and D = X' A where A solves (X X' + ridge I) A = T - X U0: conjugate
// gradients need no more than products with X, which is sparse.
#include "limn/encode/distill.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "limn/core/file.h"
#include "limn/core/parallel.h"
#include "limn/core/progress.h"
#include "limn/core/sparse.h"
#include "limn/core/svd.h"
#include "limn/core/vector_ops.h"
#include "limn/encode/bert.h"
#include "limn/encode/sentence_folder.h"
#include "limn/nn/tensor_file.h"
#include "limn/nn/tokenizer.h"
#include "limn/nn/transformer.h"

namespace limn {
namespace {

constexpr double smoothing = 1e-3;      // the a of a / (a + p)
constexpr double zipf_tokens = 1e5;     // how much text the vocabulary's order stands for
constexpr double relative_ridge = 0.1;  // of the mean of X X' on its diagonal
constexpr std::size_t tokens_at_once = 64;
constexpr std::size_t grain = 64;

using Tokens = std::vector<std::vector<TokenId>>;

// What the Transformer makes of each token between the first and the last: (tokens, dim), the mean
// of the rows.
Result<Matrix> token_vectors(const std::filesystem::path& folder, const Tokenizer& tokenizer) {
  LIMN_TRY(const TransformerConfig config, read_transformer_config(folder));
  LIMN_TRY(TensorFile tensors, TensorFile::open(folder));
  LIMN_TRY(const Transformer transformer, Transformer::load(config, std::move(tensors)));
  const std::vector<TokenId> around = tokenizer.ids("", 2);  // the first and the last token
  const std::size_t length = around.size() + 1;
  const std::size_t tokens = tokenizer.vocabulary_size();

  Matrix vectors(tokens, config.dim);
  Progress progress("distill: tokens", tokens);
  parallel_for(tokens, tokens_at_once, [&](std::size_t begin, std::size_t end) {
    if (Interrupt::requested()) return;
    Tokens texts;
    for (std::size_t t = begin; t < end; ++t) {
      texts.push_back(around);
      texts.back().insert(texts.back().begin() + (around.empty() ? 0 : 1), static_cast<TokenId>(t));
    }
    const std::vector<std::span<const TokenId>> borrowed(texts.begin(), texts.end());
    const Matrix rows = transformer.forward(borrowed);
    for (std::size_t t = begin; t < end; ++t) {
      for (std::size_t r = 0; r < length; ++r) {
        add_scaled(vectors.row(t), 1.0F / static_cast<float>(length),
                   rows.row(length * (t - begin) + r));
      }
    }
    progress.add(end - begin);
  });
  LIMN_TRY_VOID(Interrupt::check("distill"));
  return vectors;
}

std::vector<float> mean_row(MatrixView rows) {
  std::vector<float> mean(rows.cols(), 0.0F);
  for (std::size_t i = 0; i < rows.rows(); ++i) add_scaled(mean, 1, rows.row(i));
  scale(mean, 1.0F / static_cast<float>(std::max<std::size_t>(1, rows.rows())));
  return mean;
}

void subtract(Matrix& rows, std::span<const float> mean) {
  for (std::size_t i = 0; i < rows.rows(); ++i) add_scaled(rows.row(i), -1, mean);
}

// `count` of `n`, evenly spread.
std::vector<std::size_t> spread(std::size_t n, std::size_t count) {
  count = std::min(count, n);
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < count; ++i) places.push_back(i * n / count);
  return places;
}

// Those that stand at `places`.
template <typename T>
std::vector<T> chosen(std::span<const T> all, std::span<const std::size_t> places) {
  std::vector<T> some;
  for (const std::size_t place : places) some.push_back(all[place]);
  return some;
}

// The tokens of each text.
Tokens tokenize(const Tokenizer& tokenizer, std::span<const std::string> texts) {
  Tokens tokens(texts.size());
  parallel_for(texts.size(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      tokens[i] = tokenizer.pieces(texts[i]);
    }
  });
  return tokens;
}

// a / (a + p) by token. p is the share of all tokens, of those of the texts and of as many as
// `zipf_tokens` whose shares fall as Zipf's law says: vocabularies begin with the frequent ones.
std::vector<float> token_weights(const Tokens& texts, std::size_t tokens) {
  std::vector<double> counts(tokens);
  double harmonic = 0;
  for (std::size_t t = 0; t < tokens; ++t) harmonic += 1 / static_cast<double>(t + 1);
  for (std::size_t t = 0; t < tokens; ++t) {
    counts[t] = zipf_tokens / (static_cast<double>(t + 1) * harmonic);
  }
  double total = zipf_tokens;
  for (const std::vector<TokenId>& text : texts) {
    for (const TokenId token : text) counts[token] += 1;
    total += static_cast<double>(text.size());
  }
  std::vector<float> weights(tokens);
  for (std::size_t t = 0; t < tokens; ++t) {
    weights[t] = static_cast<float>(smoothing / (smoothing + counts[t] / total));
  }
  return weights;
}

// (texts, tokens): how much of a text each of its tokens is, weights included.
SparseMatrix weights_in_texts(const Tokens& texts, std::span<const float> weights) {
  std::vector<Triplet> triplets;
  for (std::uint32_t i = 0; i < texts.size(); ++i) {
    const float share = 1.0F / static_cast<float>(std::max<std::size_t>(1, texts[i].size()));
    for (const TokenId token : texts[i]) triplets.push_back({i, token, share * weights[token]});
  }
  return SparseMatrix::from_triplets(texts.size(), weights.size(), std::move(triplets));
}

// By column, the sum over rows of a * b.
std::vector<double> column_dots(MatrixView a, MatrixView b) {
  std::vector<double> sums(a.cols());
  for (std::size_t i = 0; i < a.rows(); ++i) {
    const std::span<const float> x = a.row(i);
    const std::span<const float> y = b.row(i);
    for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += double{x[c]} * double{y[c]};
  }
  return sums;
}

// y += sign * x, each column times its factor.
void add_columns(Matrix& y, double sign, std::span<const double> factors, MatrixView x) {
  for (std::size_t i = 0; i < y.rows(); ++i) {
    const std::span<float> to = y.row(i);
    const std::span<const float> from = x.row(i);
    for (std::size_t c = 0; c < factors.size(); ++c) {
      to[c] += static_cast<float>(sign * factors[c] * double{from[c]});
    }
  }
}

std::vector<double> ratios(std::span<const double> a, std::span<const double> b) {
  std::vector<double> result(a.size());
  for (std::size_t c = 0; c < a.size(); ++c) result[c] = b[c] > 0 ? a[c] / b[c] : 0;
  return result;
}

// (x x' + ridge I)^-1 right, by conjugate gradients (Hestenes and Stiefel, 1952), column by column
// at once.
Result<Matrix> solve(SparseView x, SparseView x_transposed, float ridge, Matrix right) {
  constexpr int most_steps = 100;
  constexpr double small = 1e-6;  // of the squared length at first
  Matrix solution(right.rows(), right.cols());
  Matrix residual = std::move(right);
  Matrix direction = residual;
  std::vector<double> lengths = column_dots(residual, residual);
  const double first = *std::max_element(lengths.begin(), lengths.end());
  for (int step = 0; step < most_steps; ++step) {
    if (*std::max_element(lengths.begin(), lengths.end()) <= small * first) break;
    LIMN_TRY_VOID(Interrupt::check("distill"));
    Matrix image = product(x, product(x_transposed, direction));
    for (std::size_t i = 0; i < image.rows(); ++i) {
      add_scaled(image.row(i), ridge, direction.row(i));
    }
    const std::vector<double> along = ratios(lengths, column_dots(direction, image));
    add_columns(solution, 1, along, direction);
    add_columns(residual, -1, along, image);
    const std::vector<double> now = column_dots(residual, residual);
    const std::vector<double> turn = ratios(now, lengths);
    Matrix next = residual;
    add_columns(next, 1, turn, direction);
    direction = std::move(next);
    lengths = now;
  }
  return solution;
}

double mean_squared_length(SparseView rows) {
  double sum = 0;
  for (const float value : rows.values()) sum += double{value} * double{value};
  return sum / static_cast<double>(std::max<std::size_t>(1, rows.rows()));
}

// Moves the tokens' vectors so that the texts' come close to `targets`; returns the texts'.
// Texts weigh the same, whatever the length of their mean: only its direction is used.
Result<Matrix> fit(SparseMatrix shares, Matrix targets, Matrix& vectors) {
  Matrix texts = product(shares, vectors);
  for (std::size_t i = 0; i < texts.rows(); ++i) {
    const float length = normalize(texts.row(i));
    for (float& value : shares.row_values(i)) value = length > 0 ? value / length : 0;
  }
  subtract(targets, mean_row(targets));

  // The targets' scale: that at which they are closest before anything is moved.
  double along = 0;
  double squared = 0;
  for (std::size_t i = 0; i < texts.rows(); ++i) {
    along += double{dot(texts.row(i), targets.row(i))};
    squared += double{dot(texts.row(i), texts.row(i))};
  }
  const auto closest = static_cast<float>(squared > 0 && along > 0 ? along / squared : 1);
  for (std::size_t t = 0; t < vectors.rows(); ++t) scale(vectors.row(t), closest);
  for (std::size_t i = 0; i < texts.rows(); ++i) {
    add_scaled(targets.row(i), -closest, texts.row(i));  // what is left to explain
  }

  const auto ridge = static_cast<float>(relative_ridge * mean_squared_length(shares));
  const SparseMatrix transposed = transpose(shares);
  LIMN_TRY(const Matrix dual, solve(shares, transposed, ridge, std::move(targets)));
  const Matrix moves = product(transposed, dual);
  for (std::size_t t = 0; t < vectors.rows(); ++t) add_scaled(vectors.row(t), 1, moves.row(t));
  return product(shares, vectors);
}

// The `count` directions in which rows stretch most: (count, cols), orthonormal. Of many rows every
// so-manieth is looked at.
Matrix principal_directions(MatrixView rows, std::size_t count) {
  constexpr std::size_t looked_at = 4000;
  const std::size_t step = std::max<std::size_t>(1, rows.rows() / looked_at);
  const std::size_t dim = rows.cols();
  std::vector<Triplet> products(dim * dim);
  parallel_for(dim, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t c = begin; c < end; ++c) {
      std::vector<float> sums(dim, 0.0F);
      for (std::size_t i = 0; i < rows.rows(); i += step) {
        add_scaled(sums, rows.row(i)[c], rows.row(i));
      }
      for (std::size_t d = 0; d < dim; ++d) {
        products[c * dim + d] = {static_cast<std::uint32_t>(c), static_cast<std::uint32_t>(d),
                                 sums[d]};
      }
    }
  });
  const Svd svd = randomized_svd(SparseMatrix::from_triplets(dim, dim, std::move(products)), count);
  Matrix directions(svd.s.size(), dim);
  for (std::size_t d = 0; d < dim; ++d) {
    for (std::size_t k = 0; k < svd.s.size(); ++k) directions.row(k)[d] = svd.v.row(d)[k];
  }
  return directions;
}

// Each row's share along each direction, times the row's weight.
Matrix project(MatrixView rows, MatrixView directions, std::span<const float> weights) {
  Matrix projected(rows.rows(), directions.rows());
  parallel_for(rows.rows(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t t = begin; t < end; ++t) {
      multiply(directions, rows.row(t), projected.row(t));
      scale(projected.row(t), weights[t]);
    }
  });
  return projected;
}

}  // namespace

Result<StaticVectors> distill(const std::filesystem::path& teacher,
                              std::span<const std::string> corpus, const DistillOptions& options) {
  StaticVectors distilled;
  LIMN_TRY(const SentenceFolder folder, read_sentence_folder(teacher));
  LIMN_TRY(distilled.tokenizer, read_file(folder.transformer / "tokenizer.json"));
  LIMN_TRY(const Tokenizer tokenizer, Tokenizer::open(folder.transformer));
  LIMN_TRY(Matrix vectors, token_vectors(folder.transformer, tokenizer));
  subtract(vectors, mean_row(vectors));

  const Tokens tokens = tokenize(tokenizer, corpus);
  const std::vector<float> weights = token_weights(tokens, tokenizer.vocabulary_size());
  if (corpus.empty()) {
    const Matrix directions = principal_directions(vectors, options.dim);
    distilled.vectors = Int8Rows::quantize(project(vectors, directions, weights));
    return distilled;
  }
  const std::vector<std::size_t> fitted = spread(corpus.size(), options.fitted_texts);
  LIMN_TRY(const auto encoder, load_bert(teacher, {.precision = "fp32"}));
  LIMN_TRY(Encoding targets, encoder->encode(chosen(corpus, fitted)));
  const Tokens fitted_tokens = chosen(std::span<const std::vector<TokenId>>(tokens), fitted);
  LIMN_TRY(const Matrix texts,
           fit(weights_in_texts(fitted_tokens, weights), std::move(targets.embeddings), vectors));
  const Matrix directions = principal_directions(texts, options.dim);
  distilled.vectors = Int8Rows::quantize(project(vectors, directions, weights));
  return distilled;
}

}  // namespace limn
