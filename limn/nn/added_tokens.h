// AddedTokens: finds the tokens of a tokenizer that are looked for before text is split.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "limn/nn/tokenizer.h"

namespace limn {

class AddedTokens {
 public:
  // Requires texts that are not empty.
  explicit AddedTokens(std::vector<SpecialToken> tokens);

  struct Found {
    const SpecialToken* token = nullptr;  // none: the text ends
    std::size_t begin = 0;                // with the white space that the token takes
    std::size_t end = 0;
  };

  // The first token at or after `from`; of two that begin at one place the longer one.
  [[nodiscard]] Found next(std::string_view text, std::size_t from) const;

  [[nodiscard]] bool empty() const { return tokens_.empty(); }

 private:
  std::vector<SpecialToken> tokens_;  // longest first
  std::array<bool, 256> starts_{};    // by first byte
};

}  // namespace limn
