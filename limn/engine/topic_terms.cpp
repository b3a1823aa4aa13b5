#include "limn/engine/topic_terms.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "limn/cluster/collocations.h"
#include "limn/core/id_map.h"
#include "limn/core/parallel.h"
#include "limn/core/sorted.h"
#include "limn/engine/texts.h"
#include "limn/engine/topic_words.h"
#include "limn/text/characters.h"
#include "limn/text/chinese.h"
#include "limn/text/language.h"

namespace limn {
namespace {

// More documents than these tell no more about the names of topics.
constexpr std::size_t most_documents = 200'000;

// Documents whose words are in memory as strings at a time.
constexpr std::size_t batch = 16 * 1024;

// The language that most of the texts are in, told from a long passage: a title alone is too short.
std::string corpus_language(const Documents& documents) {
  constexpr std::size_t passage_bytes = 4096;
  constexpr std::size_t piece_bytes = 200;
  std::string passage;
  for (const auto* part : {&documents.items, &documents.texts}) {
    const std::size_t step = std::max<std::size_t>(1, part->size() * piece_bytes / passage_bytes);
    for (std::size_t i = 0; i < part->size(); i += step) {
      passage += (*part)[i].substr(0, piece_bytes) + "\n";
    }
  }
  const std::string language = guess_language(passage);
  return language == "und" ? "en" : language;  // names and titles: English stop words do no harm
}

// Words as numbers, each with the forms it is written in.
class Words {
 public:
  std::uint32_t add(const TopicWord& word) {
    const std::uint32_t key = keys_.add(word.key);
    const std::uint32_t text = texts_.add(word.text);
    ++forms_[static_cast<std::uint64_t>(key) << 32 | text];
    if (key >= small_.size()) {
      small_.resize(key + 1);
      all_.resize(key + 1);
    }
    small_[key] += word.small ? 1 : 0;
    all_[key] += 1;
    return key;
  }

  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  [[nodiscard]] const std::string& key(std::uint32_t word) const { return keys_.id(word); }
  [[nodiscard]] bool is_small(std::uint32_t word) const {
    constexpr double nearly_always = 0.9;
    return small_[word] >= nearly_always * all_[word];
  }

  // (words): the commonest form of each, of equals the first in byte order.
  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::pair<std::size_t, std::string>> best(keys_.size());
    for (const auto& [form, count] : forms_) {
      auto& [most, text] = best[form >> 32];
      const std::string& candidate = texts_.id(static_cast<std::uint32_t>(form));
      if (count > most || (count == most && candidate < text)) {
        most = count;
        text = candidate;
      }
    }
    std::vector<std::string> texts;
    for (auto& [count, text] : best) texts.push_back(std::move(text));
    return texts;
  }

 private:
  IdMap keys_;
  IdMap texts_;
  std::unordered_map<std::uint64_t, std::size_t> forms_;
  std::vector<double> small_;
  std::vector<double> all_;
};

// Documents as the numbers of their words, with breaks where no phrase goes on.
struct ReadDocuments {
  Words words;
  std::vector<std::vector<std::uint32_t>> sequences;  // (documents)
};

ReadDocuments read_all(const std::vector<Item>& items, const Documents& documents,
                       std::size_t count) {
  TopicWordOptions options{
      .lang = "auto", .unknown_lang = corpus_language(documents), .segmenter = documents.segmenter};
  const auto words_of = [&](std::size_t i) {
    const bool item = i < items.size();
    const std::string prose = item ? item_prose(items[i]) : documents.texts[i - items.size()];
    TopicWordOptions own = options;
    constexpr std::size_t tellable = 200;  // bytes from which on a text's own language can be told
    if (prose.size() < tellable) own.lang = options.unknown_lang;
    return topic_words(prose, own);
  };
  const std::size_t step = 1 + count / most_documents;
  ReadDocuments read;
  read.sequences.resize(count);
  std::vector<std::vector<TopicWord>> found;
  for (std::size_t begin = 0; begin < count; begin += batch) {
    const std::size_t size = std::min(batch, count - begin);
    found.assign(size, {});
    constexpr std::size_t grain = 64;
    parallel_for(size, grain, [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) {
        if ((begin + i) % step == 0) found[i] = words_of(begin + i);
      }
    });
    for (std::size_t i = 0; i < size; ++i) {
      for (const TopicWord& word : found[i]) {
        if (!word.joined) read.sequences[begin + i].push_back(phrase_break);
        read.sequences[begin + i].push_back(read.words.add(word));
      }
    }
  }
  return read;
}

