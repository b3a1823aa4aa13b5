#include "limn/ingest/row.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "limn/ingest/repair.h"

namespace limn {
namespace {

constexpr std::size_t max_kind_bytes = 64;
// More words of a file's own are not kept for its next rows.
constexpr std::size_t max_known_kinds = 1000;

// Makes one record. A function that returns nothing has refused the row.
class RecordMaker {
 public:
  RecordMaker(Intake& intake, const Row& row, RecordKind kind, FileContext& context)
      : intake_(intake), row_(row), kind_(kind), context_(context) {}

  void make_user();
  void make_item();
  void make_event();
  void make_edge();

 private:
  void refuse(Field field, std::string_view default_name, std::string reason) {
    const std::string_view name = row_.names[static_cast<std::size_t>(field)];
    intake_.refuse(kind_, row_.line, row_.has(field) ? name : default_name, std::move(reason));
  }

  std::optional<std::string> id(Field field, std::string_view default_name);
  std::string text(std::string_view raw);
  std::string cell(Field field) { return text(trimmed(row_.at(field))); }
  std::vector<std::string> list(Field field, const std::vector<std::string_view>& given);
  Attributes attributes();
  std::optional<Time> record_time(Attributes& attributes);

  std::optional<std::string> kind_of_event();
  [[nodiscard]] std::string default_kind() const;
  std::optional<double> number(std::string_view raw);
  bool read_value(Event& event);
  std::string text_of_event(std::string_view kind);
  std::optional<Time> given_time();
  Time time_in_order();

