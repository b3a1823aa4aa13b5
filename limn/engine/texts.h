// Texts: what is read of an item, and of a user.
#pragma once

#include <string>

#include "limn/core/types.h"

namespace limn {

// An item's title, categories, tags and text, cleaned, as one text for the encoder. Reviews are not
// part of it: they come later than what they would help to predict. Empty where the item says
// nothing.
[[nodiscard]] std::string item_document(const Item& item);

// The title and text alone, cleaned: what the words of a topic's name are taken from.
[[nodiscard]] std::string item_prose(const Item& item);

// A user's bio and tags, cleaned.
[[nodiscard]] std::string user_document(const User& user);

// What a user wrote in an event, cleaned.
[[nodiscard]] std::string event_document(std::string_view text);

}  // namespace limn
