// ICU's rules for where words and sentences end (Unicode Annex 29), on UTF-8.
#pragma once

#include <memory>
#include <string_view>

#include "limn/text/span.h"

namespace limn {

// Walks through a text, piece by piece. For one thread at a time; making one costs some
// microseconds, starting it on another text little.
class BreakIterator {
 public:
  enum class Kind { word, sentence };

  explicit BreakIterator(Kind kind);
  ~BreakIterator();

  // Starts on `text`, which must outlive the walk.
  void start(std::string_view text);

  // The next piece, without a gap to the one before; false at the end.
  bool next();

  [[nodiscard]] Span span() const { return span_; }
  // Of a word: whether it holds letters, digits or ideographs.
  [[nodiscard]] bool is_word() const;

 private:
  struct Impl;

  std::unique_ptr<Impl> impl_;
  Span span_;
};

}  // namespace limn
