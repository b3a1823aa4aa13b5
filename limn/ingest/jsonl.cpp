#include "limn/ingest/jsonl.h"

#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "limn/core/lines.h"
#include "limn/ingest/json_parser.h"
#include "limn/ingest/repair.h"

namespace limn {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// Names of keys are looked up once; a file with more different ones is looked up key by key.
constexpr std::size_t max_known_keys = 10'000;

bool is_scalar(const element& value) {
  const element_type type = value.type();
  return type == element_type::INT64 || type == element_type::UINT64 ||
         type == element_type::DOUBLE || type == element_type::BOOL;
}

class JsonlReader {
 public:
  JsonlReader(Intake& intake, RecordKind kind, FileContext& context)
      : intake_(intake), kind_(kind), context_(context) {}

  Result<void> read(std::string_view text);

 private:
  void read_line(std::string_view line, std::size_t readable, std::size_t number);
  RecordKind kind_of_object();
  Field field_of_key(std::string_view key, RecordKind kind);
  bool fill(RecordKind kind);
  bool set(Field field, std::string_view key, const element& value, RecordKind kind);
  bool refuse_twice(std::string_view key, RecordKind kind);
  std::vector<std::string_view>* list_of(Field field);
  void add_words(std::vector<std::string_view>& words, const element& value);
  void add_attributes(const std::string& name, const element& value);
  void add_labels(const std::string& name, const element& value);
  std::string_view kept(std::string text) { return arena_.emplace_back(std::move(text)); }
  std::string_view as_text(const element& value);
  bool has_repaired_id(RecordKind kind);

