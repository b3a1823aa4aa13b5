// Texts: what is read of an item, and of a user.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/types.h"
#include "limn/text/personal_data.h"

namespace limn {

// With `mask`, personal data (text/personal_data.h) is in none of the following.

// An item's title, categories, tags and text, cleaned, as one text for the encoder. Reviews are not
// part of it: they come later than what they would help to predict. Empty where the item says
// nothing.
[[nodiscard]] std::string item_document(const Item& item, bool mask = true);

// The title and text alone, cleaned: what the words of a topic's name are taken from.
[[nodiscard]] std::string item_prose(const Item& item, bool mask = true);

// A user's bio and tags, cleaned.
[[nodiscard]] std::string user_document(const User& user, bool mask = true);

// What one user wrote in events, cleaned.
struct Writings {
  std::vector<std::string> documents;  // (texts): without the greeting and signature they share
  std::size_t trimmed = 0;             // of them, those that had one
};
[[nodiscard]] Writings event_documents(std::span<const std::string_view> texts, bool mask = true);

// Categories and tags as answers show them: a placeholder stands for personal data in them.
void mask_labels(std::vector<std::string>& labels, WrittenBy by);

// The values of a user's attributes likewise; of one whose name says what it is ("email", "phone")
// all of it.
void mask_attributes(Attributes& attributes);

}  // namespace limn