  Intake& intake_;
  const Row& row_;
  RecordKind kind_;
  FileContext& context_;
};

std::optional<std::string> RecordMaker::id(Field field, std::string_view default_name) {
  const std::string_view raw = trimmed(row_.at(field));
  if (const auto fault = fault_of_id(raw)) {
    refuse(field, default_name, fmt::format("the id {}", *fault));
    return std::nullopt;
  }
  return std::string(raw);
}

std::string RecordMaker::text(std::string_view raw) {
  RepairedText repaired = repair_text(raw);
  if (repaired.invalid_utf8) intake_.mark(Repair::invalid_utf8);
  if (repaired.control_characters) intake_.mark(Repair::control_characters);
  if (repaired.text.size() > long_text_bytes) intake_.mark(Flag::long_text);
  if (has_markup(repaired.text)) intake_.mark(Flag::markup);
  return std::move(repaired.text);
}

// Splits at the file's separator, or at the first of | ; , that the cell holds. `["a", "b"]`, a
// list that was written into a cell, is read too.
std::vector<std::string> RecordMaker::list(Field field,
                                           const std::vector<std::string_view>& given) {
  std::vector<std::string> words;
  const auto keep = [&](std::string_view word) {
    std::string kept = text(trimmed(word));
    if (!kept.empty()) words.push_back(std::move(kept));
  };
  for (const std::string_view word : given) keep(word);

  std::string_view rest = trimmed(row_.at(field));
  const bool bracketed = rest.size() >= 2 && rest.front() == '[' && rest.back() == ']';
  if (bracketed) rest = rest.substr(1, rest.size() - 2);
  char separator = context_.list_separator;
  if (separator == 0) {
    separator = bracketed                                  ? ','
                : rest.find('|') != std::string_view::npos ? '|'
                : rest.find(';') != std::string_view::npos ? ';'
                                                           : ',';
  }
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    std::string_view word = trimmed(rest.substr(0, end));
    const bool quoted = bracketed && word.size() >= 2 && word.front() == word.back() &&
                        (word.front() == '\'' || word.front() == '"');
    keep(quoted ? word.substr(1, word.size() - 2) : word);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return words;
}

Attributes RecordMaker::attributes() {
  Attributes attributes;
  for (const auto& [name, value] : row_.attributes) {
    std::string kept = text(trimmed(value));
    if (!kept.empty()) attributes.insert_or_assign(text(trimmed(name)), std::move(kept));
  }
  return attributes;
}

// An unreadable time of an item or user is kept as an attribute.
std::optional<Time> RecordMaker::record_time(Attributes& attributes) {
  const std::string_view raw = trimmed(row_.at(Field::time));
  if (raw.empty()) return std::nullopt;
  const auto time = parse_time(raw);
  if (!time) {
    intake_.mark(Repair::unreadable_time);
    const std::string_view name = row_.names[static_cast<std::size_t>(Field::time)];
    attributes.insert_or_assign(text(name), text(raw));
  }
  return time;
}

void RecordMaker::make_user() {
  auto user_id = id(Field::user, "user_id");
  if (!user_id) return;
  User user{.id = std::move(*user_id)};
  user.text = cell(Field::text);
  if (row_.has(Field::text) && user.text.empty()) intake_.mark(Flag::missing_text);
  user.tags = list(Field::tags, row_.tags);
  user.attributes = attributes();
  user.created_at = record_time(user.attributes);
  intake_.take(std::move(user));
}

void RecordMaker::make_item() {
  auto item_id = id(Field::item, "item_id");
  if (!item_id) return;
  Item item{.id = std::move(*item_id)};
  item.title = cell(Field::title);
  item.text = cell(Field::text);
  if (row_.has(Field::text) && item.text.empty()) intake_.mark(Flag::missing_text);
  item.categories = list(Field::categories, row_.categories);
  // MovieLens writes this where a film has none.
  std::erase(item.categories, "(no genres listed)");
  item.tags = list(Field::tags, row_.tags);
  item.media = list(Field::media, row_.media);
  item.attributes = attributes();
  item.created_at = record_time(item.attributes);
  const std::string_view hidden = trimmed(row_.at(Field::hidden));
  item.hidden =
      hidden == "1" || hidden == "true" || hidden == "True" || hidden == "TRUE" || hidden == "yes";
  intake_.take(std::move(item));
}

void RecordMaker::make_event() {
  auto user_id = id(Field::user, "user_id");
  if (!user_id) return;
  Event event{.user = std::move(*user_id)};
  auto kind = kind_of_event();
  if (!kind) return;
  event.kind = std::move(*kind);
  // A search is on no item.
  const bool on_item = event.kind != "search" || !trimmed(row_.at(Field::item)).empty();
  if (on_item) {
    auto item_id = id(Field::item, "item_id");
    if (!item_id) return;
    event.item = std::move(*item_id);
  }
  if (!read_value(event)) return;
  event.text = text_of_event(event.kind);
  event.time = time_in_order();
  intake_.take(std::move(event));
}

void RecordMaker::make_edge() {
  auto from = id(Field::from, "from");
  if (!from) return;
  auto to = id(Field::to, "to");
  if (!to) return;
  if (*from == *to) return refuse(Field::to, "to", "a user cannot be tied to itself");
  Edge edge{.from = std::move(*from), .to = std::move(*to)};
  edge.kind = cell(Field::kind);
  if (edge.kind.size() > max_kind_bytes) {
    return refuse(Field::kind, "kind", "the kind is longer than 64 bytes");
  }
  if (edge.kind.empty()) edge.kind = context_.hint.edge_kind;
  // An order of edges means nothing, so a time that is not there is not made from it.
  const auto time = given_time();
  if (!time && (row_.has(Field::time) || row_.has(Field::year))) {
    intake_.mark(Repair::missing_time);
  }
  edge.time = time.value_or(intake_.options().missing_time);
  intake_.take(std::move(edge));
}

std::optional<std::string> RecordMaker::kind_of_event() {
  const std::string_view raw = trimmed(row_.at(Field::kind));
  const bool is_number =
      std::all_of(raw.begin(), raw.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (raw.empty() || (context_.numbered_kinds && is_number)) {
    if (raw.empty() && row_.has(Field::kind)) intake_.mark(Repair::missing_kind);
    return default_kind();
  }
  if (const auto known = context_.kinds.find(raw); known != context_.kinds.end()) {
    return known->second;
  }
  if (raw.size() > max_kind_bytes) {
    refuse(Field::kind, "kind", "the kind is longer than 64 bytes");
    return std::nullopt;
  }
  if (const auto fault = fault_of_id(raw)) {
    refuse(Field::kind, "kind", fmt::format("the kind {}", *fault));
    return std::nullopt;
  }
  std::string kind = event_kind(raw);
  if (context_.kinds.size() < max_known_kinds) context_.kinds.emplace(raw, kind);
  return kind;
}

// What an event without a word for its kind was.
std::string RecordMaker::default_kind() const {
  if (row_.has(Field::free_tag) || row_.has(Field::tag_id)) return "tag";
  const bool has_text = !trimmed(row_.at(Field::text)).empty();
  const std::string& said = context_.hint.event_kind;
  if (row_.has(Field::rating)) {
    if (has_text) return "review";
    return said.empty() || said == "review" || said == "play" ? "rate" : said;
  }
  if (row_.has(Field::label)) return trimmed(row_.at(Field::label)) == "0" ? "impression" : "click";
  if (!said.empty()) {
    // "artists" in the name of a file says "play" only where there is a number of plays.
    if (said != "play" || row_.has(Field::value)) return said;
  }
  return has_text ? "review" : "click";
}

std::optional<double> RecordMaker::number(std::string_view raw) {
  if (raw.starts_with('+')) raw.remove_prefix(1);
  std::string with_point;
  const bool one_comma = std::count(raw.begin(), raw.end(), ',') == 1;
  if (one_comma && raw.find('.') == raw.npos) {
    with_point = raw;
    std::replace(with_point.begin(), with_point.end(), ',', '.');
    raw = with_point;
    intake_.mark(Repair::decimal_comma);
  }
  double value = 0;
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  if (error != std::errc{} || end != raw.data() + raw.size()) return std::nullopt;
  if (!(std::abs(value) <= std::numeric_limits<float>::max())) return std::nullopt;
  return value;
}

// False when it refused the row: a rating is nothing without its value, while any other event keeps
// its meaning.
bool RecordMaker::read_value(Event& event) {
  const Field field = row_.has(Field::rating)  ? Field::rating
                      : row_.has(Field::value) ? Field::value
                                               : Field::label;
  const bool is_rating = event.kind == "rate";
  const std::string_view raw = trimmed(row_.at(field));
  if (raw.empty()) {
    if (is_rating) refuse(field, "value", "the rating is missing");
    return !is_rating;
  }
  const ReadOptions& options = intake_.options();
  const auto value = number(raw);
  const bool scaled = is_rating || field == Field::rating;
  const bool in_range =
      value && (!scaled || (*value >= options.min_rating && *value <= options.max_rating));
  if (in_range) {
    event.value = static_cast<float>(*value);
    return true;
  }
  if (!is_rating) {
    intake_.mark(Repair::impossible_value);
    return true;
  }
  refuse(field, "value",
         value ? fmt::format("the rating {} is outside of {} to {}", *value, options.min_rating,
                             options.max_rating)
               : std::string("the rating is not a finite number"));
  return false;
}

std::string RecordMaker::text_of_event(std::string_view kind) {
  if (row_.has(Field::free_tag)) return cell(Field::free_tag);
  if (row_.has(Field::tag_id)) {
    const std::string_view number = trimmed(row_.at(Field::tag_id));
    if (context_.tag_words != nullptr) {
      const auto word = context_.tag_words->find(number);
      if (word != context_.tag_words->end()) return text(word->second);
    }
    intake_.mark(Flag::unknown_tag);
    return text(number);
  }
  std::string body = cell(Field::text);
  // Where a column says what each event was, a click without a text lacks nothing.
  const bool expected =
      kind == "review" || kind == "comment" || (row_.has(Field::text) && !row_.has(Field::kind));
  if (body.empty() && expected) intake_.mark(Flag::missing_text);
  if (!row_.has(Field::headline)) return body;
  std::string headline = cell(Field::headline);
  if (headline.empty() || body.empty()) return headline + body;
  return headline + "\n\n" + body;
}

std::optional<Time> RecordMaker::given_time() {
  if (const std::string_view raw = trimmed(row_.at(Field::time)); !raw.empty()) {
    const auto time = parse_time(raw);
    if (!time) intake_.mark(Repair::unreadable_time);
    return time;
  }
  if (!row_.has(Field::year) || !row_.has(Field::month) || !row_.has(Field::day)) {
    return std::nullopt;
  }
  const auto two_digits = [](std::string_view number) {
    return number.size() == 1 ? "0" + std::string(number) : std::string(number);
  };
  return parse_time(fmt::format("{}-{}-{}", trimmed(row_.at(Field::year)),
                                two_digits(trimmed(row_.at(Field::month))),
                                two_digits(trimmed(row_.at(Field::day)))));
}

// An event without a time stands 1 ms after the row before it: rows keep their order, and two equal
// rows stay two events.
Time RecordMaker::time_in_order() {
  const auto time = given_time();
  if (time) {
    const std::optional<Time>& latest = intake_.options().latest_time;
    if (latest && *time > *latest) intake_.mark(Flag::future_time);
    context_.last_time = *time;
  } else {
    if (trimmed(row_.at(Field::time)).empty()) intake_.mark(Repair::missing_time);
    const auto step = std::chrono::milliseconds{1};
    context_.last_time =
        context_.any_time ? context_.last_time + step : intake_.options().missing_time;
  }
  context_.any_time = true;
  return context_.last_time;
}

}  // namespace

void add_row(Intake& intake, const Row& row, RecordKind kind, FileContext& context) {
  RecordMaker maker(intake, row, kind, context);
  switch (kind) {
    case RecordKind::users: return maker.make_user();
    case RecordKind::items: return maker.make_item();
    case RecordKind::edges: return maker.make_edge();
    default: return maker.make_event();
  }
}

}  // namespace limn
