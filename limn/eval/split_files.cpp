#include "limn/eval/split_files.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "limn/core/file.h"
#include "limn/core/json.h"

namespace limn {
namespace {

// The longest id that limn takes anywhere.
constexpr std::size_t max_id_bytes = 256;

// The lines of a file: without line ends, a byte order mark and empty lines.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
  }

  // The next line that is not empty.
  std::optional<std::string_view> next() {
    while (!rest_.empty()) {
      const std::size_t length = std::min(rest_.find('\n'), rest_.size());
      std::string_view line = rest_.substr(0, length);
      rest_.remove_prefix(std::min(length + 1, rest_.size()));
      ++number_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.find_first_not_of(" \t") != std::string_view::npos) return line;
    }
    return std::nullopt;
  }

  // Of the line that next() gave last, from 1; empty ones are counted.
  [[nodiscard]] std::size_t number() const { return number_; }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

// Fields between runs of spaces and tabs.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}

  std::optional<std::string_view> next() {
    const std::size_t begin = rest_.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return std::nullopt;
    const std::size_t end = std::min(rest_.find_first_of(" \t", begin), rest_.size());
    const std::string_view word = rest_.substr(begin, end - begin);
    rest_.remove_prefix(end);
    return word;
  }

 private:
  std::string_view rest_;
};

std::vector<std::string_view> split_at_tabs(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    const std::size_t length = std::min(line.find('\t'), line.size());
    fields.push_back(line.substr(0, length));
    if (length == line.size()) return fields;
    line.remove_prefix(length + 1);
  }
}

