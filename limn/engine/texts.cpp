#include "limn/engine/texts.h"

#include <algorithm>
#include <array>
#include <utility>

#include "limn/text/boilerplate.h"
#include "limn/text/characters.h"
#include "limn/text/clean.h"

namespace limn {
namespace {

// Appends a piece as a sentence of its own, so that an encoder does not read two as one.
void append_piece(std::string& document, std::string_view piece) {
  if (piece.empty()) return;
  if (!document.empty()) document += ". ";
  document += piece;
}

void append_list(std::string& document, const std::vector<std::string>& pieces, bool mask) {
  std::string list;
  for (const std::string& piece : pieces) {
    if (!list.empty()) list += ", ";
    list += mask ? blanked(piece, find_personal_data(piece)) : piece;
  }
  append_piece(document, list);
}

CleanOptions cleaning(WrittenBy by, bool mask) {
  CleanOptions options;
  if (mask) options.without_personal_data = by;
  return options;
}

}  // namespace

std::string item_document(const Item& item, bool mask) {
  const CleanOptions options = cleaning(WrittenBy::shop, mask);
  std::string document;
  append_piece(document, clean_text(item.title, options));
  append_list(document, item.categories, mask);
  append_list(document, item.tags, mask);
  append_piece(document, clean_text(item.text, options));
  return document;
}

std::string item_prose(const Item& item, bool mask) {
  const CleanOptions options = cleaning(WrittenBy::shop, mask);
  std::string prose;
  append_piece(prose, clean_text(item.title, options));
  append_piece(prose, clean_text(item.text, options));
  return prose;
}

std::string user_document(const User& user, bool mask) {
  std::string document;
  append_piece(document, clean_text(user.text, cleaning(WrittenBy::users, mask)));
  append_list(document, user.tags, mask);
  return document;
}

void mask_labels(std::vector<std::string>& labels, WrittenBy by) {
  for (std::string& label : labels) label = masked(label, by);
}

void mask_attributes(Attributes& attributes) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> telling{{
      {"email", "[email]"},
      {"e_mail", "[email]"},
      {"phone", "[phone]"},
      {"mobile", "[phone]"},
      {"telephone", "[phone]"},
      {"address", "[address]"},
      {"password", "[credential]"},
      {"passport", "[id]"},
      {"id_card", "[id]"},
      {"ssn", "[id]"},
      {"iban", "[iban]"},
      {"card_number", "[card]"},
  }};
  for (auto& [name, value] : attributes) {
    value = masked(value);
    const std::string lower = to_lower(name);
    for (const auto& [word, placeholder] : telling) {
      if (!value.empty() && lower.find(word) != std::string::npos) value = placeholder;
    }
  }
}

Writings event_documents(std::span<const std::string_view> texts, bool mask) {
  CleanOptions options = cleaning(WrittenBy::users, mask);
  options.keep_lines = true;
  std::vector<std::string> cleaned;
  for (const std::string_view text : texts) cleaned.push_back(clean_text(text, options));
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
