// Language: which one a text is written in, told by its script and its commonest words.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace limn {

// The ISO 639-1 code of the text's language: "en", "zh", "de", "ru" ...; "und" when it cannot be
// told (too short, too mixed, no words). Reads the first 4 KiB. May be called from several threads.
[[nodiscard]] std::string guess_language(std::string_view text);

}  // namespace limn