  Intake& intake_;
  RecordKind kind_;
  FileContext& context_;
  LineParser parser_;
  Row row_;
  std::deque<std::string> arena_;  // texts that the row's views point into
  std::string signature_;
  std::unordered_map<std::string, RecordKind> kinds_;             // by all keys of an object
  std::array<std::unordered_map<std::string, Field>, 5> fields_;  // by key, for each kind
};

Result<void> JsonlReader::read(std::string_view text) {
  Lines lines(text);
  while (lines.next()) {
    // What follows may be looked at, but never past the end of the file.
    const std::string_view line = trimmed(lines.text());
    if (!line.empty()) read_line(line, lines.rest().size(), lines.number());
    LIMN_TRY_VOID(intake_.flush_if_full());
  }
  return {};
}

void JsonlReader::read_line(std::string_view line, std::size_t readable, std::size_t number) {
  if (!parser_.parse(line, readable)) {
    intake_.refuse(kind_ != RecordKind::automatic ? kind_ : context_.hint.kind, number, "",
                   parser_.problem());
    return;
  }
  row_.clear();
  arena_.clear();
  row_.line = number;
  const RecordKind kind = kind_ != RecordKind::automatic ? kind_ : kind_of_object();
  if (kind == RecordKind::automatic) {
    intake_.refuse(context_.hint.kind, number, "", "no key names a user or an item");
    return;
  }
  if (!fill(kind) || has_repaired_id(kind)) return;
  if (parser_.repaired()) intake_.mark(Repair::invalid_utf8);
  add_row(intake_, row_, kind, context_);
}

RecordKind JsonlReader::kind_of_object() {
  signature_.clear();
  std::vector<std::string_view> keys;
  for (const auto& [key, value] : parser_.object()) {
    if (value.is_null()) continue;
    keys.push_back(key);
    signature_.append(key).push_back('\n');
  }
  if (const auto known = kinds_.find(signature_); known != kinds_.end()) return known->second;
  const RecordKind kind = kind_of(keys, context_.hint);
  if (kinds_.size() < max_known_keys) kinds_.emplace(signature_, kind);
  return kind;
}

Field JsonlReader::field_of_key(std::string_view key, RecordKind kind) {
  auto& fields = fields_[static_cast<std::size_t>(kind)];
  std::string name(key);
  if (const auto known = fields.find(name); known != fields.end()) return known->second;
  const Field field = field_of(key, kind);
  if (field == Field::ignored) {
    intake_.note(fmt::format("{}: the key \"{}\" has no place in {} and was passed over",
                             intake_.file(), repair_text(key).text,
                             kind == RecordKind::edges ? "an edge" : "an event"));
  }
  if (fields.size() < max_known_keys) fields.emplace(std::move(name), field);
  return field;
}

// False when it refused the row.
bool JsonlReader::fill(RecordKind kind) {
  for (const auto& [key, value] : parser_.object()) {
    if (value.is_null()) continue;
    if (!set(field_of_key(key, kind), key, value, kind)) return false;
  }
  return true;
}

bool JsonlReader::set(Field field, std::string_view key, const element& value, RecordKind kind) {
  if (field == Field::ignored) return true;
  if (field == Field::attribute) {
    add_attributes(std::string(key), value);
    return true;
  }
  if (auto* words = list_of(field)) {
    if (field == Field::tags && value.is_object()) {
      add_labels("", value);
    } else {
      add_words(*words, value);
    }
    return true;
  }
  if (row_.has(field)) {
    if (row_.names[static_cast<std::size_t>(field)] == key) return refuse_twice(key, kind);
    if (kind == RecordKind::users || kind == RecordKind::items) {
      add_attributes(std::string(key), value);
    }
    return true;
  }
  const bool holds_text = field == Field::text || field == Field::title ||
                          field == Field::headline || field == Field::free_tag;
  if (value.is_object() || (value.is_array() && !holds_text)) {
    intake_.refuse(kind, row_.line, key, "a list or an object stands where one value belongs");
    return false;
  }
  row_.set(field, key, as_text(value));
  return true;
}

bool JsonlReader::refuse_twice(std::string_view key, RecordKind kind) {
  intake_.refuse(kind, row_.line, key, "the key stands twice in the object");
  return false;
}

std::vector<std::string_view>* JsonlReader::list_of(Field field) {
  switch (field) {
    case Field::categories: return &row_.categories;
    case Field::tags: return &row_.tags;
    case Field::media: return &row_.media;
    default: return nullptr;
  }
}

// Lists in lists are read as one: Amazon writes categories so.
void JsonlReader::add_words(std::vector<std::string_view>& words, const element& value) {
  if (value.is_array()) {
    for (const element inner : simdjson::dom::array(value)) add_words(words, inner);
  } else if (value.is_string() || is_scalar(value)) {
    words.push_back(as_text(value));
  }
}

void JsonlReader::add_attributes(const std::string& name, const element& value) {
  if (value.is_null()) return;
  if (value.is_object()) {
    const bool is_plain_holder = name == "attributes" || name == "Attributes";
    const std::string prefix = is_plain_holder ? "" : name + ".";
    for (const auto& [key, inner] : simdjson::dom::object(value)) {
      add_attributes(prefix + std::string(key), inner);
    }
    return;
  }
  const std::string_view text = value.is_array() ? kept(simdjson::minify(value)) : as_text(value);
  row_.attributes.emplace_back(kept(name), text);
}

// Gorse's labels: words wherever they stand are tags, and everything is kept as attributes.
void JsonlReader::add_labels(const std::string& name, const element& value) {
  if (value.is_object()) {
    const std::string prefix = name.empty() ? "" : name + ".";
    for (const auto& [key, inner] : simdjson::dom::object(value)) {
      add_labels(prefix + std::string(key), inner);
    }
    return;
  }
  if (value.is_array()) {
    for (const element inner : simdjson::dom::array(value)) {
      if (inner.is_string()) row_.tags.push_back(as_text(inner));
    }
  }
  add_attributes(name, value);
}

// A list of texts (the paragraphs of a description) is one text.
std::string_view JsonlReader::as_text(const element& value) {
  if (value.is_string()) return std::string_view(value);
  if (is_scalar(value)) return kept(scalar_text(value));
  std::string text;
  if (value.is_array()) {
    for (const element inner : simdjson::dom::array(value)) {
      if (!text.empty()) text += '\n';
      text += as_text(inner);
    }
  }
  return kept(std::move(text));
}

// An id must not be repaired: two could become one. True when it refused the row.
bool JsonlReader::has_repaired_id(RecordKind kind) {
  if (!parser_.repaired()) return false;
  for (const Field field : {Field::user, Field::item, Field::from, Field::to}) {
    if (row_.at(field).find("\xEF\xBF\xBD") == std::string_view::npos) continue;
    intake_.refuse(kind, row_.line, row_.names[static_cast<std::size_t>(field)],
                   "the id is not valid UTF-8");
    return true;
  }
  return false;
}

bool is_record_type(std::string_view type) {
  return type == "user" || type == "item" || type == "event" || type == "edge" || type == "consent";
}

}  // namespace

JsonlKind kind_of_jsonl(std::string_view text, const NameHint& hint) {
  constexpr std::size_t lines_to_try = 100;
  JsonlKind found{.kind = hint.kind};
  LineParser parser;
  Lines lines(text);
  while (lines.number() < lines_to_try && lines.next()) {
    if (!parser.parse(trimmed(lines.text()), lines.rest().size())) continue;
    std::vector<std::string_view> keys;
    bool gorse_id = false, gorse_labels = false;
    for (const auto& [key, value] : parser.object()) {
      keys.push_back(key);
      if (key == "FeedbackType") found.format = Format::gorse;
      gorse_id |= key == "UserId" || key == "ItemId";
      gorse_labels |= key == "Labels";
    }
    if (gorse_id && gorse_labels) found.format = Format::gorse;
    std::string_view type;
    const auto error = parser.object()["type"].get_string().get(type);
    if (error == simdjson::SUCCESS && is_record_type(type)) {
      found.format = Format::limn;
      found.kind = RecordKind::automatic;
    } else {
      found.kind = kind_of(keys, hint);
    }
    break;
  }
  return found;
}

Result<void> read_jsonl(Intake& intake, std::string_view text, RecordKind kind,
                        FileContext& context) {
  return JsonlReader(intake, kind, context).read(text);
}

}  // namespace limn
