// Stop words: words so common that they tell nothing about a text. English and Chinese.
#pragma once

#include <span>
#include <string_view>

namespace limn {

// Whether a lower-cased word is a stop word of `lang` ("en", "zh"); never for another language.
// O(1). May be called from several threads.
[[nodiscard]] bool is_stop_word(std::string_view word, std::string_view lang);

// All of them, in byte order; none for a language without a list.
[[nodiscard]] std::span<const std::string_view> stop_words(std::string_view lang);

}  // namespace limn
