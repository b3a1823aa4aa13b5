#include "limn/ingest/record_lines.h"

#include <chrono>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "limn/core/lines.h"
#include "limn/ingest/json_parser.h"
#include "limn/ingest/jsonl.h"
#include "limn/ingest/repair.h"

namespace limn {
namespace {

// Writes an object's members in order; an empty one is left out.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string_view type) { text("type", type); }

  void text(std::string_view key, std::string_view value) {
    if (!value.empty()) raw(key, quoted(value));
  }
  void time(std::string_view key, Time value) { raw(key, quoted(format_time(value))); }
  void raw(std::string_view key, std::string_view value) {
    line_ += line_.empty() ? '{' : ',';
    line_ += quoted(key);
    line_ += ':';
    line_ += value;
  }
  void list(std::string_view key, const std::vector<std::string>& values) {
    if (values.empty()) return;
    std::string list;
    for (const std::string& value : values) list += (list.empty() ? "[" : ",") + quoted(value);
    raw(key, list + "]");
  }
  void object(std::string_view key, const Attributes& attributes) {
    if (attributes.empty()) return;
    std::string object;
    for (const auto& [name, value] : attributes) {
      object += (object.empty() ? "{" : ",") + quoted(name) + ":" + quoted(value);
    }
    raw(key, object + "}");
  }

  std::string finish() && { return std::move(line_ += '}'); }

 private:
  static std::string quoted(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
      switch (c) {
        case '"': quoted += "\\\""; break;
        case '\\': quoted += "\\\\"; break;
        case '\n': quoted += "\\n"; break;
        case '\r': quoted += "\\r"; break;
        case '\t': quoted += "\\t"; break;
        default:
          if (static_cast<unsigned char>(c) < 0x20) {
            quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
          } else {
            quoted += c;
          }
      }
    }
    return quoted += '"';
  }

  std::string line_;
};

// Reads one line's object. The first member that does not fit stops it, with field and reason.
class RecordReader {
 public:
  RecordReader(Intake& intake, std::size_t line) : intake_(intake), line_(line) {}

  void read_user(const simdjson::dom::object& object);
  void read_item(const simdjson::dom::object& object);
  void read_event(const simdjson::dom::object& object);
  void read_edge(const simdjson::dom::object& object);

 private:
  using Element = simdjson::dom::element;

  bool wrong(std::string_view key, std::string reason) {
    if (reason_.empty()) {
      key_ = key;
      reason_ = std::move(reason);
    }
    return false;
  }
  bool read(std::string& text, std::string_view key, const Element& value);
  bool read(std::vector<std::string>& list, std::string_view key, const Element& value);
  bool read(Attributes& attributes, std::string_view key, const Element& value);
  bool read(Time& time, std::string_view key, const Element& value);
  bool read(std::optional<Time>& time, std::string_view key, const Element& value);
  bool check_id(std::string_view key, std::string_view id);

  template <typename Record>
  void settle(RecordKind kind, bool complete, Record record) {
    if (complete && reason_.empty()) return intake_.take(std::move(record));
    intake_.refuse(kind, line_, key_, reason_);
  }

  Intake& intake_;
  std::size_t line_;
  std::string_view key_;
  std::string reason_;
};

bool RecordReader::read(std::string& text, std::string_view key, const Element& value) {
  std::string_view read;
  if (value.get_string().get(read) != simdjson::SUCCESS) return wrong(key, "not a text");
  text = read;
  return true;
}

bool RecordReader::read(std::vector<std::string>& list, std::string_view key,
                        const Element& value) {
  simdjson::dom::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return wrong(key, "not a list");
  for (const Element inner : array) {
    if (!read(list.emplace_back(), key, inner)) return false;
  }
  return true;
}

bool RecordReader::read(Attributes& attributes, std::string_view key, const Element& value) {
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return wrong(key, "not an object");
  for (const auto& [name, inner] : object) {
    if (!read(attributes[std::string(name)], key, inner)) return false;
  }
  return true;
}

bool RecordReader::read(Time& time, std::string_view key, const Element& value) {
  std::string text;
  if (!read(text, key, value)) return false;
  const auto parsed = parse_time(text);
  if (!parsed) return wrong(key, "not a time");
  time = *parsed;
  return true;
}

bool RecordReader::read(std::optional<Time>& time, std::string_view key, const Element& value) {
  return read(time.emplace(), key, value);
}

bool RecordReader::check_id(std::string_view key, std::string_view id) {
  const auto fault = fault_of_id(id);
  return !fault || wrong(key, fmt::format("the id {}", *fault));
}

void RecordReader::read_user(const simdjson::dom::object& object) {
  User user;
  for (const auto& [key, value] : object) {
    const bool known = key == "type"         ? true
                       : key == "id"         ? read(user.id, key, value)
                       : key == "text"       ? read(user.text, key, value)
                       : key == "tags"       ? read(user.tags, key, value)
                       : key == "attributes" ? read(user.attributes, key, value)
                       : key == "created_at" ? read(user.created_at, key, value)
                                             : wrong(key, "a user has no such field");
    if (!known) break;
  }
  const bool complete = check_id("id", user.id);
  settle(RecordKind::users, complete, std::move(user));
}

