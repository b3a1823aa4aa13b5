// Randomised subspace iteration: Halko, Martinsson and Tropp, "Finding structure with randomness",
// SIAM Review 53 (2011), algorithms 4.4 and 5.1.
//
// A random block of k directions is multiplied by A and A' in turn until it spans the directions in
// which A stretches most; what is left is the SVD of a (k, k) triangle, by Jacobi rotations. Every
// product is a pass over the nonzeros, so this costs a few of them; Lanczos would cost hundreds.
//
// Blocks are made orthonormal by Cholesky QR (Yamamoto et al. 2015): one Gram matrix in double, and
// no column-by-column passes over the memory. Sums are kept by chunk and added in order, so the
// result does not depend on the number of threads.
#include "limn/core/svd.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

constexpr std::size_t row_grain = 512;   // rows a chunk of a parallel loop
constexpr std::size_t gram_chunks = 32;  // partial Gram matrices, each (k, k) doubles
constexpr int max_sweeps = 40;           // Jacobi needs about ten

// A (k, k) matrix of doubles, row-major.
class Square {
 public:
  explicit Square(std::size_t k) : values_(k * k), k_(k) {}
  [[nodiscard]] std::size_t size() const { return k_; }
  [[nodiscard]] double* row(std::size_t i) { return values_.data() + i * k_; }
  [[nodiscard]] const double* row(std::size_t i) const { return values_.data() + i * k_; }
  double& at(std::size_t i, std::size_t j) { return values_[i * k_ + j]; }
  [[nodiscard]] double at(std::size_t i, std::size_t j) const { return values_[i * k_ + j]; }

 private:
  std::vector<double> values_;
  std::size_t k_;
};

Matrix random_block(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Matrix block(rows, cols);
  parallel_for(rows, row_grain, [&](std::size_t begin, std::size_t end) {
    Random random(seed + begin);
    for (float& value : std::span(block.row(begin).data(), (end - begin) * cols)) {
      value = static_cast<float>(random.normal());
    }
  });
  return block;
}

// block (n, k) times right (k, k).
Matrix product(const Matrix& block, const Square& right) {
  const std::size_t k = right.size();
  Matrix factor(k, k);
  for (std::size_t i = 0; i < k; ++i) {
    std::transform(right.row(i), right.row(i) + k, factor.row(i).begin(),
                   [](double value) { return static_cast<float>(value); });
  }
  Matrix result(block.rows(), k);
  parallel_for(block.rows(), row_grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t j = 0; j < k; ++j) {
        add_scaled(result.row(i), block.row(i)[j], factor.row(j));
      }
    }
  });
  return result;
}

Square product(const Square& left, const Square& right) {
  const std::size_t k = left.size();
  Square result(k);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) {
      const double scale = left.at(i, j);
      for (std::size_t l = 0; l < k; ++l) result.at(i, l) += scale * right.at(j, l);
    }
  }
  return result;
}

// Adds the lower triangle of rows' * rows, in double: it squares what was ill-conditioned already.
void add_gram(MatrixView rows, Square& gram) {
  const std::size_t k = rows.cols();
  std::vector<double> wide(k);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    std::copy(rows.row(r).begin(), rows.row(r).end(), wide.begin());
    for (std::size_t i = 0; i < k; ++i) {
      double* target = gram.row(i);
      const double scale = wide[i];
      for (std::size_t j = 0; j <= i; ++j) target[j] += scale * wide[j];
    }
  }
}

// block' * block, lower triangle.
Square gram(const Matrix& block) {
  const std::size_t k = block.cols();
  const std::size_t grain = std::max(row_grain, (block.rows() + gram_chunks - 1) / gram_chunks);
  std::vector<Square> partial((block.rows() + grain - 1) / grain, Square(k));
  parallel_for(block.rows(), grain, [&](std::size_t begin, std::size_t end) {
    add_gram(block.view().slice(begin, end - begin), partial[begin / grain]);
  });
  Square sum(k);
  for (const Square& part : partial) {
    std::transform(part.row(0), part.row(0) + k * k, sum.row(0), sum.row(0), std::plus<>());
  }
  return sum;
}

// left' * right, of blocks of one shape; in double, by chunk, as gram().
Square cross(const Matrix& left, const Matrix& right) {
  const std::size_t k = left.cols();
  const std::size_t grain = std::max(row_grain, (left.rows() + gram_chunks - 1) / gram_chunks);
  std::vector<Square> partial((left.rows() + grain - 1) / grain, Square(k));
  parallel_for(left.rows(), grain, [&](std::size_t begin, std::size_t end) {
    Square& sum = partial[begin / grain];
    for (std::size_t r = begin; r < end; ++r) {
      for (std::size_t i = 0; i < k; ++i) {
        const double scale = left.row(r)[i];
        for (std::size_t j = 0; j < k; ++j) sum.at(i, j) += scale * double{right.row(r)[j]};
      }
    }
  });
  Square sum(k);
  for (const Square& part : partial) {
    std::transform(part.row(0), part.row(0) + k * k, sum.row(0), sum.row(0), std::plus<>());
  }
  return sum;
}

