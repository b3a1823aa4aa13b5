// The terms that latent semantic analysis counts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace limn {

// Stems of the words that say something, and pairs of Chinese characters, as often as they occur.
// Takes any bytes. May be called from several threads.
[[nodiscard]] std::vector<std::string> lsa_terms(std::string_view text);

}  // namespace limn
