#include "limn/nn/pre_tokenizer.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "limn/core/utf8.h"
#include "limn/nn/character_classes.h"

namespace limn {
namespace {

struct Piece {
  std::string text;
  bool at_start = false;
};

enum class Kind { letter, number, space, other };

Kind kind_of(char32_t c) {
  if (is_letter(c)) return Kind::letter;
  if (is_white_space(c)) return Kind::space;
  return is_number(c) ? Kind::number : Kind::other;
}

std::size_t end_of_run(std::string_view text, std::size_t at, Kind kind) {
  while (at < text.size()) {
    const CodePoint c = code_point_at(text, at);
    if (kind_of(c.code) != kind) break;
    at += c.bytes;
  }
  return at;
}

// Where the word that begins at `at` ends, by GPT-2's expression (Radford et al., 2019):
// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
std::size_t gpt2_word_end(std::string_view text, std::size_t at) {
  for (const std::string_view ending : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}) {
    if (text.substr(at).starts_with(ending)) return at + ending.size();
  }
  const std::size_t begin = text[at] == ' ' ? at + 1 : at;
  if (begin < text.size()) {
    const Kind kind = kind_of(code_point_at(text, begin).code);
    if (kind != Kind::space) return end_of_run(text, begin, kind);
  }
  const std::size_t end = end_of_run(text, at, Kind::space);
  if (end == text.size()) return end;
  // The last white space goes with what follows, unless it is all there is.
  std::size_t last = end - 1;
  while (!is_boundary(text, last)) --last;
  return last > at ? last : end;
}

// GPT-2's characters for bytes: themselves where they show, else those from U+0100 on, in order.
std::array<char32_t, 256> make_byte_characters() {
  std::array<char32_t, 256> characters{};
  char32_t next = 0x100;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool shows = (0x21 <= byte && byte <= 0x7E) || (0xA1 <= byte && byte != 0xAD);
    characters[byte] = shows ? byte : next++;
  }
  return characters;
}

std::string as_byte_characters(std::string_view text) {
  static const std::array<char32_t, 256> characters = make_byte_characters();
  std::string mapped;
  mapped.reserve(2 * text.size());
  for (const char byte : text) {
    append_code_point(mapped, characters[static_cast<std::uint8_t>(byte)]);
  }
  return mapped;
}

void take(const WhitespaceStep&, const Piece& piece, std::vector<Piece>& pieces) {
  const std::string_view text = piece.text;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    if (is_white_space(c.code)) {
      if (begin < at) {
        pieces.push_back(
            {std::string(text.substr(begin, at - begin)), piece.at_start && begin == 0});
      }
      begin = at + c.bytes;
    }
    at += c.bytes;
  }
  if (begin < text.size()) {
    pieces.push_back({std::string(text.substr(begin)), piece.at_start && begin == 0});
  }
}

void take(const MetaspaceStep& step, const Piece& piece, std::vector<Piece>& pieces) {
  using Prepend = MetaspaceStep::Prepend;
  std::string text;
  for (const char c : piece.text) {
    if (c == ' ') {
      text += step.mark;
    } else {
      text += c;
    }
  }
  const bool wanted =
      step.prepend == Prepend::always || (step.prepend == Prepend::first && piece.at_start);
  if (wanted && !text.starts_with(step.mark)) text = step.mark + text;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = step.split ? text.find(step.mark, begin + 1) : std::string::npos;
    pieces.push_back({text.substr(begin, end - begin), piece.at_start && begin == 0});
    begin = end == std::string::npos ? text.size() : end;
  }
}

void take(const ByteLevelStep& step, const Piece& piece, std::vector<Piece>& pieces) {
  const bool prefix = step.add_prefix_space && !piece.text.starts_with(' ');
  const std::string text = (prefix ? " " : "") + piece.text;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = step.split ? gpt2_word_end(text, begin) : text.size();
    pieces.push_back({as_byte_characters(std::string_view(text).substr(begin, end - begin)),
                      piece.at_start && begin == 0});
    begin = end;
  }
}

}  // namespace

std::vector<std::string> pre_tokenize(const PreTokenizer& splitter, std::string_view text,
                                      bool at_start) {
  std::vector<Piece> pieces;
  if (!text.empty()) pieces.push_back({std::string(text), at_start});
  for (const PreTokenizerStep& step : splitter) {
    std::vector<Piece> split;
    for (const Piece& piece : pieces) {
      std::visit([&](const auto& one) { take(one, piece, split); }, step);
    }
    pieces = std::move(split);
  }
  std::vector<std::string> words;
  words.reserve(pieces.size());
  for (Piece& piece : pieces) words.push_back(std::move(piece.text));
  return words;
}

}  // namespace limn
