// cppjieba, behind checks of our own: it ends the process over a dictionary that it cannot read,
// and gives nothing for a text that is not UTF-8.
#include "limn/text/segmenter.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "limn/core/file.h"
#include "limn/core/hash.h"
#include "limn/core/utf8.h"
#include "limn/text/chinese.h"

#ifdef LIMN_CPPJIEBA
#include <cppjieba/MixSegment.hpp>
#endif

namespace limn {

#ifdef LIMN_CPPJIEBA

struct Segmenter::Impl {
  std::string dictionary;  // path
  std::string model;       // path
  std::uint64_t fingerprint = 0;

  // Made when it is first asked for: where no text is Chinese, nothing waits for it.
  const cppjieba::MixSegment& segment() {
    std::call_once(made_, [this] { segment_.emplace(dictionary, model); });
    return *segment_;
  }

 private:
  std::once_flag made_;
  std::optional<cppjieba::MixSegment> segment_;
};

namespace {

constexpr std::size_t max_bytes = std::size_t{1} << 30;  // cppjieba counts in 32 bits

// The fields of a text between separators.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> fields;
  while (true) {
    const std::size_t end = text.find(separator);
    fields.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return fields;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> lines_of(std::string_view file) {
  std::vector<std::string_view> lines = split(file, '\n');
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

// How many code points; nothing where the text is not UTF-8.
std::size_t valid_code_points(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++count) {
    const CodePoint point = code_point_at(text, i);
    if (!point.valid) return 0;
    i += point.bytes;
  }
  return count;
}

bool is_number(std::string_view text) {
  constexpr std::size_t longest = 32;
  return !text.empty() && text.size() <= longest &&
         text.find_first_not_of("0123456789.-+eE") == std::string_view::npos;
}

// "word frequency tag".
bool is_entry(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t second = line.find(' ', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return false;
  const std::string_view frequency = line.substr(first + 1, second - first - 1);
  const std::string_view tag = line.substr(second + 1);
  return valid_code_points(line.substr(0, first)) > 0 && is_number(frequency) &&
         frequency.find_first_of("123456789") != std::string_view::npos && !tag.empty() &&
         tag.find(' ') == std::string_view::npos;
}

bool is_dictionary(std::string_view file) {
  const auto lines = lines_of(file);
  return !lines.empty() && std::ranges::all_of(lines, is_entry);
}

// "0.1 0.2 0.3 0.4": to each of the four places in a word.
bool is_probabilities(std::string_view line) {
  const auto fields = split(line, ' ');
  return fields.size() == 4 && std::ranges::all_of(fields, is_number);
}

// "character:-12.3,character:-4.5".
bool is_emissions(std::string_view line) {
  return std::ranges::all_of(split(line, ','), [](std::string_view entry) {
    const auto fields = split(entry, ':');
    return fields.size() == 2 && valid_code_points(fields[0]) == 1 && is_number(fields[1]);
  });
}

// But for comments: a line of starts, four of transitions, four of emissions.
bool is_model(std::string_view file) {
  auto lines = lines_of(file);
  std::erase_if(lines, [](std::string_view line) { return line.empty() || line.front() == '#'; });
  return lines.size() == 9 && std::all_of(lines.begin(), lines.begin() + 5, is_probabilities) &&
         std::all_of(lines.begin() + 5, lines.end(), is_emissions);
}

// As long as before, byte by byte, with a "?" for each byte that is not UTF-8.
std::string made_valid(std::string_view text) {
  std::string valid(text);
  for (std::size_t i = 0; i < valid.size();) {
    const CodePoint point = code_point_at(text, i);
    if (!point.valid) std::fill_n(valid.begin() + static_cast<std::ptrdiff_t>(i), point.bytes, '?');
    i += point.bytes;
  }
  return valid;
}

}  // namespace

Result<Segmenter> Segmenter::open(const std::filesystem::path& folder) {
  const auto dictionary = folder / "jieba.dict.utf8";
  const auto model = folder / "hmm_model.utf8";
  LIMN_TRY(const auto dictionary_bytes, read_file(dictionary));
  LIMN_TRY(const auto model_bytes, read_file(model));
  if (!is_dictionary(dictionary_bytes)) {
    return fail(ErrorCode::corrupt, "cannot open dictionary: {}: not lines of word, frequency, tag",
                dictionary.string());
  }
  if (!is_model(model_bytes)) {
    return fail(ErrorCode::corrupt, "cannot open dictionary: {}: not a model of characters",
                model.string());
  }
  auto impl = std::make_unique<Impl>();
  impl->dictionary = dictionary.string();
  impl->model = model.string();
  impl->fingerprint = hash64(model_bytes, hash64(dictionary_bytes));
  return Segmenter(std::move(impl));
}

std::vector<Span> Segmenter::cut(std::string_view text) const {
  std::vector<cppjieba::Word> words;
  // The dictionary is of simplified words, and folding keeps every place.
  const std::string valid = made_valid(to_simplified(text.substr(0, max_bytes)));
  impl_->segment().Cut(valid, words);

  std::vector<Span> spans;
  std::size_t end = 0;
  const auto add_up_to = [&](std::size_t next) {
    if (next > end) spans.push_back({end, next});
    end = std::max(end, next);
  };
  for (const cppjieba::Word& word : words) {
    add_up_to(word.offset);
    add_up_to(word.offset + word.word.size());
  }
  add_up_to(text.size());
  return spans;
}

#else

struct Segmenter::Impl {
  std::uint64_t fingerprint = 0;
};

Result<Segmenter> Segmenter::open(const std::filesystem::path& folder) {
  return fail(ErrorCode::unavailable,
              "cannot open dictionary: {}: built without cppjieba (set LIMN_CPPJIEBA_DIR)",
              folder.string());
}

// Never called: without cppjieba none can be made.
std::vector<Span> Segmenter::cut(std::string_view text) const {
  return {{0, text.size()}};
}

#endif

std::uint64_t Segmenter::fingerprint() const {
  return impl_->fingerprint;
}

Segmenter::Segmenter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Segmenter::Segmenter(Segmenter&&) noexcept = default;
Segmenter& Segmenter::operator=(Segmenter&&) noexcept = default;
Segmenter::~Segmenter() = default;

}  // namespace limn
