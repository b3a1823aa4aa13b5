#include "limn/nn/added_tokens.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "limn/core/utf8.h"
#include "limn/nn/character_classes.h"

namespace limn {
namespace {

// Where the white space before `end` begins, not before `from`.
std::size_t space_before(std::string_view text, std::size_t from, std::size_t end) {
  std::size_t begin = end;
  for (std::size_t at = from; at < end;) {
    const CodePoint c = code_point_at(text, at);
    at += c.bytes;
    if (!is_white_space(c.code)) {
      begin = end;
    } else if (begin == end) {
      begin = at - c.bytes;
    }
  }
  return begin;
}

std::size_t space_after(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const CodePoint c = code_point_at(text, at);
    if (!is_white_space(c.code)) break;
    at += c.bytes;
  }
  return at;
}

}  // namespace

AddedTokens::AddedTokens(std::vector<SpecialToken> tokens) : tokens_(std::move(tokens)) {
  std::stable_sort(tokens_.begin(), tokens_.end(),
                   [](const auto& a, const auto& b) { return a.text.size() > b.text.size(); });
  for (const SpecialToken& token : tokens_) {
    starts_[static_cast<std::uint8_t>(token.text.front())] = true;
  }
}

AddedTokens::Found AddedTokens::next(std::string_view text, std::size_t from) const {
  for (std::size_t at = from; at < text.size(); ++at) {
    if (!starts_[static_cast<std::uint8_t>(text[at])]) continue;
    for (const SpecialToken& token : tokens_) {
      if (!text.substr(at).starts_with(token.text)) continue;
      const std::size_t end = at + token.text.size();
      return {&token, token.takes_space_before ? space_before(text, from, at) : at,
              token.takes_space_after ? space_after(text, end) : end};
    }
  }
  return {nullptr, text.size(), text.size()};
}

}  // namespace limn
