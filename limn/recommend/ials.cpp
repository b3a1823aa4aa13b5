// iALS++ (Rendle, Krichene, Zhang, Koren, 2021): alternating least squares (Hu, Koren, Volinsky,
// 2008) in which a row is not solved for all its coordinates at once but for one block after
// another, the others held. With the items fixed, a user's loss is quadratic:
//
//   gradient / 2 of block B:  sum_i w_i (<u, v_i> - 1) v_iB + (a0 G u + ridge u)_B,   G = V'V
//   Hessian / 2 of block B:   sum_i w_i v_iB v_iB' + a0 G_BB + ridge I
//
// and one Newton step is exact in the block. The paper goes over all users for a block, and then to
// the next; users do not depend on each other, so here a user's blocks follow one another while the
// user's items are in the cache. The answer is the same. The ridge is that of Rendle, Krichene,
// Zhang, Koren (Revisiting the performance of iALS, 2022).
#include "limn/recommend/ials.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "limn/core/check.h"
#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/core/vector_ops.h"
#include "limn/recommend/factor_kernels.h"

namespace limn {
namespace {

// Rows that a thread takes at once.
constexpr std::size_t rows_per_chunk = 64;

// The scale of the factors at the start (Rendle et al., 2022): products are small beside 1.
constexpr double initial_deviation = 0.1;

// One half of an iteration: `solved` moves, `fixed` stays.
struct Side {
  SparseView pairs;              // (solved rows, fixed rows)
  const FactorRows* fixed;       // v
  const FactorRows* unobserved;  // a0 V'V
  FactorRows* solved;            // u
};

class RowSolver {
 public:
  RowSolver(const Side& side, const IalsOptions& options)
      : side_(side),
        objective_(options.objective),
        dim_(options.dim),
        width_(side.fixed->width()),
        block_(std::min(whole_tiles(options.block), width_)),
        sums_(block_ * block_),
        scratch_(std::max(solve_scratch_size(block_), outer_chunk * block_)),
        step_(block_) {
    for (std::size_t j = 0; j < width_; ++j) every_.push_back(static_cast<std::uint32_t>(j));
  }

  void solve(std::size_t row) {
    const SparseRow pairs = side_.pairs.row(row);
    const ChosenRows chosen{side_.fixed->data(), width_, pairs.cols.data(), pairs.size()};
    float* const u = side_.solved->row(row);
    double observed = 0;
    for (const float weight : pairs.values) observed += weight;
    ridge_ = static_cast<float>(ials_ridge(observed, side_.fixed->rows(), objective_));

    products_.assign(pairs.size(), 0);
    errors_.resize(pairs.size());
    if (block_ == width_) {
      std::fill_n(u, width_, 0.0F);  // one exact step, wherever it starts
    } else {
      kernels_.add_products(chosen, {0, width_}, u, products_.data());
    }
    for (std::size_t begin = 0; begin < width_; begin += block_) {
      solve_block(chosen, pairs.values, {begin, std::min(block_, width_ - begin)}, u);
    }
  }

 private:
  // u_B -= Hessian^-1 gradient, and the products follow.
  void solve_block(const ChosenRows& chosen, std::span<const float> weights, ColumnBlock block,
                   float* u) {
    set_hessian(block);
    kernels_.add_outer(chosen, block, weights.data(), sums_.data(), scratch_.data());
    set_gradient(block, u);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      errors_[i] = weights[i] * (products_[i] - 1);
    }
    kernels_.add_rows(chosen, block, errors_.data(), step_.data());
    kernels_.solve(sums_.data(), block.size, step_.data(), scratch_.data());
    float* const step = step_.data();
    for (std::size_t j = 0; j < block.size; ++j) u[block.begin + j] -= step[j];
    if (block.begin + block.size == width_) return;
    for (std::size_t j = 0; j < block.size; ++j) step[j] = -step[j];
    kernels_.add_products(chosen, block, step, products_.data());
  }

  // a0 G_BB + ridge I. Columns beyond dim are empty, and stay so.
  void set_hessian(ColumnBlock block) {
    for (std::size_t r = 0; r < block.size; ++r) {
      const std::size_t first = r / factor_tile * factor_tile;  // left of it is never read
      float* const to = sums_.data() + r * block.size;
      std::copy_n(side_.unobserved->row(block.begin + r) + block.begin + first, block.size - first,
                  to + first);
      to[r] += block.begin + r < dim_ ? ridge_ : 1;
    }
  }

