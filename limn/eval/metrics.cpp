// Mid-rank metrics in closed form.
//
// Items of one score form a block that fills the ranks begin + 1 to begin + size in any order, all
// orders equally likely. A sum over ranks then needs only the chance r / size that a rank of the
// block is relevant (McSherry and Najork, "Computing information retrieval performance measures
// efficiently in the presence of tied scores", 2008). A relevant item below the k-th score cannot
// matter, so one pass that keeps the k best and one that counts the items of the k-th score find
// all blocks; nothing is sorted but the k best.
#include "limn/eval/metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "limn/core/check.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

double discount(std::size_t rank) {
  return 1 / std::log2(1 + static_cast<double>(rank));
}

// How many of the block's ranks are among the first k.
std::size_t ranks_within(const TiedBlock& block, std::size_t k) {
  return k <= block.begin ? 0 : std::min(k - block.begin, block.size);
}

double relevant_share(const TiedBlock& block) {
  return static_cast<double>(block.relevant) / static_cast<double>(block.size);
}

// The best of `scores` that are not -infinity. Most are below all that is kept: they are passed
// over a block at a time, by a loop that the compiler turns into vector code.
std::vector<Scored> list_of(std::span<const float> scores, std::size_t max_k) {
  constexpr std::size_t block = 32;
  TopK best(std::min(max_k, scores.size()));
  for (std::size_t begin = 0; begin < scores.size(); begin += block) {
    const float floor = best.floor();
    const std::size_t end = std::min(begin + block, scores.size());
    if (end - begin == block) {
      const float* const values = scores.data() + begin;
      int above = 0;  // or NaN
      for (std::size_t i = 0; i < block; ++i) above += !(values[i] <= floor);
      if (above == 0) continue;
    }
    for (std::size_t item = begin; item < end; ++item) {
      LIMN_CHECK(!std::isnan(scores[item]));
      if (scores[item] > best.floor()) best.offer(static_cast<std::uint32_t>(item), scores[item]);
    }
  }
  return best.take();
}

// The blocks of equal score among the best, counting relevant items from `relevant_scores`, which
// descend.
std::vector<TiedBlock> find_blocks(std::span<const Scored> top,
                                   std::span<const float> relevant_scores,
                                   std::span<const float> scores) {
  std::vector<TiedBlock> blocks;
  std::size_t next = 0;
  for (std::size_t begin = 0; begin < top.size() && next < relevant_scores.size();) {
    const float score = top[begin].score;
    std::size_t end = begin;
    while (end < top.size() && top[end].score == score) ++end;
    const std::size_t first = next;
    while (next < relevant_scores.size() && relevant_scores[next] == score) ++next;
    if (next > first) blocks.push_back({begin, end - begin, next - first});
    begin = end;
  }
  // The block that reaches the end of the list may go on beyond it.
  if (!blocks.empty() && blocks.back().begin + blocks.back().size == top.size()) {
    blocks.back().size = static_cast<std::size_t>(std::ranges::count(scores, top.back().score));
  }
  return blocks;
}

}  // namespace

UserRanking rank_items(std::span<const float> scores, std::span<const ItemIndex> relevant,
                       std::size_t max_k) {
  UserRanking ranking;
  ranking.top = list_of(scores, max_k);
  ranking.targets.relevant = relevant.size();
  if (ranking.top.empty()) return ranking;

  std::vector<float> relevant_scores;
  for (const ItemIndex item : relevant) {
    LIMN_CHECK(item < scores.size());
    // What is below the list's last score has no part in any block.
    if (scores[item] >= ranking.top.back().score) relevant_scores.push_back(scores[item]);
  }
  std::ranges::sort(relevant_scores, std::ranges::greater{});
  ranking.targets.blocks = find_blocks(ranking.top, relevant_scores, scores);
  return ranking;
}

double hits_at(const RankedTargets& targets, std::size_t k) {
  double hits = 0;
  for (const TiedBlock& block : targets.blocks) {
    hits += relevant_share(block) * static_cast<double>(ranks_within(block, k));
  }
  return hits;
}

double recall_at(const RankedTargets& targets, std::size_t k, RecallDenominator denominator) {
  const std::size_t whole =
      denominator == RecallDenominator::min ? std::min(k, targets.relevant) : targets.relevant;
  return ratio(hits_at(targets, k), static_cast<double>(whole));
}

double precision_at(const RankedTargets& targets, std::size_t k) {
  return ratio(hits_at(targets, k), static_cast<double>(k));
}

