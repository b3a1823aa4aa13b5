// The terms that latent semantic analysis counts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace limn {

// Stems of words, and pairs of neighbouring Chinese characters, as often as they occur; stop words
// left out, traditional characters as simplified ones. Takes any bytes. May be called from several
// threads.
[[nodiscard]] std::vector<std::string> lsa_terms(std::string_view text);

}  // namespace limn
