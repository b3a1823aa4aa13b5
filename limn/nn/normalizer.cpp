#include "limn/nn/normalizer.h"

#include <algorithm>
#include <cstddef>

#include "limn/core/utf8.h"
#include "limn/nn/character_classes.h"

namespace limn {
namespace {

std::string take(const WordSettings& settings, std::string_view text) {
  return WordSplitter(text, settings).normalized();
}

std::string take(const Charsmap& map, std::string_view text) {
  return map.apply(text);
}

std::string take(const ReplaceStep& step, std::string_view text) {
  std::string replaced;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (text.substr(end).starts_with(step.from)) {
      end += step.from.size();
      if (!step.runs) break;
    }
    const std::size_t least = step.runs ? 2 * step.from.size() : step.from.size();
    if (end - at >= least) {
      replaced += step.to;
    } else {
      end = at + 1;
      replaced += text[at];
    }
    at = end;
  }
  return replaced;
}

std::string take(const StripStep& step, std::string_view text) {
  std::size_t begin = text.size();  // of what is not white space
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    if (!is_white_space(c.code)) {
      begin = std::min(begin, at);
      end = at + c.bytes;
    }
    at += c.bytes;
  }
  if (end == 0) begin = step.left ? text.size() : 0;
  if (!step.left) begin = 0;
  if (!step.right) end = text.size();
  return std::string(text.substr(begin, begin < end ? end - begin : 0));
}

std::string take(const PrependStep& step, std::string_view text) {
  return text.empty() ? std::string() : step.text + std::string(text);
}

}  // namespace

std::string normalize_text(const Normalizer& normalizer, std::string_view text) {
  std::string normalized(text);
  for (const NormalizerStep& step : normalizer) {
    normalized = std::visit([&](const auto& one) { return take(one, normalized); }, step);
  }
  return normalized;
}

}  // namespace limn
