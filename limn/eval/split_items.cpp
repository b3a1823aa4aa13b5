#include "limn/eval/split_items.h"

#include <span>
#include <string>
#include <utility>

#include "limn/core/file.h"
#include "limn/core/json.h"
#include "limn/eval/split_lines.h"

namespace limn {
namespace {

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

}  // namespace

Result<void> read_split_items(const std::filesystem::path& path, PublishedSplit& published) {
  LIMN_TRY(const MemoryMap file, MemoryMap::open(path));
  Lines lines(file.text());
  const Place place{path, lines};
  const bool jsonl = file.text().substr(0, 64).find('{') != std::string_view::npos;
  return jsonl ? read_jsonl_items(lines, place, published)
               : read_recbole_items(lines, place, published);
}

}  // namespace limn
