// Chains of nearest neighbours (Murtagh, 1983): go from a cluster to the one most like it, and on,
// until two are each other's; they can be joined at once, whatever else there is, since average
// linkage never makes a cluster more alike to a third than its parts were. That makes n^2 steps of
// what is n^3 when the closest two of all are looked for again and again.
#include "limn/cluster/linkage.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "limn/core/check.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

struct Join {
  std::uint32_t a = 0;  // a row of each side
  std::uint32_t b = 0;
  float similarity = 0;
};

// Rows without what they have in common, of length 1 again; a row that is no more than that stays
// as it was.
Matrix centred(MatrixView rows) {
  std::vector<float> mean(rows.cols());
  for (std::size_t i = 0; i < rows.rows(); ++i)
    add_scaled(mean, 1 / static_cast<float>(rows.rows()), rows.row(i));
  Matrix result(rows.rows(), rows.cols());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    std::ranges::copy(rows.row(i), result.row(i).begin());
    add_scaled(result.row(i), -1, mean);
    if (normalize(result.row(i)) < 1e-6F) std::ranges::copy(rows.row(i), result.row(i).begin());
  }
  return result;
}

class Linkage {
 public:
  explicit Linkage(const Matrix& rows)
      : similarities_(rows.rows(), rows.rows()), sizes_(rows.rows(), 1) {
    for (std::size_t a = 0; a < rows.rows(); ++a) {
      for (std::size_t b = 0; b < a; ++b) set(a, b, dot(rows.row(a), rows.row(b)));
    }
  }

  // All n - 1 joins, the most alike first.
  [[nodiscard]] std::vector<Join> joins() {
    std::vector<Join> made;
    std::vector<std::size_t> chain;
    while (made.size() + 1 < sizes_.size()) {
      if (chain.empty()) chain.push_back(first_alive());
      const std::size_t last = chain.back();
      const std::optional<std::size_t> before =
          chain.size() > 1 ? std::optional(chain[chain.size() - 2]) : std::nullopt;
      const std::size_t next = nearest(last, before);
      if (before && next == *before) {
        chain.resize(chain.size() - 2);
        made.push_back(join(std::min(last, next), std::max(last, next)));
      } else {
        chain.push_back(next);
      }
    }
    std::ranges::stable_sort(made, std::greater{}, &Join::similarity);
    return made;
  }

 private:
  [[nodiscard]] float similarity(std::size_t a, std::size_t b) const {
    return similarities_.row(a)[b];
  }
  void set(std::size_t a, std::size_t b, float value) {
    similarities_.row(a)[b] = value;
    similarities_.row(b)[a] = value;
  }

  [[nodiscard]] std::size_t first_alive() const {
    return static_cast<std::size_t>(
        std::ranges::find_if(sizes_, [](std::size_t size) { return size > 0; }) - sizes_.begin());
  }

  // The cluster most like `a`; of equals `preferred`, so that chains end, and else the lowest.
  [[nodiscard]] std::size_t nearest(std::size_t a, std::optional<std::size_t> preferred) const {
    std::optional<std::size_t> best = preferred;
    for (std::size_t b = 0; b < sizes_.size(); ++b) {
      if (b == a || sizes_[b] == 0) continue;
      if (!best || similarity(a, b) > similarity(a, *best)) best = b;
    }
    return *best;
  }

  // The mean over all pairs, one of each side (Lance and Williams, 1967). `kept` is the lower.
  Join join(std::size_t kept, std::size_t gone) {
    const Join made{static_cast<std::uint32_t>(kept), static_cast<std::uint32_t>(gone),
                    similarity(kept, gone)};
    const auto x = static_cast<float>(sizes_[kept]);
    const auto y = static_cast<float>(sizes_[gone]);
    for (std::size_t c = 0; c < sizes_.size(); ++c) {
      if (c == kept || c == gone || sizes_[c] == 0) continue;
      set(c, kept, (x * similarity(c, kept) + y * similarity(c, gone)) / (x + y));
    }
    sizes_[kept] += sizes_[gone];
    sizes_[gone] = 0;
    return made;
  }

  Matrix similarities_;             // (n, n)
  std::vector<std::size_t> sizes_;  // (n): 0 for what was joined to another
};

// After this many joins there are `n - joins` groups; where the step down to the next join is the
// largest.
std::size_t joins_to_make(std::span<const Join> joins, const GroupOptions& options) {
  const std::size_t n = joins.size() + 1;
  const std::size_t most = std::min(options.most, n - 1);
  std::size_t best = n - most;
  float widest = -std::numeric_limits<float>::infinity();
  // From many groups to few: of equal steps, the more groups.
  for (std::size_t groups = most; groups >= options.fewest && groups > 1; --groups) {
    const std::size_t made = n - groups;
    const float step = joins[made - 1].similarity - joins[made].similarity;
    if (step <= widest) continue;
    widest = step;
    best = made;
  }
  return best;
}

}  // namespace

std::vector<std::uint32_t> group_rows(MatrixView rows, const GroupOptions& options) {
  LIMN_CHECK(1 <= options.fewest && options.fewest <= options.most);
  std::vector<std::uint32_t> root(rows.rows());
  std::iota(root.begin(), root.end(), 0U);
  if (rows.rows() <= 2 * options.fewest) return root;
  const std::vector<Join> joins = Linkage(centred(rows)).joins();
  const std::size_t made = joins_to_make(joins, options);
  for (std::size_t j = 0; j < made; ++j) {
    const std::uint32_t kept = std::min(root[joins[j].a], root[joins[j].b]);
    const std::uint32_t gone = std::max(root[joins[j].a], root[joins[j].b]);
    std::ranges::replace(root, gone, kept);
  }
  std::vector<std::uint32_t> number(rows.rows(), UINT32_MAX);
  std::uint32_t next = 0;
  for (std::uint32_t& group : root) {
    if (number[group] == UINT32_MAX) number[group] = next++;
    group = number[group];
  }
  return root;
}

}  // namespace limn
