// Catalogue: tags and categories of items as matrices, and how much everyone uses each of them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "limn/core/sparse.h"
#include "limn/core/types.h"

namespace limn {

struct Catalogue {
  std::vector<std::string> tags;        // categories and tags, in order of first sight
  SparseMatrix item_tags;               // (items, tags): 1 where an item has it
  std::vector<std::string> categories;  // categories alone, by which lists are filtered
  SparseMatrix item_categories;         // (items, categories)
  std::vector<std::byte> hidden;        // (items): 1 for hidden and for erased items
};

[[nodiscard]] Catalogue make_catalogue(const std::vector<Item>& items);

// (tags): each tag's share of what all users liked; sums to 1 where anything was.
[[nodiscard]] std::vector<float> tag_shares(SparseView interactions, SparseView item_tags);

// (topics): likewise of each topic.
[[nodiscard]] std::vector<float> topic_shares(SparseView interactions,
                                              std::span<const std::uint32_t> item_topics,
                                              std::size_t topics);

}  // namespace limn