void RecordReader::read_item(const simdjson::dom::object& object) {
  Item item;
  for (const auto& [key, value] : object) {
    const bool known = key == "type"         ? true
                       : key == "id"         ? read(item.id, key, value)
                       : key == "title"      ? read(item.title, key, value)
                       : key == "text"       ? read(item.text, key, value)
                       : key == "categories" ? read(item.categories, key, value)
                       : key == "tags"       ? read(item.tags, key, value)
                       : key == "attributes" ? read(item.attributes, key, value)
                       : key == "created_at" ? read(item.created_at, key, value)
                       : key == "hidden" ? value.get_bool().get(item.hidden) == simdjson::SUCCESS ||
                                               wrong(key, "neither true nor false")
                       : key == "media" ? read(item.media, key, value)
                                        : wrong(key, "an item has no such field");
    if (!known) break;
  }
  const bool complete = check_id("id", item.id);
  settle(RecordKind::items, complete, std::move(item));
}

void RecordReader::read_event(const simdjson::dom::object& object) {
  Event event;
  bool timed = false;
  for (const auto& [key, value] : object) {
    double number = 0;
    bool known = true;
    if (key == "value") {
      known = value.get_double().get(number) == simdjson::SUCCESS || wrong(key, "not a number");
      event.value = static_cast<float>(number);
      if (!std::isfinite(event.value)) known = wrong(key, "not a finite number");
    } else if (key == "id") {
      known = value.get_int64().get(event.id) == simdjson::SUCCESS || wrong(key, "not a number");
    } else if (key == "time") {
      timed = known = read(event.time, key, value);
    } else {
      known = key == "type"   ? true
              : key == "user" ? read(event.user, key, value)
              : key == "item" ? read(event.item, key, value)
              : key == "kind" ? read(event.kind, key, value)
              : key == "text" ? read(event.text, key, value)
                              : wrong(key, "an event has no such field");
    }
    if (!known) break;
  }
  const bool complete = check_id("user", event.user) && check_id("kind", event.kind) &&
                        (event.item.empty() || check_id("item", event.item)) &&
                        (timed || wrong("time", "the time is missing"));
  settle(RecordKind::events, complete, std::move(event));
}

void RecordReader::read_edge(const simdjson::dom::object& object) {
  Edge edge;
  bool timed = false;
  for (const auto& [key, value] : object) {
    const bool known = key == "type"   ? true
                       : key == "from" ? read(edge.from, key, value)
                       : key == "to"   ? read(edge.to, key, value)
                       : key == "kind" ? read(edge.kind, key, value)
                       : key == "time" ? (timed = read(edge.time, key, value))
                                       : wrong(key, "an edge has no such field");
    if (!known) break;
  }
  const bool complete = check_id("from", edge.from) && check_id("to", edge.to) &&
                        check_id("kind", edge.kind) &&
                        (timed || wrong("time", "the time is missing"));
  settle(RecordKind::edges, complete, std::move(edge));
}

Result<void> read_record(Intake& intake, LineParser& parser, std::string_view line,
                         std::size_t readable, std::size_t number) {
  if (!parser.parse(line, readable)) {
    intake.refuse(RecordKind::automatic, number, "", parser.problem());
    return {};
  }
  if (parser.repaired()) {
    intake.refuse(RecordKind::automatic, number, "", "the line is not valid UTF-8");
    return {};
  }
  std::string_view type;
  if (parser.object()["type"].get_string().get(type) != simdjson::SUCCESS) {
    intake.refuse(RecordKind::automatic, number, "type", "the type is missing");
    return {};
  }
  RecordReader reader(intake, number);
  if (type == "user") {
    reader.read_user(parser.object());
  } else if (type == "item") {
    reader.read_item(parser.object());
  } else if (type == "event") {
    reader.read_event(parser.object());
  } else if (type == "edge") {
    reader.read_edge(parser.object());
  } else if (intake.options().other_record) {
    return intake.options().other_record(type, line);
  } else {
    intake.refuse(RecordKind::automatic, number, "type",
                  fmt::format("no record is a \"{}\"", repair_text(type).text));
  }
  return {};
}

}  // namespace

std::string to_record_line(const User& user) {
  ObjectWriter writer("user");
  writer.text("id", user.id);
  writer.text("text", user.text);
  writer.list("tags", user.tags);
  writer.object("attributes", user.attributes);
  if (user.created_at) writer.time("created_at", *user.created_at);
  return std::move(writer).finish();
}

std::string to_record_line(const Item& item) {
  ObjectWriter writer("item");
  writer.text("id", item.id);
  writer.text("title", item.title);
  writer.text("text", item.text);
  writer.list("categories", item.categories);
  writer.list("tags", item.tags);
  writer.object("attributes", item.attributes);
  if (item.created_at) writer.time("created_at", *item.created_at);
  if (item.hidden) writer.raw("hidden", "true");
  writer.list("media", item.media);
  return std::move(writer).finish();
}

std::string to_record_line(const Event& event) {
  ObjectWriter writer("event");
  if (event.id != 0) writer.raw("id", fmt::format("{}", event.id));
  writer.text("user", event.user);
  writer.text("item", event.item);
  writer.text("kind", event.kind);
  if (event.value != 0) writer.raw("value", fmt::format("{}", event.value));
  writer.text("text", event.text);
  writer.time("time", event.time);
  return std::move(writer).finish();
}

std::string to_record_line(const Edge& edge) {
  ObjectWriter writer("edge");
  writer.text("from", edge.from);
  writer.text("to", edge.to);
  writer.text("kind", edge.kind);
  writer.time("time", edge.time);
  return std::move(writer).finish();
}

Result<void> read_record_lines(Intake& intake, std::string_view text) {
  LineParser parser;
  Lines lines(text);
  while (lines.next()) {
    const std::string_view line = trimmed(lines.text());
    if (line.empty()) continue;
    LIMN_TRY_VOID(read_record(intake, parser, line, lines.rest().size(), lines.number()));
    LIMN_TRY_VOID(intake.flush_if_full());
  }
  return {};
}

}  // namespace limn
