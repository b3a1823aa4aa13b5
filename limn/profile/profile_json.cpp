#include "limn/profile/profile_json.h"

namespace limn {
namespace {

constexpr int hours_a_day = 24;

JsonArray evidence_json(const Interest& interest, const ProfileNames& names) {
  JsonArray evidence;
  for (const InterestEvidence& part : interest.evidence) {
    JsonObject json{{"event", part.event}};
    if (part.item != no_item) {
      json["item"] = names.item_id(part.item);
      if (names.item_title) json["title"] = names.item_title(part.item);
    }
    json["share"] = rounded(part.share);
    evidence.push_back(std::move(json));
  }
  return evidence;
}

void add_judgement(const Interest& interest, const ProfileNames& names, JsonObject& json) {
  json["weight"] = rounded(interest.weight);
  json["polarity"] = rounded(interest.polarity);
  json["confidence"] = rounded(interest.confidence);
  json["lift"] = rounded(interest.lift);
  json["events"] = interest.events;
  json["evidence"] = evidence_json(interest, names);
}

JsonArray interests_json(const Profile& profile, const ProfileNames& names) {
  JsonArray interests;
  for (const Interest& interest : profile.interests) {
    JsonObject json{{"topic", interest.index}, {"label", names.topic_label(interest.index)}};
    add_judgement(interest, names, json);
    interests.push_back(std::move(json));
  }
  return interests;
}

// Given tags first: the user's own word comes before what we found.
JsonArray tags_json(const Profile& profile, const ProfileNames& names) {
  JsonArray tags;
  for (const std::string& tag : profile.declared_tags)
    tags.push_back(JsonObject{{"tag", tag}, {"source", "given"}});
  for (const Interest& interest : profile.tags) {
    JsonObject json{{"tag", names.tag(interest.index)}, {"source", "found"}};
    add_judgement(interest, names, json);
    tags.push_back(std::move(json));
  }
  return tags;
}

JsonArray opinions_json(const std::vector<ItemOpinion>& opinions, const ProfileNames& names) {
  JsonArray items;
  for (const ItemOpinion& opinion : opinions) {
    JsonObject json{{"item", names.item_id(opinion.item)}};
    if (names.item_title) json["title"] = names.item_title(opinion.item);
    json["weight"] = rounded(opinion.weight);
    json["event"] = opinion.event;
    items.push_back(std::move(json));
  }
  return items;
}

Json time_or_null(const std::optional<Time>& time) {
  return time ? Json(format_time(*time)) : Json(nullptr);
}

JsonObject numbers_json(const ProfileNumbers& numbers) {
  JsonObject kinds;
  for (const auto& [kind, count] : numbers.kinds) kinds[kind] = count;
  JsonArray hours;
  for (int hour = 0; hour < hours_a_day; ++hour)
    hours.push_back(numbers.hours[static_cast<std::size_t>(hour)]);

  JsonObject json{{"events", numbers.events}, {"kinds", std::move(kinds)}};
  json["active_days"] = numbers.active_days;
  json["first_seen"] = time_or_null(numbers.first_seen);
  json["last_seen"] = time_or_null(numbers.last_seen);
  json["recency_days"] = numbers.last_seen ? Json(rounded(numbers.recency_days)) : Json(nullptr);
  json["frequency"] = rounded(numbers.frequency);
  json["spend"] = rounded(numbers.spend);
  json["mean_rating"] = numbers.mean_rating ? Json(rounded(*numbers.mean_rating)) : Json(nullptr);
  json["diversity"] = rounded(numbers.diversity);
  json["hours"] = std::move(hours);
  json["peak_hour"] = numbers.peak_hour ? Json(*numbers.peak_hour) : Json(nullptr);
  return json;
}

Json segment_json(const Profile& profile, const ProfileNames& names) {
  if (!profile.segment) return nullptr;
  JsonObject json{{"id", *profile.segment}};
  if (names.segment_label) json["label"] = names.segment_label(*profile.segment);
  return json;
}

}  // namespace

Json to_json(const Profile& profile, const ProfileNames& names) {
  JsonObject json{{"stage", stage_name(profile.stage)}};
  json["interests"] = interests_json(profile, names);
  json["tags"] = tags_json(profile, names);
  json["likes"] = opinions_json(profile.liked, names);
  json["dislikes"] = opinions_json(profile.disliked, names);
  json["segment"] = segment_json(profile, names);
  json["text_share"] = rounded(profile.text_share);
  json["numbers"] = numbers_json(profile.numbers);
  return json;
}

Json to_json(const std::vector<Shared>& shared, const ProfileNames& names) {
  JsonArray array;
  for (const Shared& one : shared) {
    JsonObject json;
    if (one.kind == SharedKind::topic) {
      json = {{"type", "topic"}, {"id", one.index}, {"label", names.topic_label(one.index)}};
    } else if (one.kind == SharedKind::tag) {
      json = {{"type", "tag"}, {"label", names.tag(one.index)}};
    } else {
      json = {{"type", "item"}, {"id", names.item_id(one.index)}};
      if (names.item_title) json["label"] = names.item_title(one.index);
    }
    json["weight"] = rounded(one.weight);
    array.push_back(std::move(json));
  }
  return array;
}

}  // namespace limn
