#include "limn/text/term_weights.h"

#include <cmath>
#include <cstdint>
#include <numeric>

#include "limn/core/check.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

// A matrix with the entries of `counts`, each replaced by weight(row, column, count).
template <typename Weight>
SparseMatrix weighted(SparseView counts, const Weight& weight) {
  std::vector<float> values(counts.nonzeros());
  for (std::size_t i = 0; i < counts.rows(); ++i) {
    const SparseRow row = counts.row(i);
    for (std::size_t e = 0; e < row.size(); ++e) {
      values[counts.offsets()[i] + e] = weight(i, row.cols[e], row.values[e]);
    }
  }
  return SparseMatrix({counts.offsets().begin(), counts.offsets().end()},
                      {counts.indices().begin(), counts.indices().end()}, std::move(values),
                      counts.cols());
}

}  // namespace

std::vector<float> inverse_document_frequencies(const Vocabulary& vocabulary) {
  std::vector<float> idf(vocabulary.size());
  const auto texts = static_cast<double>(vocabulary.texts());
  for (std::uint32_t id = 0; id < idf.size(); ++id) {
    const double df = vocabulary.document_frequency(id);
    idf[id] = static_cast<float>(std::log((1 + texts) / (1 + df)) + 1);
  }
  return idf;
}

SparseMatrix tf_idf(SparseView counts, std::span<const float> idf, const TfIdfOptions& options) {
  LIMN_CHECK(idf.size() == counts.cols());
  SparseMatrix weights = weighted(counts, [&](std::size_t, std::uint32_t term, float count) {
    return idf[term] * (options.sublinear ? 1 + std::log(count) : count);
  });
  if (!options.normalize) return weights;
  const SparseView view = weights;
  for (std::size_t i = 0; i < view.rows(); ++i) {
    normalize(weights.values().subspan(view.offsets()[i], view.row(i).size()));
  }
  return weights;
}

SparseMatrix bm25(SparseView counts, const Vocabulary& vocabulary, const Bm25Options& options) {
  LIMN_CHECK(counts.cols() == vocabulary.size());
  std::vector<double> lengths(counts.rows());
  for (std::size_t i = 0; i < counts.rows(); ++i) {
    const SparseRow row = counts.row(i);
    lengths[i] = std::accumulate(row.values.begin(), row.values.end(), 0.0);
  }
  const double total = std::accumulate(lengths.begin(), lengths.end(), 0.0);
  const double mean = total / static_cast<double>(std::max<std::size_t>(1, counts.rows()));
  const auto texts = static_cast<double>(vocabulary.texts());

  return weighted(counts, [&](std::size_t i, std::uint32_t term, float count) {
    const double df = vocabulary.document_frequency(term);
    const double idf = std::log(1 + (texts - df + 0.5) / (df + 0.5));
    const double norm = options.k1 * (1 - options.b + options.b * lengths[i] / mean);
    return static_cast<float>(idf * count * (options.k1 + 1) / (count + norm));
  });
}

}  // namespace limn
