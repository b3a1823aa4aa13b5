#include "limn/text/stem.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <libstemmer.h>

#include "limn/core/check.h"

namespace limn {
namespace {

constexpr std::size_t max_word_bytes = 255;  // longer ones are no words: addresses, base64

// ISO 639-1 codes and the Snowball names. "en" is Porter 2; Porter's first one goes by its name.
constexpr std::array<std::pair<std::string_view, std::string_view>, 29> algorithms{{
    {"ar", "arabic"},     {"ca", "catalan"},  {"da", "danish"},     {"de", "german"},
    {"el", "greek"},      {"en", "english"},  {"es", "spanish"},    {"eu", "basque"},
    {"fi", "finnish"},    {"fr", "french"},   {"ga", "irish"},      {"hi", "hindi"},
    {"hu", "hungarian"},  {"hy", "armenian"}, {"id", "indonesian"}, {"it", "italian"},
    {"lt", "lithuanian"}, {"ne", "nepali"},   {"nl", "dutch"},      {"no", "norwegian"},
    {"pt", "portuguese"}, {"ro", "romanian"}, {"ru", "russian"},    {"sr", "serbian"},
    {"sv", "swedish"},    {"ta", "tamil"},    {"tr", "turkish"},    {"yi", "yiddish"},
    {"", "porter"},
}};

}  // namespace

std::optional<std::string_view> stemming_algorithm(std::string_view lang) {
  if (lang.empty()) return std::nullopt;
  const auto* found = std::find_if(algorithms.begin(), algorithms.end(), [&](const auto& entry) {
    return entry.first == lang || entry.second == lang;
  });
  if (found == algorithms.end()) return std::nullopt;
  return found->second;
}

struct Stemmer::Impl {
  explicit Impl(sb_stemmer* made) : stemmer(made) {}
  ~Impl() { sb_stemmer_delete(stemmer); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  sb_stemmer* stemmer;
};

Stemmer::Stemmer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Stemmer::Stemmer(Stemmer&&) noexcept = default;
Stemmer& Stemmer::operator=(Stemmer&&) noexcept = default;
Stemmer::~Stemmer() = default;

Result<Stemmer> Stemmer::make(std::string_view algorithm) {
  if (const auto name = stemming_algorithm(algorithm)) {
    sb_stemmer* made = sb_stemmer_new(std::string(*name).c_str(), "UTF_8");
    if (made != nullptr) return Stemmer(std::make_unique<Impl>(made));
  }
  std::string known;
  for (const auto& [code, name] : algorithms) {
    known += known.empty() ? "" : ", ";
    known += name;
  }
  return fail(ErrorCode::invalid_argument, "cannot stem: {}: no such algorithm (there are {})",
              algorithm, known);
}

std::string_view Stemmer::stem(std::string_view word) {
  if (word.size() > max_word_bytes) return word;
  const sb_symbol* stem =
      sb_stemmer_stem(impl_->stemmer, reinterpret_cast<const sb_symbol*>(word.data()),
                      static_cast<int>(word.size()));
  LIMN_CHECK(stem != nullptr);  // out of memory
  return {reinterpret_cast<const char*>(stem),
          static_cast<std::size_t>(sb_stemmer_length(impl_->stemmer))};
}

}  // namespace limn
