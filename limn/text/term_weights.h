// Weights of terms in texts: TF-IDF and BM25.
#pragma once

#include <span>
#include <vector>

#include "limn/core/sparse.h"
#include "limn/text/vocabulary.h"

namespace limn {

struct TfIdfOptions {
  bool sublinear = true;  // 1 + ln(count) instead of the count
  bool normalize = true;  // rows of length 1
};

// ln((1 + texts) / (1 + df)) + 1 for each term: as if one more text had every term, so that none
// weighs nothing. (terms).
[[nodiscard]] std::vector<float> inverse_document_frequencies(const Vocabulary& vocabulary);

// Term counts (n, terms) to weights: frequency in the text x `idf` of the term.
// Requires idf.size() == counts.cols().
[[nodiscard]] SparseMatrix tf_idf(SparseView counts, std::span<const float> idf,
                                  const TfIdfOptions& options = {});

struct Bm25Options {
  double k1 = 1.2;  // how soon a term repeated adds no more
  double b = 0.75;  // how much a long text is held against its counts: 0 not, 1 in proportion
};

// Term counts (n, terms) to Okapi BM25 weights (Robertson and Zaragoza 2009): the score of a query
// is the sum of its terms' weights. The idf is ln(1 + (texts - df + .5) / (df + .5)), never
// negative. Requires counts.cols() == vocabulary.size().
[[nodiscard]] SparseMatrix bm25(SparseView counts, const Vocabulary& vocabulary,
                                const Bm25Options& options = {});

}  // namespace limn
