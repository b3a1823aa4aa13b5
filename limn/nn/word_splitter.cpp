// The steps are those of Hugging Face's BertNormalizer and BertPreTokenizer, and in their order:
// clean, set ideographs apart, decompose and strip accents, lower the case, split. There each step
// makes a new string; here a character goes through all of them before the next is read, and ASCII,
// which no step but the last two concerns, takes a short cut.
#include "limn/nn/word_splitter.h"

#include <algorithm>
#include <array>

#include "limn/core/utf8.h"

namespace limn {
namespace {

enum class Ascii : std::uint8_t { letter, space, punctuation, other };

// How the short cut may treat a byte; `other` is what it leaves to the long way.
constexpr std::array<Ascii, 256> make_ascii_classes() {
  std::array<Ascii, 256> classes{};
  for (std::size_t c = 0; c < 256; ++c) {
    const bool alphanumeric =
        ('0' <= c && c <= '9') || ('A' <= c && c <= 'Z') || ('a' <= c && c <= 'z');
    if (alphanumeric) {
      classes[c] = Ascii::letter;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      classes[c] = Ascii::space;
    } else if (' ' < c && c < 0x7F) {
      classes[c] = Ascii::punctuation;
    } else {
      classes[c] = Ascii::other;
    }
  }
  return classes;
}

constexpr std::array<Ascii, 256> ascii_classes = make_ascii_classes();

constexpr char to_lower(char c) {
  return 'A' <= c && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

}  // namespace

std::optional<WordSplitter::Word> WordSplitter::next() {
  word_.clear();
  characters_ = 0;
  while (true) {
    while (taken_ < ready_.size()) {
      if (take(ready_[taken_])) return Word{word_, characters_};
    }
    ready_.clear();
    taken_ = 0;
    if (position_ == text_.size()) {
      flush_accents();
      if (!ready_.empty()) continue;
      if (word_.empty()) return std::nullopt;
      return Word{word_, characters_};
    }
    if (accents_.empty() && read_ascii()) return Word{word_, characters_};
    if (position_ < text_.size()) normalize_next();
  }
}

std::string WordSplitter::normalized() {
  std::string text;
  text.reserve(text_.size());
  while (position_ < text_.size()) normalize_next();
  flush_accents();
  for (const char32_t c : ready_) append_code_point(text, c);
  return text;
}

// Takes ASCII up to the end of a word; true when it found one. Otherwise `position_` is where the
// long way goes on.
bool WordSplitter::read_ascii() {
  while (position_ < text_.size()) {
    const char c = text_[position_];
    switch (ascii_classes[static_cast<std::uint8_t>(c)]) {
      case Ascii::letter: read_ascii_letters(); break;
      case Ascii::space:
        ++position_;
        if (word_.empty()) break;
        return true;
      case Ascii::punctuation:
        if (!word_.empty()) return true;
        word_ = c;
        characters_ = 1;
        ++position_;
        return true;
      case Ascii::other: return false;
    }
  }
  return false;
}

void WordSplitter::read_ascii_letters() {
  const std::size_t begin = position_;
  while (position_ < text_.size() &&
         ascii_classes[static_cast<std::uint8_t>(text_[position_])] == Ascii::letter) {
    ++position_;
  }
  const std::size_t before = word_.size();
  word_ += text_.substr(begin, position_ - begin);
  characters_ += position_ - begin;
  if (!settings_.lowercase) return;
  for (std::size_t i = before; i < word_.size(); ++i) word_[i] = to_lower(word_[i]);
}

void WordSplitter::normalize_next() {
  const char32_t c = next_code_point(text_, position_);
  const std::uint8_t classes = classes_of(c);
  if (settings_.clean_text && (classes & is_control) != 0) return;
  if (settings_.clean_text && (classes & is_space) != 0) return normalize(U' ');
  if (settings_.handle_chinese_chars && (classes & is_ideograph) != 0) {
    normalize(U' ');
    normalize(c);
    normalize(U' ');
    return;
  }
  normalize(c);
}

void WordSplitter::normalize(char32_t c) {
  if (!settings_.strip_accents) return put(c);
  const CodePoints parts = decompose(c);
  for (std::size_t i = 0; i < parts.size; ++i) strip(parts.values[i]);
}

// Drops accents. The few combining characters that are not of category Mn stay, in canonical order.
void WordSplitter::strip(char32_t c) {
  const std::uint8_t classes = classes_of(c);
  if ((classes & is_combining) == 0) flush_accents();
  if ((classes & is_mark) != 0) return;
  if ((classes & is_combining) == 0) return put(c);
  accents_.push_back({c, combining_class(c)});
}

void WordSplitter::flush_accents() {
  std::stable_sort(accents_.begin(), accents_.end(), [](const Accent& a, const Accent& b) {
    return a.combining_class < b.combining_class;
  });
  for (const Accent& accent : accents_) put(accent.c);
  accents_.clear();
}

void WordSplitter::put(char32_t c) {
  constexpr char32_t capital_i_with_dot = 0x130;
  constexpr char32_t combining_dot = 0x307;
  ready_.push_back(settings_.lowercase ? lower_case(c) : c);
  if (settings_.lowercase && c == capital_i_with_dot) ready_.push_back(combining_dot);
}

// Adds the next ready character to the word; true when the word is complete, which may leave the
// character for the next call.
bool WordSplitter::take(char32_t c) {
  const std::uint8_t classes = classes_of(c);
  const bool apart = (classes & (is_space | is_punctuation)) != 0;
  if (apart && !word_.empty()) return true;
  ++taken_;
  if ((classes & is_space) != 0) return false;
  append_code_point(word_, c);
  ++characters_;
  return apart;
}

}  // namespace limn