// The upper triangle R with R'R = gram, and its inverse; a column that depends on those before it,
// as far as floats can tell, has a row of zeros in R and a column of zeros in the inverse.
struct Triangle {
  Square r;
  Square inverse;
};

Triangle cholesky(const Square& gram) {
  // Columns are floats: what is left of one after projection is noise below 1e-6 of its length.
  constexpr double dependent = 1e-12;
  const std::size_t k = gram.size();
  Triangle triangle{Square(k), Square(k)};
  Square& r = triangle.r;
  Square& inverse = triangle.inverse;
  for (std::size_t j = 0; j < k; ++j) {
    double left = gram.at(j, j);
    for (std::size_t i = 0; i < j; ++i) left -= r.at(i, j) * r.at(i, j);
    if (left <= dependent * gram.at(j, j)) continue;
    r.at(j, j) = std::sqrt(left);
    for (std::size_t l = j + 1; l < k; ++l) {
      double sum = gram.at(l, j);
      for (std::size_t i = 0; i < j; ++i) sum -= r.at(i, j) * r.at(i, l);
      r.at(j, l) = sum / r.at(j, j);
    }
    inverse.at(j, j) = 1 / r.at(j, j);
    for (std::size_t i = 0; i < j; ++i) {
      double sum = 0;
      for (std::size_t l = i; l < j; ++l) sum += inverse.at(i, l) * r.at(l, j);
      inverse.at(i, j) = -sum / r.at(j, j);
    }
  }
  return triangle;
}

// An orthonormal basis q of a block's columns, and the triangle with block = q r.
struct Basis {
  Matrix q;
  Square r;
};

// Twice is enough: the first pass leaves what rounding spoiled, the second one mends it.
Basis orthonormalize(const Matrix& block) {
  const Triangle first = cholesky(gram(block));
  const Matrix rough = product(block, first.inverse);
  const Triangle second = cholesky(gram(rough));
  return {product(rough, second.inverse), product(second.r, first.r)};
}

// One pass only: between two products the basis need not be exact.
Matrix rough_basis(const Matrix& block) {
  return product(block, cholesky(gram(block)).inverse);
}

// Turns rows x and y by an angle: the plane rotation of Jacobi's method.
void rotate(double* x, double* y, std::size_t k, double cosine, double sine) {
  for (std::size_t i = 0; i < k; ++i) {
    const double old = x[i];
    x[i] = cosine * old - sine * y[i];
    y[i] = sine * old + cosine * y[i];
  }
}

// Rotates rows p and q of `rows` until they are orthogonal, and those of `turned` alike. Returns
// whether they were not before.
bool make_orthogonal(Square& rows, Square& turned, std::size_t p, std::size_t q) {
  const std::size_t k = rows.size();
  const double alpha = std::inner_product(rows.row(p), rows.row(p) + k, rows.row(p), 0.0);
  const double beta = std::inner_product(rows.row(q), rows.row(q) + k, rows.row(q), 0.0);
  const double gamma = std::inner_product(rows.row(p), rows.row(p) + k, rows.row(q), 0.0);
  if (std::abs(gamma) <= 1e-14 * std::sqrt(alpha * beta)) return false;

  const double zeta = (beta - alpha) / (2 * gamma);
  const double tangent = std::copysign(1.0, zeta) / (std::abs(zeta) + std::hypot(1.0, zeta));
  const double cosine = 1 / std::hypot(1.0, tangent);
  rotate(rows.row(p), rows.row(q), k, cosine, cosine * tangent);
  rotate(turned.row(p), turned.row(q), k, cosine, cosine * tangent);
  return true;
}

// matrix = left * diag(s) * right', with unsorted s.
struct SquareSvd {
  Square left;
  std::vector<double> s;
  Square right;
};

