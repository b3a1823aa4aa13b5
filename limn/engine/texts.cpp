#include "limn/engine/texts.h"

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

std::string event_document(std::string_view text) {
  return clean_text(text);
}

}  // namespace limn
