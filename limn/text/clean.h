// Cleaning: HTML, Markdown and stray bytes out, plain readable text left.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "limn/text/personal_data.h"

namespace limn {

struct CleanOptions {
  bool markup = true;        // read HTML and Markdown: tags go, their words stay
  bool keep_code = true;     // the words of code blocks; in-line code always stays
  bool keep_urls = false;    // else web addresses go; the words of a link always stay
  bool keep_emails = false;  // else e-mail addresses go
  std::optional<WrittenBy> without_personal_data;  // of users or of a shop: a space stands for it
  bool keep_lines = false;  // one newline between blocks; else all white space is one space
  bool compatible = true;   // NFKC: full-width letters, ligatures, circled digits become plain ones
};

// `raw` as plain UTF-8 text in NFKC (NFC when not `compatible`), without control and zero-width
// characters and without white space at either end.
//
// Takes any bytes, the first 64 MiB of them: what is not UTF-8 becomes a space. O(n). May be called
// from several threads.
[[nodiscard]] std::string clean_text(std::string_view raw, const CleanOptions& options = {});

}  // namespace limn
