#include "limn/eval/split_files.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "limn/core/file.h"
#include "limn/core/sorted.h"
#include "limn/eval/split_items.h"
#include "limn/eval/split_lines.h"

namespace limn {
namespace {

std::optional<float> parse_value(std::string_view text) {
  float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

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

  // The lists of the file, for users that are known by now; `count` of each, 0: all of it.
  Result<void> read_candidates(const std::filesystem::path& path, std::size_t count) {
    LIMN_TRY(const MemoryMap file, MemoryMap::open(path));
    Lines lines(file.text());
    const Place place{path, lines};
    published_.candidates.resize(published_.users.size());
    while (const auto line = lines.next()) {
      Words words(*line);
      const std::optional<UserIndex> user = published_.users.find(*words.next());
      std::vector<ItemIndex> items;
      for (auto item = words.next(); item && (count == 0 || items.size() < count);
           item = words.next()) {
        if (!is_id(*item)) return place.corrupt("an item's id is too long or damaged");
        items.push_back(published_.items.add(*item));
      }
      if (user) published_.candidates[*user] = std::move(items);
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
    const auto list = column("item_id_list");
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
      if (list) {
        LIMN_TRY_VOID(add_list(place, part, fields[*user], fields[*list], fields[*item]));
        continue;
      }
      LIMN_TRY_VOID(add_text(place, part, fields[*user], fields[*item], field(value), field(time)));
    }
    return {};
  }

  // A row of RecBole's sequence files: what a user had, oldest first, and what comes next.
  Result<void> add_list(const Place& place, UserHistories& part, std::string_view user,
                        std::string_view list, std::string_view next) {
    ordered_ = true;
    Words items(list);
    while (const auto item = items.next()) {
      LIMN_TRY_VOID(add(place, part, {.user = user, .item = *item}));
    }
    return add(place, published_.split.test, {.user = user, .item = next});
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

// Puts each part in the order of time and gives it a list for every user.
void align_parts(PublishedSplit& published) {
  Split& split = published.split;
  for (UserHistories* part : {&split.train, &split.valid, &split.test}) {
    part->resize(published.users.size());
    *part = split_events(std::move(*part), split.items, {.kind = SplitKind::given}).train;
  }
}

// The user's test items are candidates too. Whoever is to be ranked has a list.
Result<void> complete_candidates(PublishedSplit& published) {
  if (published.candidates.empty()) return {};
  published.candidates.resize(published.users.size());
  for (std::size_t user = 0; user < published.users.size(); ++user) {
    if (published.split.test[user].empty()) continue;
    std::vector<ItemIndex>& items = published.candidates[user];
    if (items.empty()) {
      return fail(ErrorCode::corrupt,
                  "cannot read split: user {}: no candidates (give each user "
                  "of the test part a line)",
                  published.users.id(static_cast<UserIndex>(user)));
    }
    for (const HistoryEntry& entry : published.split.test[user]) items.push_back(entry.item);
    sort_unique(items);
  }
  return {};
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
  if (!files.candidates.empty()) {
    LIMN_TRY_VOID(reader.read_candidates(files.candidates, files.candidate_count));
  }
  if (!files.items.empty()) LIMN_TRY_VOID(read_split_items(files.items, reader.published()));

  PublishedSplit published = reader.finish();
  published.item_texts.resize(published.items.size());
  align_parts(published);
  LIMN_TRY_VOID(complete_candidates(published));
  if (files.format == SplitFormat::sequences && files.test.empty()) {
    Split& split = published.split;
    split = split_events(std::move(split.train), split.items, {.kind = SplitKind::last_one});
  }
  return published;
}

}  // namespace limn
