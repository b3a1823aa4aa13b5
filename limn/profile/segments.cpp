// Segments come from spherical k-means on the users' topic vectors. Clusters of too few users join
// their nearest neighbour, the smallest first, and every user then goes to the nearest centroid, so
// that the segment of a user at the request is the one that was counted.
//
// A segment is named by the topics that add most to its divergence from all users (Kullback and
// Leibler): share x log(lift). Lift alone would name it by topics that hardly anyone reads.
#include "limn/profile/segments.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "limn/cluster/kmeans.h"
#include "limn/cluster/topic_names.h"
#include "limn/core/check.h"
#include "limn/core/top_k.h"
#include "limn/core/vector_ops.h"

namespace limn {
namespace {

static_assert(no_segment == no_cluster);

constexpr std::size_t topics_in_label = 2;  // more when two segments would be called the same
constexpr double lift_in_label = 1.2;  // a further topic stands in the name only when it stands out

std::vector<std::size_t> sizes_of(std::span<const std::uint32_t> labels, std::size_t count) {
  std::vector<std::size_t> sizes(count);
  for (const std::uint32_t label : labels) {
    if (label != no_segment) sizes[label] += 1;
  }
  return sizes;
}

Matrix mean_rows(MatrixView rows, std::span<const std::uint32_t> labels, std::size_t count) {
  Matrix means(count, rows.cols());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    if (labels[i] != no_segment) add_scaled(means.row(labels[i]), 1, rows.row(i));
  }
  normalize_rows(means);
  return means;
}

void assign_nearest(MatrixView rows, MatrixView centroids, std::vector<std::uint32_t>& labels) {
  for (std::size_t i = 0; i < rows.rows(); ++i)
    labels[i] = nearest_segment(centroids, rows.row(i)).value_or(no_segment);
}

// The other row that is most like `row`. Requires two rows.
std::uint32_t nearest_other(MatrixView centroids, std::size_t row) {
  TopK best(1);
  for (std::size_t other = 0; other < centroids.rows(); ++other) {
    if (other == row) continue;
    best.offer(static_cast<std::uint32_t>(other), dot(centroids.row(row), centroids.row(other)));
  }
  return best.take().front().index;
}

// Moves the users of `from` to `to` and closes the gap that `from` leaves.
void join(std::vector<std::uint32_t>& labels, std::uint32_t from, std::uint32_t to) {
  for (std::uint32_t& label : labels) {
    if (label == no_segment) continue;
    if (label == from) label = to;
    if (label > from) label -= 1;
  }
}

// Joins clusters until each has `min_size` users, and returns their centroids: none when all users
// together are too few.
Matrix join_small(MatrixView rows, std::size_t count, std::size_t min_size,
                  std::vector<std::uint32_t>& labels) {
  for (;;) {
    Matrix centroids = mean_rows(rows, labels, count);
    assign_nearest(rows, centroids, labels);
    if (count == 0) return centroids;
    const std::vector<std::size_t> sizes = sizes_of(labels, count);
    const auto smallest = std::min_element(sizes.begin(), sizes.end());
    if (*smallest >= min_size) return centroids;
    const auto row = static_cast<std::uint32_t>(smallest - sizes.begin());
    if (count > 1) join(labels, row, nearest_other(centroids, row));
    count -= 1;
    if (count == 0) std::fill(labels.begin(), labels.end(), no_segment);
  }
}

void sort_by_size(Matrix& centroids, std::vector<std::uint32_t>& labels) {
  const std::vector<std::size_t> sizes = sizes_of(labels, centroids.rows());
  std::vector<std::uint32_t> order(sizes.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return sizes[a] > sizes[b]; });
  Matrix sorted(centroids.rows(), centroids.cols());
  std::vector<std::uint32_t> place(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
    std::copy_n(centroids.row(order[i]).begin(), centroids.cols(), sorted.row(i).begin());
  }
  for (std::uint32_t& label : labels) {
    if (label != no_segment) label = place[label];
  }
  centroids = std::move(sorted);
}

// Row s: the mean topic shares of the users of segment s; the last row: of all of them.
// A user's row holds square roots, so its squares are shares that sum to 1.
std::vector<std::vector<double>> mean_shares(MatrixView rows, std::span<const std::uint32_t> labels,
                                             std::span<const std::size_t> sizes) {
  std::vector<std::vector<double>> shares(sizes.size() + 1, std::vector<double>(rows.cols()));
  double users = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    if (labels[i] == no_segment) continue;
    users += 1;
    for (std::size_t topic = 0; topic < rows.cols(); ++topic) {
      const double share = static_cast<double>(rows.row(i)[topic]) * rows.row(i)[topic];
      shares[labels[i]][topic] += share / static_cast<double>(sizes[labels[i]]);
      shares.back()[topic] += share;
    }
  }
  for (double& share : shares.back()) share /= std::max(1.0, users);
  return shares;
}