double ndcg_at(const RankedTargets& targets, std::size_t k) {
  double gain = 0;
  for (const TiedBlock& block : targets.blocks) {
    double discounts = 0;
    for (std::size_t i = 1; i <= ranks_within(block, k); ++i) {
      discounts += discount(block.begin + i);
    }
    gain += relevant_share(block) * discounts;
  }
  double ideal = 0;
  for (std::size_t rank = 1; rank <= std::min(k, targets.relevant); ++rank) {
    ideal += discount(rank);
  }
  return ratio(gain, ideal);
}

double hit_at(const RankedTargets& targets, std::size_t k) {
  if (targets.blocks.empty()) return 0;
  // The first block with a relevant item decides: a later one begins after all of its ranks.
  const TiedBlock& block = targets.blocks.front();
  double miss = 1;
  for (std::size_t i = 0; i < ranks_within(block, k); ++i) {
    if (block.size - i == block.relevant) return 1;
    miss *= 1 - static_cast<double>(block.relevant) / static_cast<double>(block.size - i);
  }
  return 1 - miss;
}

double mrr_at(const RankedTargets& targets, std::size_t k) {
  if (targets.blocks.empty()) return 0;
  const TiedBlock& block = targets.blocks.front();
  double sum = 0;
  double none_yet = 1;
  for (std::size_t i = 0; i < ranks_within(block, k) && none_yet > 0; ++i) {
    const double here =
        std::min(1.0, static_cast<double>(block.relevant) / static_cast<double>(block.size - i));
    sum += none_yet * here / static_cast<double>(block.begin + i + 1);
    none_yet *= 1 - here;
  }
  return sum;
}

double map_at(const RankedTargets& targets, std::size_t k) {
  double sum = 0;
  std::size_t before = 0;  // relevant items of higher blocks
  for (const TiedBlock& block : targets.blocks) {
    // Given that one rank is relevant, each rank of the block above it is so with this chance.
    const double others =
        ratio(static_cast<double>(block.relevant - 1), static_cast<double>(block.size - 1));
    for (std::size_t i = 0; i < ranks_within(block, k); ++i) {
      const double found = static_cast<double>(before) + 1 + static_cast<double>(i) * others;
      sum += relevant_share(block) * found / static_cast<double>(block.begin + i + 1);
    }
    before += block.relevant;
  }
  return ratio(sum, static_cast<double>(std::min(k, targets.relevant)));
}

double coverage(std::span<const std::uint32_t> exposure) {
  const auto never = std::ranges::count(exposure, 0U);
  return ratio(static_cast<double>(exposure.size()) - static_cast<double>(never),
               static_cast<double>(exposure.size()));
}

double gini(std::span<const std::uint32_t> exposure) {
  std::vector<std::uint32_t> sorted(exposure.begin(), exposure.end());
  std::ranges::sort(sorted);
  const auto n = static_cast<double>(sorted.size());
  double total = 0;
  double weighted = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    total += sorted[i];
    weighted += (2 * static_cast<double>(i + 1) - n - 1) * sorted[i];
  }
  return ratio(weighted, n * total);
}

double novelty_at(std::span<const Scored> list, std::size_t k,
                  std::span<const std::uint32_t> popularity, std::size_t users) {
  const std::span<const Scored> head = list.first(std::min(k, list.size()));
  double sum = 0;
  for (const Scored& entry : head) {
    const std::uint32_t owners = std::max<std::uint32_t>(1, popularity[entry.index]);
    sum -= std::log2(static_cast<double>(owners) / static_cast<double>(users));
  }
  return ratio(sum, static_cast<double>(head.size()));
}

double diversity_at(std::span<const Scored> list, std::size_t k, MatrixView embeddings) {
  const std::span<const Scored> head = list.first(std::min(k, list.size()));
  if (head.size() < 2) return 0;
  // The cosines of all pairs are what the square of the sum holds beside the squares of its terms.
  std::vector<float> sum(embeddings.cols(), 0.0F);
  double squares = 0;
  for (const Scored& entry : head) {
    const std::span<const float> row = embeddings.row(entry.index);
    add_scaled(sum, 1, row);
    squares += dot(row, row);
  }
  const double pairs = static_cast<double>(head.size()) * static_cast<double>(head.size() - 1) / 2;
  const double cosines = (static_cast<double>(dot(sum, sum)) - squares) / 2;
  return 1 - cosines / pairs;
}

}  // namespace limn