std::optional<float> parse_value(std::string_view text) {
  float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= max_id_bytes &&
         std::ranges::none_of(id, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// A path that is being read, for its messages.
struct Place {
  const std::filesystem::path& path;
  const Lines& lines;

  template <typename... Args>
  [[nodiscard]] tl::unexpected<Error> corrupt(fmt::format_string<Args...> why,
                                              Args&&... args) const {
    return fail(ErrorCode::corrupt, "cannot read split: {}:{}: {}", path.string(), lines.number(),
                fmt::format(why, std::forward<Args>(args)...));
  }
};

// Collects the rows of all files of a split.
class SplitReader {
 public:
  explicit SplitReader(SplitFormat format) : format_(format) {}

  Result<void> read(const std::filesystem::path& path, UserHistories& part) {
    LIMN_TRY(const MemoryMap file, MemoryMap::open(path));
    Lines lines(file.text());
    const Place place{path, lines};
    switch (format_) {
      case SplitFormat::adjacency:
      case SplitFormat::sequences: return read_lists(lines, place, part);
      case SplitFormat::counted: return read_counted(lines, place, part);
      case SplitFormat::pairs: return read_pairs(lines, place, part);
      case SplitFormat::recbole: return read_recbole(lines, place, part);
    }
    return {};
  }

  // All parts grown to all users and put in order; `read` must not be called again.
  PublishedSplit finish() {
    published_.has_times = ordered_ || (any_rows_ && all_timed_);
    published_.split.items = published_.items.size();
    return std::move(published_);
  }

  PublishedSplit& published() { return published_; }

 private:
  struct Row {
    std::string_view user;
    std::string_view item;
    float value = 1;
    std::optional<Time> time;
  };

  Result<void> add(const Place& place, UserHistories& part, const Row& row) {
    for (const std::string_view id : {row.user, row.item}) {
      if (!is_id(id)) {
        return place.corrupt("an id is empty, longer than {} bytes or has control characters",
                             max_id_bytes);
      }
    }
    const UserIndex user = published_.users.add(row.user);
    if (part.size() <= user) part.resize(user + 1);
    part[user].push_back({.item = published_.items.add(row.item),
                          .weight = row.value,
                          .time = row.time.value_or(Time{}),
                          .event = ++rows_});
    any_rows_ = true;
    all_timed_ = all_timed_ && row.time.has_value();
    return {};
  }

  Result<void> read_lists(Lines& lines, const Place& place, UserHistories& part) {
    ordered_ = format_ == SplitFormat::sequences;
    while (const auto line = lines.next()) {
      Words words(*line);
      const std::string_view user = *words.next();
      if (!is_id(user)) return place.corrupt("the user's id is too long or damaged");
      // A user without items is still a user.
      const UserIndex index = published_.users.add(user);
      if (part.size() <= index) part.resize(index + 1);
      while (const auto item = words.next()) {
        LIMN_TRY_VOID(add(place, part, {.user = user, .item = *item}));
      }
    }
    return {};
  }

  Result<void> read_counted(Lines& lines, const Place& place, UserHistories& part) {
    std::size_t number = 0;
    while (const auto line = lines.next()) {
      const std::string user = std::to_string(number++);
      published_.users.add(user);
      if (part.size() < number) part.resize(number);
      Words words(*line);
      const std::string_view count_text = *words.next();
      std::size_t count = 0;
      while (const auto item = words.next()) {
        LIMN_TRY_VOID(add(place, part, {.user = user, .item = *item}));
        ++count;
      }
      if (std::to_string(count) != count_text) {
        return place.corrupt("the count is {}, the line has {} items", count_text, count);
      }
    }
    return {};
  }

  Result<void> read_pairs(Lines& lines, const Place& place, UserHistories& part) {
    while (const auto line = lines.next()) {
      Words words(*line);
      const auto user = words.next();
      const auto item = words.next();
      const auto value = words.next();
      const auto time = words.next();
      if (!item || words.next()) return place.corrupt("not `user item [value [time]]`");
      LIMN_TRY_VOID(add_text(place, part, *user, *item, value, time));
    }
    return {};
  }

  Result<void> read_recbole(Lines& lines, const Place& place, UserHistories& part) {
    const auto header = lines.next();
    if (!header) return {};
    const std::vector<std::string_view> names = split_at_tabs(*header);
    const auto column = [&](std::string_view name) -> std::optional<std::size_t> {
      const auto found = std::ranges::find_if(
          names, [&](std::string_view n) { return n.substr(0, n.find(':')) == name; });
      if (found == names.end()) return std::nullopt;
      return static_cast<std::size_t>(found - names.begin());
    };
    const auto user = column("user_id");
    const auto item = column("item_id");
    const auto value = column("rating");
    const auto time = column("timestamp");
    if (!user || !item) return place.corrupt("the header has no user_id and item_id");

    while (const auto line = lines.next()) {
      const std::vector<std::string_view> fields = split_at_tabs(*line);
      if (fields.size() != names.size()) {
        return place.corrupt("{} fields, the header has {}", fields.size(), names.size());
      }
      const auto field = [&](std::optional<std::size_t> index) -> std::optional<std::string_view> {
        if (!index) return std::nullopt;
        return fields[*index];
      };
      LIMN_TRY_VOID(add_text(place, part, fields[*user], fields[*item], field(value), field(time)));
    }
    return {};
  }

  Result<void> add_text(const Place& place, UserHistories& part, std::string_view user,
                        std::string_view item, std::optional<std::string_view> value_text,
                        std::optional<std::string_view> time_text) {
    Row row{.user = user, .item = item};
    if (value_text) {
      const auto value = parse_value(*value_text);
      if (!value) return place.corrupt("the value is no finite number");
      row.value = *value;
      published_.has_values = true;
    }
    if (time_text) {
      row.time = parse_time(*time_text);
      if (!row.time) return place.corrupt("the time is none");
    }
    return add(place, part, row);
  }

  SplitFormat format_;
  PublishedSplit published_;
  std::int64_t rows_ = 0;
  bool any_rows_ = false;
  bool all_timed_ = true;
  bool ordered_ = false;
};

Result<void> add_item_text(const Place& place, std::string_view id, std::string text,
                           PublishedSplit& published) {
  if (!is_id(id)) return place.corrupt("the item's id is empty, too long or damaged");
  const ItemIndex item = published.items.add(id);
  if (published.item_texts.size() <= item) published.item_texts.resize(item + 1);
  published.item_texts[item] = std::move(text);
  return {};
}

Result<void> read_jsonl_items(Lines& lines, const Place& place, PublishedSplit& published) {
  while (const auto line = lines.next()) {
    const auto document = parse_json(*line, "item");
    if (!document) return place.corrupt("{}", document.error().message);
    const JsonObject* object = document->if_object();
    const Json* id = object == nullptr ? nullptr : object->if_contains("id");
    const Json* text = object == nullptr ? nullptr : object->if_contains("text");
    if (id == nullptr || text == nullptr || !text->is_string() ||
        !(id->is_string() || id->is_int64())) {
      return place.corrupt("not {{\"id\": .., \"text\": ..}}");
    }
    const std::string id_text =
        id->is_string() ? std::string(id->as_string()) : std::to_string(id->as_int64());
    LIMN_TRY_VOID(add_item_text(place, id_text, std::string(text->as_string()), published));
  }
  return {};
}

// All columns but the id are text, in their order.
Result<void> read_recbole_items(Lines& lines, const Place& place, PublishedSplit& published) {
  const auto header = lines.next();
  if (!header) return {};
  const std::vector<std::string_view> names = split_at_tabs(*header);
  if (!names.front().starts_with("item_id:")) {
    return place.corrupt("the header's first column is not item_id");
  }
  while (const auto line = lines.next()) {
    const std::vector<std::string_view> fields = split_at_tabs(*line);
    if (fields.size() != names.size()) {
      return place.corrupt("{} fields, the header has {}", fields.size(), names.size());
    }
    std::string text;
    for (const std::string_view field : std::span(fields).subspan(1)) {
      if (!text.empty() && !field.empty()) text += ' ';
      text += field;
    }
    LIMN_TRY_VOID(add_item_text(place, fields.front(), std::move(text), published));
  }
  return {};
}

Result<void> read_items(const std::filesystem::path& path, PublishedSplit& published) {
  LIMN_TRY(const MemoryMap file, MemoryMap::open(path));
  Lines lines(file.text());
  const Place place{path, lines};
  const bool jsonl = file.text().substr(0, 64).find('{') != std::string_view::npos;
  return jsonl ? read_jsonl_items(lines, place, published)
               : read_recbole_items(lines, place, published);
}

// Puts each part in the order of time and gives it a list for every user.
void align_parts(PublishedSplit& published) {
  Split& split = published.split;
  for (UserHistories* part : {&split.train, &split.valid, &split.test}) {
    part->resize(published.users.size());
    *part = split_events(std::move(*part), split.items, {.kind = SplitKind::given}).train;
  }
}

}  // namespace

Result<SplitFormat> parse_split_format(std::string_view name) {
  constexpr std::pair<std::string_view, SplitFormat> formats[] = {
      {"adjacency", SplitFormat::adjacency}, {"sequences", SplitFormat::sequences},
      {"pairs", SplitFormat::pairs},         {"recbole", SplitFormat::recbole},
      {"counted", SplitFormat::counted},
  };
  for (const auto& [known, format] : formats) {
    if (name == known) return format;
  }
  return fail(ErrorCode::invalid_argument,
              "cannot read split: {}: no such format (adjacency, sequences, pairs, recbole or "
              "counted)",
              name);
}

Result<PublishedSplit> read_split(const SplitFiles& files) {
  SplitReader reader(files.format);
  Split& parts = reader.published().split;
  LIMN_TRY_VOID(reader.read(files.train, parts.train));
  if (!files.valid.empty()) LIMN_TRY_VOID(reader.read(files.valid, parts.valid));
  if (!files.test.empty()) LIMN_TRY_VOID(reader.read(files.test, parts.test));
  if (!files.items.empty()) LIMN_TRY_VOID(read_items(files.items, reader.published()));

  PublishedSplit published = reader.finish();
  published.item_texts.resize(published.items.size());
  align_parts(published);
  if (files.format == SplitFormat::sequences && files.test.empty()) {
    Split& split = published.split;
    split = split_events(std::move(split.train), split.items, {.kind = SplitKind::last_one});
  }
  return published;
}

}  // namespace limn
