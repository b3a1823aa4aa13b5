// Topic naming: what the clusters of a build are called.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "limn/cluster/kmeans.h"
#include "limn/cluster/label.h"
#include "limn/core/result.h"
#include "limn/engine/topic_terms.h"
#include "limn/engine/topics.h"

namespace limn {

// For each cluster the first one that the same terms would name: two topics that a reader could not
// tell apart are one. Itself, where none before it is like it. `terms` are of the clustered
// documents.
[[nodiscard]] std::vector<std::uint32_t> first_alike(const std::vector<Item>& items,
                                                     const TopicTerms& terms,
                                                     const Clustering& clustering);

struct Naming {
  std::vector<TopicLabel> topics;  // (clusters)
  std::vector<TopicLabel> groups;  // (groups)
};

// Names for clusters of documents, items and then texts, and for groups of these clusters: that of
// cluster c is group_of[c]. `names_before`: (clusters) what each was called; none, where it is new.
// The best terms are embedded. Errors: those of the encoder.
[[nodiscard]] Result<Naming> name_topics(const TopicsInput& input, const TopicTerms& terms,
                                         const Clustering& clustering,
                                         const std::vector<std::vector<std::string>>& names_before,
                                         std::span<const std::uint32_t> group_of);

}  // namespace limn
