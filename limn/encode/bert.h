// The bert encoder: a Hugging Face folder of the BERT family, its pooled and normalized output.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "limn/core/result.h"
#include "limn/encode/encoder.h"

namespace limn {

// What a generation's embeddings were made with.
struct BertBefore {
  std::uint64_t fingerprint = 0;
  std::span<const std::byte> calibration;  // Encoder::calibration()
};

struct BertOptions {
  std::size_t max_length = 0;  // tokens of a text that are read; 0: as the folder says
  // "fp32", "bf16", "int8", or "auto": the fastest whose embeddings of a sample of `texts` have
  // cosines to fp32's of .99 on average and .97 at least. int8 calibrates its scales on that
  // sample.
  std::string precision = "auto";
  std::span<const std::string> texts;  // those to come, of which the sample is taken
  // With it, auto keeps the precision and int8 the scales, if they are of this model: what was
  // embedded before need not be embedded again.
  const BertBefore* before = nullptr;
  // One of the folder's prompts by name, or a text, put before every text ("query: "); empty: the
  // folder's default, if it has one.
  std::string prompt;
  // A text without a token: a row of zeros, or the model's answer to its first and last token
  // alone, which is what sentence-transformers gives.
  bool embed_empty = false;
};

// Reads `config.json`, the tokenizer and the weights of `folder`, and what the files of
// sentence-transformers there say (sentence_folder.h). Takes about the time of reading the files.
// Errors: not_found, corrupt (naming the file or the tensor), invalid_argument (what is not
// supported).
[[nodiscard]] Result<std::unique_ptr<Encoder>> load_bert(const std::filesystem::path& folder,
                                                         const BertOptions& options);

// The number of tokens of a text that the folder's model reads, special tokens included.
[[nodiscard]] Result<std::size_t> bert_max_length(const std::filesystem::path& folder);

}  // namespace limn
