#include "limn/text/segmenter.h"

#include <utility>

namespace limn {

struct Segmenter::Impl {};

Segmenter::Segmenter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Segmenter::Segmenter(Segmenter&&) noexcept = default;
Segmenter& Segmenter::operator=(Segmenter&&) noexcept = default;
Segmenter::~Segmenter() = default;

Result<Segmenter> Segmenter::open(const std::filesystem::path& folder) {
  return fail(ErrorCode::unavailable, "cannot open dictionary: {}: built without cppjieba",
              folder.string());
}

std::vector<Span> Segmenter::cut(std::string_view text) const {
  if (text.empty()) return {};
  return {{0, text.size()}};
}

}  // namespace limn
