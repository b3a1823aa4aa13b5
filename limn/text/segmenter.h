// Segmenter: Chinese words by jieba's dictionary, where one is at hand.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "limn/core/result.h"
#include "limn/text/span.h"

namespace limn {

// Cuts Chinese by the likeliest path through a dictionary of word frequencies, and what is not in
// it by a hidden Markov model of the characters.
class Segmenter {
 public:
  // Checks `jieba.dict.utf8` and `hmm_model.utf8` of `folder`, which takes some 50 ms. The first
  // text to cut waits half a second for what is made of them, and that takes 100 MB. Errors:
  // not_found, corrupt; unavailable in a build without cppjieba.
  [[nodiscard]] static Result<Segmenter> open(const std::filesystem::path& folder);

  // A hash of the files: segmenters of one fingerprint cut alike.
  [[nodiscard]] std::uint64_t fingerprint() const;

  // The words of `text`, in order, covering every byte of it. Takes any bytes. May be called from
  // several threads.
  [[nodiscard]] std::vector<Span> cut(std::string_view text) const;

  Segmenter(Segmenter&&) noexcept;
  Segmenter& operator=(Segmenter&&) noexcept;
  ~Segmenter();

 private:
  struct Impl;
  explicit Segmenter(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace limn
