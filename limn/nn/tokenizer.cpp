// Text is cut at the added tokens that it holds, the rest is normalized, cut at those that are
// looked for only then, and what is left goes to the model.
#include "limn/nn/tokenizer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "limn/core/check.h"
#include "limn/core/utf8.h"
#include "limn/nn/added_tokens.h"
#include "limn/nn/tokenizer_parts.h"
#include "limn/nn/trie.h"

namespace limn {
namespace {

// The added tokens that are looked for in normalized text, normalized, or the others.
AddedTokens choose(const TokenizerParts& parts, bool normalized) {
  std::vector<SpecialToken> chosen;
  for (SpecialToken token : parts.added) {
    if (token.normalized != normalized) continue;
    if (normalized) token.text = normalize_text(parts.normalizer, token.text);
    if (!token.text.empty()) chosen.push_back(std::move(token));
  }
  return AddedTokens(std::move(chosen));
}

}  // namespace

struct Tokenizer::State {
  explicit State(TokenizerParts its)
      : parts(std::move(its)), raw(choose(parts, false)), normalized(choose(parts, true)) {}

  // Cuts `text` at added tokens, calls `rest(section, whether it begins the text)` for what stands
  // between them, until there are `most` ids.
  template <typename Rest>
  static void cut(const AddedTokens& added, std::string_view text, std::size_t most,
                  std::vector<TokenId>& ids, Rest rest) {
    std::size_t position = 0;
    while (position < text.size() && ids.size() < most) {
      const AddedTokens::Found found = added.next(text, position);
      if (position < found.begin) {
        rest(text.substr(position, found.begin - position), position == 0);
      }
      if (found.token == nullptr) return;
      ids.push_back(found.token->id);
      position = found.end;
    }
  }

  void add_section(std::string_view section, bool at_start, std::size_t most,
                   std::vector<TokenId>& ids) const {
    if (parts.model_reads_any_bytes && parts.normalizer.empty() && normalized.empty()) {
      return parts.model->add_text(section, at_start, most, ids);
    }
    const std::string text =
        normalize_text(parts.normalizer, to_valid_utf8(section, "\xEF\xBF\xBD"));
    cut(normalized, text, most, ids, [&](std::string_view rest, bool first) {
      parts.model->add_text(rest, at_start && first, most, ids);
    });
  }

  // Adds the tokens of `text`, until there are `most` or more.
  void add_text(std::string_view text, std::size_t most, std::vector<TokenId>& ids) const {
    cut(raw, text, most, ids, [&](std::string_view section, bool at_start) {
      add_section(section, at_start, most, ids);
    });
  }

  TokenizerParts parts;
  AddedTokens raw;
  AddedTokens normalized;
};

Tokenizer::Tokenizer(std::unique_ptr<const State> state) : state_(std::move(state)) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

Result<Tokenizer> Tokenizer::make(const std::vector<std::string>& vocabulary,
                                  std::vector<SpecialToken> special, TokenizerSettings settings) {
  TokenizerParts parts{
      .added = std::move(special), .model_reads_any_bytes = true, .size = vocabulary.size()};
  LIMN_TRY(parts.model, make_wordpiece(vocabulary, settings));
  LIMN_TRY(const TokenId first, id_of(vocabulary, settings.first));
  LIMN_TRY(const TokenId last, id_of(vocabulary, settings.last));
  parts.before = {first};
  parts.after = {last};
  return make(std::move(parts));
}

Result<Tokenizer> Tokenizer::make(TokenizerParts parts) {
  for (const SpecialToken& token : parts.added) {
    if (token.text.empty() || token.id >= parts.size) {
      return fail(ErrorCode::corrupt, "cannot make tokenizer: special token {} '{}' is not valid",
                  token.id, token.text);
    }
  }
  LIMN_CHECK(parts.before.size() + parts.after.size() <= 2);
  return Tokenizer(std::make_unique<const State>(std::move(parts)));
}

std::vector<TokenId> Tokenizer::ids(std::string_view text, std::size_t max_length) const {
  LIMN_CHECK(max_length >= 2);
  const TokenizerParts& parts = state_->parts;
  const std::size_t most = max_length - parts.after.size();  // leaves room for what comes last
  std::vector<TokenId> ids = parts.before;
  state_->add_text(text, most, ids);
  if (ids.size() > most) ids.resize(most);
  ids.insert(ids.end(), parts.after.begin(), parts.after.end());
  return ids;
}

std::vector<TokenId> Tokenizer::pieces(std::string_view text) const {
  std::vector<TokenId> ids;
  add_pieces(text, ids);
  return ids;
}

void Tokenizer::add_pieces(std::string_view text, std::vector<TokenId>& ids) const {
  state_->add_text(text, std::numeric_limits<std::size_t>::max(), ids);
}

std::size_t Tokenizer::vocabulary_size() const {
  return state_->parts.size;
}

Result<TokenId> id_of(const std::vector<std::string>& vocabulary, std::string_view token) {
  const auto found = std::find(vocabulary.begin(), vocabulary.end(), token);
  if (token.empty() || found == vocabulary.end()) {
    return fail(ErrorCode::corrupt, "cannot make tokenizer: {}: not in the vocabulary", token);
  }
  return static_cast<TokenId>(found - vocabulary.begin());
}

Result<std::size_t> vocabulary_bytes(const std::vector<std::string>& vocabulary) {
  std::size_t bytes = 0;
  for (const std::string& word : vocabulary) bytes += word.size();
  if (bytes > Trie::most_bytes) {
    return fail(ErrorCode::corrupt, "cannot make tokenizer: the vocabulary is too large");
  }
  return bytes;
}

std::vector<TokenId> byte_tokens(const std::vector<std::string>& vocabulary) {
  std::vector<TokenId> tokens;
  for (int byte = 0; byte < 256; ++byte) {
    const auto id = id_of(vocabulary, fmt::format("<0x{:02X}>", byte));
    if (!id) return {};
    tokens.push_back(*id);
  }
  return tokens;
}

}  // namespace limn
