// Stemming: words to the part that their forms share, by the Snowball algorithms.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "limn/core/result.h"

namespace limn {

// One language's stemmer. For one thread at a time; make one a thread.
class Stemmer {
 public:
  // `algorithm` is an ISO 639-1 code ("en", "de") or a Snowball name ("english" = Porter 2,
  // "porter", "german"). Errors: invalid_argument, naming those there are.
  [[nodiscard]] static Result<Stemmer> make(std::string_view algorithm);

  // The stem of a lower-cased UTF-8 word; valid until the next call. At most 255 bytes are looked
  // at: a longer word is its own stem.
  [[nodiscard]] std::string_view stem(std::string_view word);

  Stemmer(Stemmer&&) noexcept;
  Stemmer& operator=(Stemmer&&) noexcept;
  ~Stemmer();

 private:
  struct Impl;
  explicit Stemmer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

// The Snowball name for an ISO 639-1 code or for itself; nothing where there is no such stemmer.
[[nodiscard]] std::optional<std::string_view> stemming_algorithm(std::string_view lang);

}  // namespace limn