// A name as words() would key it, so that the category "cold-brew" and the phrase "cold brew" are
// one term.
std::string key_of_name(const std::string& name, const Segmenter* segmenter) {
  std::string key;
  for (const TopicWord& word : topic_words(name, {.lang = "en", .segmenter = segmenter})) {
    if (!key.empty()) key += ' ';
    key += word.key;
  }
  return key.empty() ? name : key;
}

// What users are called, lower-cased.
std::unordered_set<std::string> names_of_users(std::span<const User> users) {
  std::unordered_set<std::string> names;
  for (const User& user : users) {
    if (!user.id.empty()) names.insert(to_simplified(to_lower(user.id)));
    for (const char* attribute : {"name", "display_name"}) {
      const auto found = user.attributes.find(attribute);
      if (found != user.attributes.end()) names.insert(to_simplified(to_lower(found->second)));
    }
  }
  return names;
}

bool ends_with_han(std::string_view text) {
  char32_t last = 0;
  for (std::size_t position = 0; position < text.size();) last = next_code_point(text, position);
  return is_han(last);
}

bool begins_with_han(std::string_view text) {
  std::size_t position = 0;
  return !text.empty() && is_han(next_code_point(text, position));
}

// Chinese words follow each other without a space.
std::string phrase_text(std::span<const std::uint32_t> words, std::span<const std::string> texts) {
  std::string text;
  for (const std::uint32_t word : words) {
    const bool space = !text.empty() && !(ends_with_han(text) && begins_with_han(texts[word]));
    text += (space ? " " : "") + texts[word];
  }
  return text;
}

// The terms there are, by key, and which of them each document has.
class TermTable {
 public:
  TermTable(ReadDocuments read, std::span<const User> users)
      : read_(std::move(read)), texts_(read_.words.texts()), users_(names_of_users(users)) {}

  // Categories and tags. Before the others: what the catalogue says is no user's name.
  void add_names(const std::vector<Item>& items, std::size_t count, const Segmenter* segmenter) {
    has_.resize(read_.sequences.size());
    std::unordered_map<std::string, std::optional<std::uint32_t>> known;
    for (std::size_t i = 0; i < std::min(count, items.size()); ++i) {
      for (const auto* names : {&items[i].categories, &items[i].tags}) {
        for (const std::string& name : *names) {
          const auto [place, fresh] = known.try_emplace(to_lower(name));
          if (fresh && can_name(place->first))
            place->second = add(key_of_name(place->first, segmenter), place->first);
          if (place->second) has_[i].push_back(*place->second);
        }
      }
    }
  }

  void add_words() {
    std::vector<std::size_t> documents(read_.words.size());
    for (const auto& sequence : read_.sequences) {
      for (const std::uint32_t word : distinct(sequence)) ++documents[word];
    }
    const std::size_t least = read_.sequences.size() < few_documents ? 1 : 2;
    std::vector<std::optional<std::uint32_t>> terms(documents.size());
    for (std::uint32_t word = 0; word < documents.size(); ++word) {
      const bool common = documents[word] >= many_documents && read_.words.is_small(word);
      if (documents[word] < least || !can_name(texts_[word])) continue;
      if (is_user(texts_[word], read_.words.key(word)) && !common) continue;
      terms[word] = add(read_.words.key(word), texts_[word]);
    }
    for (std::size_t i = 0; i < read_.sequences.size(); ++i) {
      for (const std::uint32_t word : distinct(read_.sequences[i])) {
        if (terms[word]) has_[i].push_back(*terms[word]);
      }
    }
  }

