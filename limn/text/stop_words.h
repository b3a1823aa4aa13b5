// Stop words: words so common that they tell nothing about a text. English and Chinese; of the
// other languages those that set-up fetched lists for.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace limn {

// Whether a lower-cased word is a stop word of `lang` ("en", "zh", "de"); never for a language
// without a list. O(1). May be called from several threads.
[[nodiscard]] bool is_stop_word(std::string_view word, std::string_view lang);

// All of them, in byte order; none for a language without a list.
[[nodiscard]] std::span<const std::string_view> stop_words(std::string_view lang);

// The ISO 639-1 codes of the languages that have a list, in byte order.
[[nodiscard]] std::vector<std::string_view> stop_word_languages();

// A hash of all lists: words that were left out by others do not match.
[[nodiscard]] std::uint64_t stop_words_fingerprint();

}  // namespace limn
