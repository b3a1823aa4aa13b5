// What the files of sentence-transformers in a model folder say: where the Transformer is, how its
// rows become one, how long a text may be, and what is put before it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "limn/core/result.h"

namespace limn {

enum class Pooling { mean, first, maximum };

struct SentenceFolder {
  std::filesystem::path transformer;  // the folder of config.json, the tokenizer and the weights
  Pooling pooling = Pooling::mean;    // most sentence encoders are trained so
  std::size_t max_length = 0;         // tokens; 0: not said
  std::string prompt;                 // put before every text
};

// Reads `modules.json`, the `config.json` of its pooling, `sentence_bert_config.json` and
// `config_sentence_transformers.json` of `folder`, each of which may be absent. `prompt` is the
// name of one of the folder's prompts, or the text of one; empty means the folder's default.
// Errors: corrupt; invalid_argument names a setting that is not supported.
[[nodiscard]] Result<SentenceFolder> read_sentence_folder(const std::filesystem::path& folder,
                                                          const std::string& prompt = {});

}  // namespace limn
