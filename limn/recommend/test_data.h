// Small random histories and matrices for this layer's tests.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "limn/core/matrix.h"
#include "limn/core/random.h"
#include "limn/core/sparse.h"
#include "limn/core/types.h"
#include "limn/core/vector_ops.h"

namespace limn {

// Owned histories, and the borrowed view of them that the fits take.
struct TestHistories {
  std::vector<std::vector<HistoryEntry>> owned;

  [[nodiscard]] std::vector<History> views() const { return {owned.begin(), owned.end()}; }
};

// Each user has 0 to 2 * mean_length events of weights from -0.3 to 1.2, a day apart.
inline TestHistories random_histories(std::size_t users, std::size_t items, std::size_t mean_length,
                                      std::uint64_t seed) {
  constexpr float weights[] = {-0.3F, 0.0F, 0.4F, 1.0F, 1.2F};
  Random random(seed);
  TestHistories histories;
  std::int64_t event = 0;
  for (std::size_t u = 0; u < users; ++u) {
    auto& history = histories.owned.emplace_back();
    const std::uint64_t length = random.below(2 * mean_length + 1);
    for (std::uint64_t i = 0; i < length; ++i) {
      history.push_back({.item = static_cast<ItemIndex>(random.below(items)),
                         .weight = weights[random.below(5)],
                         .time = Time(std::chrono::days(i)),
                         .event = ++event});
    }
  }
  return histories;
}

// (users, items), about `per_row` entries a row, of values in [0.5, 1.5).
inline SparseMatrix random_interactions(std::size_t users, std::size_t items, std::size_t per_row,
                                        std::uint64_t seed) {
  Random random(seed);
  std::vector<Triplet> triplets;
  for (std::uint32_t u = 0; u < users; ++u) {
    for (std::uint32_t i = 0; i < items; ++i) {
      if (random.below(items) >= per_row) continue;
      triplets.push_back({u, i, static_cast<float>(0.5 + random.uniform())});
    }
  }
  return SparseMatrix::from_triplets(users, items, std::move(triplets));
}

// Of a normal distribution.
inline std::vector<float> random_floats(std::size_t size, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(size);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

// Rows of length 1 in random directions.
inline Matrix random_embeddings(std::size_t rows, std::size_t dim, std::uint64_t seed) {
  Random random(seed);
  Matrix matrix(rows, dim);
  for (std::size_t i = 0; i < rows; ++i) {
    for (float& value : matrix.row(i)) value = static_cast<float>(random.normal());
  }
  normalize_rows(matrix);
  return matrix;
}

using Dense = std::vector<std::vector<double>>;

// The matrix with every entry written out.
inline Dense dense(SparseView matrix) {
  Dense rows(matrix.rows(), std::vector<double>(matrix.cols()));
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    const SparseRow row = matrix.row(i);
    for (std::size_t j = 0; j < row.size(); ++j) rows[i][row.cols[j]] = row.values[j];
  }
  return rows;
}

// Gauss and Jordan, in double; checks the library's factorisation without LAPACK.
inline Dense inverse(Dense a) {
  const std::size_t n = a.size();
  Dense result(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i) result[i][i] = 1;
  for (std::size_t pivot = 0; pivot < n; ++pivot) {
    const double scale = 1 / a[pivot][pivot];  // positive definite: no exchange of rows is needed
    for (std::size_t j = 0; j < n; ++j) {
      a[pivot][j] *= scale;
      result[pivot][j] *= scale;
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (i == pivot) continue;
      const double factor = a[i][pivot];
      for (std::size_t j = 0; j < n; ++j) {
        a[i][j] -= factor * a[pivot][j];
        result[i][j] -= factor * result[pivot][j];
      }
    }
  }
  return result;
}

inline bool same_bytes(SparseView a, SparseView b) {
  const auto equal = [](auto x, auto y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end());
  };
  return a.cols() == b.cols() && equal(a.offsets(), b.offsets()) &&
         equal(a.indices(), b.indices()) && equal(a.values(), b.values());
}

}  // namespace limn