  void add_phrases() {
    std::unordered_map<std::string, std::uint32_t> terms;
    for (const Collocation& phrase : find_collocations(read_.sequences)) {
      const std::string key = key_of(phrase.words);
      const std::string text = phrase_text(phrase.words, texts_);
      if (can_name(text) && !is_user(text, key)) terms.emplace(key, add(key, text));
    }
    if (terms.empty()) return;
    for (std::size_t i = 0; i < read_.sequences.size(); ++i) {
      const std::span<const std::uint32_t> all = read_.sequences[i];
      for (std::size_t begin = 0; begin + 1 < all.size(); ++begin) {
        for (std::size_t size = 2; size <= 3 && begin + size <= all.size(); ++size) {
          const auto part = all.subspan(begin, size);
          if (std::ranges::find(part, phrase_break) != part.end()) break;
          const auto found = terms.find(key_of(part));
          if (found != terms.end()) has_[i].push_back(found->second);
        }
      }
    }
  }

  [[nodiscard]] TopicTerms take() {
    TopicTerms result;
    std::vector<Triplet> entries;
    for (std::uint32_t i = 0; i < has_.size(); ++i) {
      for (const std::uint32_t term : distinct(has_[i])) entries.push_back({i, term, 1});
    }
    result.counts = SparseMatrix::from_triplets(has_.size(), terms_.size(), std::move(entries));
    for (std::uint32_t term = 0; term < keys_.size(); ++term)
      result.parts.push_back(parts_of(keys_.id(term)));
    result.terms = std::move(terms_);
    return result;
  }

 private:
  static constexpr std::size_t few_documents = 200;  // of so few, a term of one may be all there is
  static constexpr std::size_t many_documents = 50;

  static std::vector<std::uint32_t> distinct(std::vector<std::uint32_t> numbers) {
    std::erase(numbers, phrase_break);
    sort_unique(numbers);
    return numbers;
  }

  std::uint32_t add(std::string_view key, const std::string& text) {
    const std::uint32_t term = keys_.add(key);
    if (term == terms_.size()) terms_.push_back(text);
    return term;
  }

  [[nodiscard]] bool is_user(const std::string& text, const std::string& key) const {
    return !keys_.find(key) && users_.contains(to_simplified(text));
  }

  [[nodiscard]] std::string key_of(std::span<const std::uint32_t> words) const {
    std::string key;
    for (const std::uint32_t word : words) key += (key.empty() ? "" : " ") + read_.words.key(word);
    return key;
  }

  // The terms that are some of a key's words, one after the other, but not all of them.
  [[nodiscard]] std::vector<std::uint32_t> parts_of(const std::string& key) const {
    std::vector<std::size_t> begins{0};
    for (std::size_t i = 0; i < key.size(); ++i) {
      if (key[i] == ' ') begins.push_back(i + 1);
    }
    std::vector<std::uint32_t> parts;
    for (std::size_t first = 0; first < begins.size(); ++first) {
      for (std::size_t after = first + 1; after <= begins.size(); ++after) {
        if (after - first == begins.size()) continue;
        const std::size_t end = after < begins.size() ? begins[after] - 1 : key.size();
        const auto found = keys_.find(key.substr(begins[first], end - begins[first]));
        if (found) parts.push_back(*found);
      }
    }
    return parts;
  }

  ReadDocuments read_;
  std::vector<std::string> texts_;  // (words)
  std::unordered_set<std::string> users_;
  IdMap keys_;                                   // of terms
  std::vector<std::string> terms_;               // their texts
  std::vector<std::vector<std::uint32_t>> has_;  // (documents): terms
};

}  // namespace

TopicTerms read_topic_terms(std::span<const User> users, const std::vector<Item>& items,
                            const Documents& documents, std::size_t count) {
  TermTable table(read_all(items, documents, count), users);
  table.add_names(items, count, documents.segmenter);
  table.add_words();
  table.add_phrases();
  return table.take();
}

}  // namespace limn
