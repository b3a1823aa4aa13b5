// Topic terms: the words and phrases of a build's documents that may stand in a topic's name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "limn/core/sparse.h"
#include "limn/core/types.h"
#include "limn/engine/reading.h"

namespace limn {

struct TopicTerms {
  SparseMatrix counts;             // (documents, terms): 1 where a document has a term
  std::vector<std::string> terms;  // (terms): as most documents write them, in lower case
  std::vector<std::vector<std::uint32_t>> parts;  // (terms): of a phrase, the terms inside it
};

// What the first `count` documents, items and then texts, say: the categories and tags of items
// whole, and of their prose the words (forms of one word are one term) and the phrases (see
// find_collocations()). Never a stop word, a number, a single Chinese character, or what a user is
// called: ids, and the attributes "name" and "display_name", unless the catalogue has it as a
// category or tag, or very many documents write it small.
//
// Of very many documents a part is read; the rows of the others are empty. In parallel.
[[nodiscard]] TopicTerms read_topic_terms(std::span<const User> users,
                                          const std::vector<Item>& items,
                                          const Documents& documents, std::size_t count);

}  // namespace limn
