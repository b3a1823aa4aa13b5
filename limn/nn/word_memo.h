// WordMemo: the token ids of any words that were cut before; of plain ones WordCache knows sooner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/hash.h"

namespace limn {

// Each word has one place, which the last one keeps: some 2 MB at most, whatever the text is. No
// answer depends on what is remembered.
class WordMemo {
 public:
  // Adds what `cut` adds for this word; calls it only where that is not remembered.
  template <typename Cut>
  void add(std::string_view word, std::vector<std::uint32_t>& ids, const Cut& cut) {
    if (word.size() > most_bytes) return cut(word, ids);
    Entry& entry = entries_[hash64(word) % places];
    if (entry.word != word) {
      const std::size_t before = ids.size();
      cut(word, ids);
      entry.word = word;
      entry.ids.assign(ids.begin() + static_cast<std::ptrdiff_t>(before), ids.end());
    } else {
      ids.insert(ids.end(), entry.ids.begin(), entry.ids.end());
    }
  }

 private:
  static constexpr std::size_t places = 8192;
  static constexpr std::size_t most_bytes = 48;

  struct Entry {
    std::string word;  // of no byte, which has no ids: none
    std::vector<std::uint32_t> ids;
  };

  std::vector<Entry> entries_ = std::vector<Entry>(places);
};

}  // namespace limn
