// The best path to every byte of a word, from the left to the right (Viterbi): O(bytes * longest
// token). A character that is no token itself may be crossed as unknown, at a price no token has.
#include <algorithm>
#include <cmath>
#include <limits>

#include "limn/core/utf8.h"
#include "limn/nn/tokenizer_parts.h"
#include "limn/nn/trie.h"
#include "limn/nn/word_cache.h"
#include "limn/nn/word_memo.h"

namespace limn {
namespace {

// SentencePiece's unknown character costs this much more than its least probable token.
constexpr double unknown_penalty = 10;

// The best way to come to a byte: the token that ends there.
struct Step {
  double score = -std::numeric_limits<double>::infinity();
  std::size_t begin = 0;
  TokenId id = 0;
};

class Unigram final : public TokenModel {
 public:
  Unigram(const std::vector<std::string>& vocabulary, const UnigramSettings& settings,
          std::size_t bytes, PreTokenizer splitter)
      : tokens_(bytes),
        scores_(settings.scores),
        unknown_(settings.unknown),
        splitter_(std::move(splitter)) {
    for (std::size_t id = 0; id < scores_.size(); ++id) {
      if (!vocabulary[id].empty()) tokens_.add(vocabulary[id], static_cast<TokenId>(id));
    }
    unknown_score_ = *std::min_element(scores_.begin(), scores_.end()) - unknown_penalty;
    if (settings.byte_fallback) bytes_ = byte_tokens(vocabulary);
  }

  void add_text(std::string_view text, bool at_start, std::size_t most,
                std::vector<TokenId>& ids) const override {
    PerThread<WordMemo>::Loan memo(memos_);
    for (const std::string& word : pre_tokenize(splitter_, text, at_start)) {
      if (ids.size() >= most) return;
      (*memo).add(word, ids,
                  [&](std::string_view fresh, std::vector<TokenId>& its) { add_word(fresh, its); });
    }
  }

 private:
  // The best step to each byte of a word; those within a character are not reached.
  [[nodiscard]] std::vector<Step> best_steps(std::string_view word) const {
    std::vector<Step> best(word.size() + 1);
    best[0].score = 0;
    for (std::size_t at = 0; at < word.size();) {
      const double before = best[at].score;
      const auto take = [&](std::size_t end, TokenId id, double score) {
        if (before + score > best[end].score) best[end] = {before + score, at, id};
      };
      const std::size_t character = code_point_at(word, at).bytes;
      bool known = false;
      tokens_.for_each_prefix(word.substr(at), [&](std::size_t length, TokenId id) {
        take(at + length, id, scores_[id]);
        known = known || length == character;
      });
      if (!known) take(at + character, unknown_, unknown_score_);
      at += character;
    }
    return best;
  }

  void add_word(std::string_view word, std::vector<TokenId>& ids) const {
    const std::vector<Step> best = best_steps(word);
    std::vector<Step> path;  // last first; `score` is not used
    std::vector<std::size_t> ends;
    for (std::size_t end = word.size(); end > 0; end = best[end].begin) {
      const bool fused = !path.empty() && path.back().id == unknown_ && best[end].id == unknown_;
      if (fused) {
        path.back().begin = best[end].begin;
      } else {
        path.push_back(best[end]);
        ends.push_back(end);
      }
    }
    for (std::size_t i = path.size(); i-- > 0;) {
      if (path[i].id != unknown_) {
        ids.push_back(path[i].id);
      } else {
        add_unknown(word.substr(path[i].begin, ends[i] - path[i].begin), ids);
      }
    }
  }

  // A run of unknown characters is one token, or its bytes.
  void add_unknown(std::string_view text, std::vector<TokenId>& ids) const {
    const std::uint32_t known = tokens_.word(text);
    if (known != Trie::no_word) {
      ids.push_back(known);
    } else if (bytes_.empty()) {
      ids.push_back(unknown_);
    } else {
      for (const char byte : text) ids.push_back(bytes_[static_cast<std::uint8_t>(byte)]);
    }
  }

  Trie tokens_;
  std::vector<double> scores_;
  double unknown_score_ = 0;
  TokenId unknown_;
  std::vector<TokenId> bytes_;
  PreTokenizer splitter_;
  mutable PerThread<WordMemo> memos_;
};

}  // namespace

Result<std::unique_ptr<const TokenModel>> make_unigram(const std::vector<std::string>& vocabulary,
                                                       const UnigramSettings& settings,
                                                       PreTokenizer splitter) {
  const bool finite = std::all_of(settings.scores.begin(), settings.scores.end(),
                                  [](double score) { return std::isfinite(score); });
  if (settings.scores.empty() || settings.scores.size() > vocabulary.size() || !finite) {
    return fail(ErrorCode::corrupt, "cannot make tokenizer: the scores of tokens are not valid");
  }
  if (settings.unknown >= settings.scores.size()) {
    return fail(ErrorCode::corrupt, "cannot make tokenizer: unk_id {}: not in the vocabulary",
                settings.unknown);
  }
  LIMN_TRY(const std::size_t bytes, vocabulary_bytes(vocabulary));
  return std::make_unique<const Unigram>(vocabulary, settings, bytes, std::move(splitter));
}

}  // namespace limn
