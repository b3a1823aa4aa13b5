// A profile as JSON, with names in place of numbers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "limn/core/json.h"
#include "limn/profile/profile.h"
#include "limn/profile/similarity.h"

namespace limn {

// What the numbers of a profile are called. A function that is not set leaves its name out.
struct ProfileNames {
  std::function<std::string(std::uint32_t)> topic_label;
  std::function<std::string(std::uint32_t)> tag;
  std::function<std::string(std::uint32_t)> segment_label;
  std::function<std::string(ItemIndex)> item_id;
  std::function<std::string(ItemIndex)> item_title;
};

// {stage, interests, tags, likes, dislikes, segment, numbers}; vectors are left out. Requires
// topic_label, tag and item_id.
[[nodiscard]] Json to_json(const Profile& profile, const ProfileNames& names);

// [{type: topic|tag|item, id, label, weight}]
[[nodiscard]] Json to_json(const std::vector<Shared>& shared, const ProfileNames& names);

}  // namespace limn
