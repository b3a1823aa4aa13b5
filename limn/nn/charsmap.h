// Charsmap: SentencePiece's table of what becomes of characters, as tokenizer.json holds it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/result.h"

namespace limn {

// A double-array trie (Aoe, 1989; its units are those of the Darts-clone library) from UTF-8 to the
// text that stands in its place. May be used by many threads at once.
class Charsmap {
 public:
  // Of the bytes of a `precompiled_charsmap`: the trie's size, the trie, and the texts, each ended
  // by a zero byte. Errors: corrupt.
  [[nodiscard]] static Result<Charsmap> make(std::string_view bytes);

  // `text` with each grapheme or character replaced that the trie knows; the same answer as Hugging
  // Face's `tokenizers` gives. Requires UTF-8.
  [[nodiscard]] std::string apply(std::string_view text) const;

 private:
  // What stands for text that begins with a key of the trie, the shortest of them.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view text) const;

  std::vector<std::uint32_t> units_;
  std::string texts_;
};

// The bytes that base64 text (RFC 4648) stands for; nothing when it is not base64.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace limn