// One-sided Jacobi (Hestenes 1958): rotates the columns of `matrix` until they are orthogonal;
// their lengths are the singular values. Rows are columns here, for the memory's sake.
SquareSvd jacobi(const Square& matrix) {
  const std::size_t k = matrix.size();
  Square columns(k);
  Square turned(k);
  for (std::size_t i = 0; i < k; ++i) {
    turned.at(i, i) = 1;
    for (std::size_t j = 0; j < k; ++j) columns.at(j, i) = matrix.at(i, j);
  }
  bool rotated = true;
  for (int sweep = 0; rotated && sweep < max_sweeps; ++sweep) {
    rotated = false;
    for (std::size_t p = 0; p < k; ++p) {
      for (std::size_t q = p + 1; q < k; ++q) {
        if (make_orthogonal(columns, turned, p, q)) rotated = true;
      }
    }
  }
  SquareSvd svd{Square(k), std::vector<double>(k), Square(k)};
  for (std::size_t j = 0; j < k; ++j) {
    const double* column = columns.row(j);
    svd.s[j] = std::sqrt(std::inner_product(column, column + k, column, 0.0));
    for (std::size_t i = 0; i < k; ++i) {
      svd.left.at(i, j) = svd.s[j] > 0 ? column[i] / svd.s[j] : 0;
      svd.right.at(i, j) = turned.at(j, i);
    }
  }
  return svd;
}

// The columns of `matrix` that `order` names, each times its sign.
Matrix pick_columns(const Matrix& matrix, std::span<const std::size_t> order,
                    std::span<const float> signs) {
  Matrix picked(matrix.rows(), order.size());
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    for (std::size_t j = 0; j < order.size(); ++j) {
      picked.row(i)[j] = signs[j] * matrix.row(i)[order[j]];
    }
  }
  return picked;
}

// -1 for a column whose largest entry is negative, else 1: a vector and its opposite are the same
// direction, and this chooses between them.
std::vector<float> column_signs(const Matrix& matrix, std::span<const std::size_t> order) {
  std::vector<float> largest(order.size(), 0);
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    for (std::size_t j = 0; j < order.size(); ++j) {
      const float value = matrix.row(i)[order[j]];
      if (std::abs(value) > std::abs(largest[j])) largest[j] = value;
    }
  }
  for (float& value : largest) value = value < 0 ? -1.0F : 1.0F;
  return largest;
}

// The `rank` largest that are not mere rounding, falling.
std::vector<std::size_t> largest_first(std::span<const double> s, std::size_t rank) {
  std::vector<std::size_t> order(s.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return s[a] > s[b]; });
  order.resize(std::min(rank, order.size()));
  const double noise = order.empty() ? 0 : 1e-6 * s[order.front()];
  while (!order.empty() && s[order.back()] <= noise) order.pop_back();
  return order;
}

}  // namespace

Svd randomized_svd(SparseView a, std::size_t rank, const SvdOptions& options) {
  const std::size_t smaller = std::min(a.rows(), a.cols());
  const std::size_t k = std::min(rank + options.oversampling, smaller);
  if (k == 0) return {Matrix(a.rows(), 0), {}, Matrix(a.cols(), 0)};

  const SparseMatrix transposed = transpose(a);
  Matrix image = product(a, random_block(a.cols(), k, options.seed));
  for (int i = 0; i < options.power_iterations; ++i) {
    image = product(a, rough_basis(product(transposed, rough_basis(image))));
  }

  // a = q q' a = q (a' q)' = q (basis r)' = q r' basis'; the SVD of r is all that is missing.
  const Matrix q = orthonormalize(image).q;
  const Basis rest = orthonormalize(product(transposed, q));
  const SquareSvd core = jacobi(rest.r);
  const Matrix u = product(q, core.right);
  const Matrix v = product(rest.q, core.left);

  const std::vector<std::size_t> order = largest_first(core.s, rank);
  const std::vector<float> signs = column_signs(v, order);
  Svd svd{pick_columns(u, order, signs), {}, pick_columns(v, order, signs)};
  for (const std::size_t j : order) svd.s.push_back(static_cast<float>(core.s[j]));
  return svd;
}

Eigenpairs top_eigenpairs(std::size_t n, std::size_t rank,
                          const std::function<Matrix(const Matrix&)>& multiply,
                          const SvdOptions& options) {
  const std::size_t k = std::min(rank + options.oversampling, n);
  if (k == 0) return {{}, Matrix(n, 0)};
  Matrix basis = orthonormalize(random_block(n, k, options.seed)).q;
  for (int i = 0; i + 1 < options.power_iterations; ++i) basis = rough_basis(multiply(basis));
  if (options.power_iterations > 0) basis = orthonormalize(multiply(basis)).q;

  // Within the basis the matrix is (k, k), and symmetric but for rounding; without an eigenvalue
  // below 0 its SVD is what is wanted.
  const Square found = cross(basis, multiply(basis));
  Square within(k);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) within.at(i, j) = (found.at(i, j) + found.at(j, i)) / 2;
  }
  const SquareSvd core = jacobi(within);
  const Matrix vectors = product(basis, core.left);
  const std::vector<std::size_t> order = largest_first(core.s, rank);
  Eigenpairs pairs{{}, pick_columns(vectors, order, column_signs(vectors, order))};
  for (const std::size_t j : order) pairs.values.push_back(static_cast<float>(core.s[j]));
  return pairs;
}

}  // namespace limn