  // (a0 G u + ridge u)_B.
  void set_gradient(ColumnBlock block, const float* u) {
    for (std::size_t j = 0; j < block.size; ++j) step_.data()[j] = ridge_ * u[block.begin + j];
    if (block_ == width_) return;  // u is 0
    kernels_.add_rows({side_.unobserved->data(), width_, every_.data(), width_}, block, u,
                      step_.data());
  }

  const FactorKernels& kernels_ = factor_kernels();
  const Side& side_;
  const IalsObjective& objective_;
  std::size_t dim_;
  std::size_t width_;
  std::size_t block_;
  float ridge_ = 0;
  AlignedFloats sums_;
  AlignedFloats scratch_;
  AlignedFloats step_;
  std::vector<std::uint32_t> every_;
  std::vector<float> products_;  // <u, v_i>
  std::vector<float> errors_;    // w_i (<u, v_i> - 1)
};

void solve_side(const Side& side, const IalsOptions& options) {
  parallel_for(side.pairs.rows(), rows_per_chunk, [&](std::size_t begin, std::size_t end) {
    RowSolver solver(side, options);
    for (std::size_t row = begin; row < end; ++row) solver.solve(row);
  });
}

// unobserved_weight * V'V.
FactorRows unobserved_gram(const FactorRows& factors, const IalsObjective& objective) {
  FactorRows result = gram(factors);
  const auto weight = static_cast<float>(objective.unobserved_weight);
  for (std::size_t i = 0; i < result.rows(); ++i) scale({result.row(i), result.width()}, weight);
  return result;
}

FactorRows random_factors(std::size_t rows, std::size_t dim, Random& random) {
  FactorRows factors(rows, whole_tiles(dim));
  const double deviation = initial_deviation / std::sqrt(static_cast<double>(dim));
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < dim; ++j) {
      factors.row(i)[j] = static_cast<float>(deviation * random.normal());
    }
  }
  return factors;
}

double squared_norms(SparseView pairs, MatrixView factors, const IalsObjective& objective) {
  double total = 0;
  for (std::size_t i = 0; i < factors.rows(); ++i) {
    double observed = 0;
    for (const float weight : pairs.row(i).values) observed += weight;
    total += ials_ridge(observed, pairs.cols(), objective) * dot(factors.row(i), factors.row(i));
  }
  return total;
}

}  // namespace

double ials_ridge(double observed, std::size_t possible, const IalsObjective& objective) {
  return objective.l2 *
         std::pow(observed + objective.unobserved_weight * static_cast<double>(possible),
                  objective.l2_exponent);
}

IalsFactors fit_ials(SparseView interactions, const IalsOptions& options) {
  LIMN_CHECK(options.dim >= 1);
  LIMN_CHECK(options.block >= 1);
  LIMN_CHECK(options.objective.l2 > 0);
  LIMN_CHECK(options.objective.unobserved_weight >= 0);
  Random random(options.seed);
  FactorRows users = random_factors(interactions.rows(), options.dim, random);
  FactorRows items = random_factors(interactions.cols(), options.dim, random);
  const SparseMatrix users_of_item = transpose(interactions);
  for (int iteration = 0; iteration < options.iterations; ++iteration) {
    const FactorRows of_items = unobserved_gram(items, options.objective);
    solve_side({interactions, &items, &of_items, &users}, options);
    const FactorRows of_users = unobserved_gram(users, options.objective);
    solve_side({users_of_item, &users, &of_users, &items}, options);
  }
  return {users.matrix(options.dim), items.matrix(options.dim)};
}

double ials_loss(SparseView interactions, const IalsFactors& factors,
                 const IalsObjective& objective) {
  double observed = 0;
  for (std::size_t u = 0; u < interactions.rows(); ++u) {
    const SparseRow row = interactions.row(u);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const double error = 1 - dot(factors.users.row(u), factors.items.row(row.cols[i]));
      observed += row.values[i] * error * error;
    }
  }
  const FactorRows user_gram = gram(FactorRows(factors.users));
  const FactorRows item_gram = gram(FactorRows(factors.items));
  double all = 0;
  for (std::size_t i = 0; i < user_gram.rows(); ++i) {
    for (std::size_t j = 0; j < user_gram.rows(); ++j) {
      all += static_cast<double>(user_gram.row(i)[j]) * item_gram.row(i)[j];
    }
  }
  return observed + objective.unobserved_weight * all +
         squared_norms(interactions, factors.users, objective) +
         squared_norms(transpose(interactions), factors.items, objective);
}

}  // namespace limn