std::vector<SegmentTopic> over_represented(std::span<const double> shares,
                                           std::span<const double> everybody, std::size_t count) {
  std::vector<SegmentTopic> topics;
  for (std::uint32_t topic = 0; topic < shares.size(); ++topic) {
    if (shares[topic] > 0)
      topics.push_back({topic, shares[topic], shares[topic] / everybody[topic]});
  }
  const auto key = [](const SegmentTopic& t) {
    // Where nothing stands out, as in a single segment, the largest share decides.
    return std::tuple(-t.share * std::log(t.lift), -t.share, t.topic);
  };
  std::sort(topics.begin(), topics.end(),
            [&](const SegmentTopic& a, const SegmentTopic& b) { return key(a) < key(b); });
  if (topics.size() > count) topics.resize(count);
  return topics;
}

std::vector<std::string> terms_of(std::string_view label) {
  constexpr std::string_view comma = ", ";
  std::vector<std::string> terms;
  while (!label.empty()) {
    const std::size_t end = std::min(label.find(comma), label.size());
    terms.emplace_back(label.substr(0, end));
    label.remove_prefix(std::min(end + comma.size(), label.size()));
  }
  return terms;
}

bool repeats_any(std::string_view term, std::span<const std::string> others) {
  return std::ranges::any_of(others,
                             [&](const std::string& other) { return repeats(term, other); });
}

// What a topic adds to the terms of those named before it: its own that repeat none of them;
// nothing where most of what it says is said already.
std::vector<std::string> new_terms(std::string_view label, std::span<const std::string> said) {
  std::vector<std::string> own;
  for (std::string& term : terms_of(label)) {
    if (!repeats_any(term, own)) own.push_back(std::move(term));
  }
  std::vector<std::string> fresh;
  for (const std::string& term : own) {
    if (!repeats_any(term, said)) fresh.push_back(term);
  }
  if (2 * fresh.size() < own.size()) fresh.clear();
  return fresh;
}

// The first topics, as many as it takes to be unlike the labels before; a topic that says what
// those before it say is passed over.
std::string label_of(std::span<const SegmentTopic> topics,
                     std::span<const std::string> topic_labels, std::set<std::string>& taken) {
  constexpr std::size_t terms_of_a_topic = 2;
  std::string label;
  std::vector<std::string> said;
  std::size_t parts = 0;
  for (const SegmentTopic& topic : topics) {
    if (parts > 0 && topic.lift < lift_in_label) break;
    if (parts >= topics_in_label && !taken.contains(label)) break;
    std::vector<std::string> fresh = new_terms(topic_labels[topic.topic], said);
    if (fresh.empty()) continue;
    said.insert(said.end(), fresh.begin(), fresh.end());
    if (fresh.size() > terms_of_a_topic) fresh.resize(terms_of_a_topic);
    label += (parts > 0 ? " + " : "") + joined(fresh);
    ++parts;
  }
  const std::string stem = label;
  for (int number = 2; !taken.insert(label).second; ++number)
    label = fmt::format("{} {}", stem, number);
  return label;
}

}  // namespace

Segments describe_segments(MatrixView user_topics, std::span<const std::uint32_t> labels,
                           std::size_t k, std::span<const std::string> topic_labels,
                           const SegmentOptions& options) {
  LIMN_CHECK(labels.size() == user_topics.rows());
  LIMN_CHECK(topic_labels.size() == user_topics.cols());

  Segments result;
  result.labels.assign(labels.begin(), labels.end());
  result.centroids =
      join_small(user_topics, k, std::max<std::size_t>(1, options.min_size), result.labels);
  sort_by_size(result.centroids, result.labels);

  const std::vector<std::size_t> sizes = sizes_of(result.labels, result.centroids.rows());
  const auto shares = mean_shares(user_topics, result.labels, sizes);
  std::set<std::string> taken;
  for (std::size_t s = 0; s < sizes.size(); ++s) {
    // Names may need more topics than are told.
    std::vector<SegmentTopic> topics =
        over_represented(shares[s], shares.back(), std::max<std::size_t>(options.topics, 5));
    std::string label = label_of(topics, topic_labels, taken);
    if (topics.size() > options.topics) topics.resize(options.topics);
    result.segments.push_back({std::move(label), sizes[s], std::move(topics)});
  }
  return result;
}

Segments make_segments(MatrixView user_topics, std::span<const std::string> topic_labels,
                       const SegmentOptions& options) {
  const Clustering clustering = kmeans(user_topics, {.k = options.k, .seed = options.seed});
  return describe_segments(user_topics, clustering.labels, clustering.centroids.rows(),
                           topic_labels, options);
}

std::optional<std::uint32_t> nearest_segment(MatrixView centroids, std::span<const float> topics) {
  if (centroids.empty() || centroids.cols() != topics.size() || !(l2_norm(topics) > 0))
    return std::nullopt;
  TopK best(1);
  for (std::size_t row = 0; row < centroids.rows(); ++row)
    best.offer(static_cast<std::uint32_t>(row), dot(centroids.row(row), topics));
  return best.take().front().index;
}

}  // namespace limn
