#include "limn/engine/texts.h"

#include <algorithm>
#include <utility>

#include "limn/text/boilerplate.h"
#include "limn/text/clean.h"

namespace limn {
namespace {

// Appends a piece as a sentence of its own, so that an encoder does not read two as one.
void append_piece(std::string& document, std::string_view piece) {
  if (piece.empty()) return;
  if (!document.empty()) document += ". ";
  document += piece;
}

void append_list(std::string& document, const std::vector<std::string>& pieces) {
  std::string list;
  for (const std::string& piece : pieces) {
    if (!list.empty()) list += ", ";
    list += piece;
  }
  append_piece(document, list);
}

}  // namespace

std::string item_document(const Item& item) {
  std::string document;
  append_piece(document, clean_text(item.title));
  append_list(document, item.categories);
  append_list(document, item.tags);
  append_piece(document, clean_text(item.text));
  return document;
}

std::string item_prose(const Item& item) {
  std::string prose;
  append_piece(prose, clean_text(item.title));
  append_piece(prose, clean_text(item.text));
  return prose;
}

std::string user_document(const User& user) {
  std::string document;
  append_piece(document, clean_text(user.text));
  append_list(document, user.tags);
  return document;
}

Writings event_documents(std::span<const std::string_view> texts) {
  std::vector<std::string> cleaned;
  for (const std::string_view text : texts) {
    cleaned.push_back(clean_text(text, {.keep_lines = true}));
  }
  Writings writings;
  const std::vector<Span> kept = without_boilerplate(cleaned);
  for (std::size_t i = 0; i < cleaned.size(); ++i) {
    writings.trimmed += kept[i].end - kept[i].begin < cleaned[i].size() ? 1 : 0;
    std::string document(piece(cleaned[i], kept[i]));
    std::replace(document.begin(), document.end(), '\n', ' ');
    writings.documents.push_back(std::move(document));
  }
  return writings;
}

}  // namespace limn
