// AsciiWords: where the words of a text stand, found sixteen bytes at a time.
//
// A word is a run of bytes between ASCII white space and punctuation, or one character of
// punctuation. Where the words end, nothing of the text before reaches over: what is in a word that
// is not ASCII can be read by slower means, and the words beside it need not be.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace limn {

struct AsciiWord {
  std::uint16_t begin = 0;
  std::uint16_t end = 0;
};

// The words of a window of a text.
class AsciiWords {
 public:
  static constexpr std::size_t most_bytes = 4096;  // of a window

  // The length of the longest window of at most `most` bytes that `text` begins with: all of it, or
  // up to white space or punctuation, that included. 0: there is none. Requires most <= most_bytes.
  [[nodiscard]] static std::size_t window(std::string_view text, std::size_t most);

  // Where the first white space or punctuation at or after `from` stands, or the text ends.
  [[nodiscard]] static std::size_t next_divider(std::string_view text, std::size_t from);

  // Finds the words of a window. Some 0.3 ns a byte.
  void find(std::string_view window);

  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] AsciiWord operator[](std::size_t i) const { return {begins_[i], ends_[i]}; }

  // Whether a word is of letters and digits, or is one character of punctuation, all of ASCII.
  [[nodiscard]] bool is_plain(AsciiWord word) const {
    return !any_other_ || !has_other(word.begin, word.end);
  }

 private:
  static constexpr std::size_t blocks = most_bytes / 64;

  std::size_t mark(std::string_view window);
  [[nodiscard]] bool has_other(std::size_t begin, std::size_t end) const;

  // One bit a byte.
  std::array<std::uint64_t, blocks + 1> words_;
  std::array<std::uint64_t, blocks + 1> punctuation_;
  std::array<std::uint64_t, blocks + 1> other_;
  bool any_other_ = false;
  std::size_t count_ = 0;
  std::array<std::uint16_t, most_bytes> begins_;
  std::array<std::uint16_t, most_bytes> ends_;
};

}  // namespace limn
