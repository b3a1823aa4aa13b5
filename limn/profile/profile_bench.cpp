#include <algorithm>
#include <cmath>
#include <set>
#include <span>

#include <benchmark/benchmark.h>

#include "limn/core/random.h"
#include "limn/core/vector_ops.h"
#include "limn/profile/profile.h"

namespace limn {
namespace {

Matrix random_unit_rows(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Random random(seed);
  Matrix matrix(rows, cols);
  for (std::size_t i = 0; i < rows; ++i) {
    for (float& value : matrix.row(i)) value = static_cast<float>(random.normal());
  }
  normalize_rows(matrix);
  return matrix;
}

// The interests are shares of the topics of the history, all of them where they are few, and the
// vectors have length 1.
bool profile_is_right(const Profile& profile, std::span<const std::uint32_t> item_topics,
                      std::span<const HistoryEntry> history) {
  std::set<std::uint32_t> topics;
  for (const HistoryEntry& entry : history) topics.insert(item_topics[entry.item]);
  double whole = 0;
  for (const Interest& interest : profile.interests) whole += interest.weight;
  const auto of_length_1 = [](std::span<const float> x) { return std::abs(l2_norm(x) - 1) < 1e-4; };
  const bool all = topics.size() <= ProfileOptions{}.max_interests;
  return profile.interests.size() == std::min(topics.size(), ProfileOptions{}.max_interests) &&
         (all ? std::abs(whole - 1) < 1e-6 : whole > 0 && whole < 1) &&
         of_length_1(profile.topics) && of_length_1(profile.text) &&
         of_length_1(profile.behaviour) && of_length_1(profile.fused);
}

// One user's profile at the request: 10,000 items, 64 topics, 384 dimensions, 128 factors.
void bench_make_profile(benchmark::State& state) {
  constexpr std::size_t items = 10'000;
  const auto n = static_cast<std::size_t>(state.range(0));
  Random random(1);
  std::vector<std::uint32_t> item_topics(items);
  for (std::uint32_t& topic : item_topics) topic = static_cast<std::uint32_t>(random.below(64));
  const std::vector<float> shares(64, 1.0F / 64);
  const Matrix embeddings = random_unit_rows(items, 384, 1);
  const Matrix factors = random_unit_rows(items, 128, 2);
  std::vector<Triplet> tags;
  for (std::uint32_t item = 0; item < items; ++item) {
    for (int i = 0; i < 5; ++i)
      tags.push_back({item, static_cast<std::uint32_t>(random.below(1000)), 1});
  }
  const SparseMatrix item_tags = SparseMatrix::from_triplets(items, 1000, tags);
  std::vector<HistoryEntry> history;
  for (std::size_t i = 0; i < n; ++i) {
    history.push_back({.item = static_cast<ItemIndex>(random.below(items)),
                       .weight = static_cast<float>(random.normal()),
                       .event = static_cast<std::int64_t>(i + 1)});
  }

  const ProfileSource source{.item_topics = item_topics,
                             .topic_shares = shares,
                             .item_tags = item_tags,
                             .item_embeddings = embeddings,
                             .item_factors = factors};
  Profile profile;
  for (auto _ : state) profile = make_profile(source, {.history = history});
  if (!profile_is_right(profile, item_topics, history))
    state.SkipWithError("the profile is not that of the history");
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(bench_make_profile)->ArgName("events")->Arg(10)->Arg(100)->Arg(1'000);

}  // namespace
}  // namespace limn
