#include "limn/engine/topics_json.h"

namespace limn {
namespace {

template <typename Number>
JsonArray numbers_json(const std::vector<Number>& numbers) {
  return JsonArray(numbers.begin(), numbers.end());
}

template <typename Number>
std::vector<Number> numbers_from(const Json& json) {
  std::vector<Number> numbers;
  for (const Json& number : json.as_array()) numbers.push_back(number.to_number<Number>());
  return numbers;
}

JsonObject topic_json(const Topic& topic) {
  JsonArray name;
  for (const std::string& term : topic.name) name.emplace_back(term);
  JsonArray terms;
  for (const auto& [term, weight] : topic.terms) terms.push_back(JsonArray{term, weight});
  JsonArray texts;
  for (const TextExample& text : topic.typical_texts)
    texts.push_back(JsonArray{text.event, text.user});
  return {{"id", topic.id},
          {"name", std::move(name)},
          {"label", topic.label},
          {"items", topic.items},
          {"texts", topic.texts},
          {"terms", std::move(terms)},
          {"top_items", numbers_json(topic.top_items)},
          {"typical_items", numbers_json(topic.typical_items)},
          {"typical_texts", std::move(texts)},
          {"group", topic.group}};
}

Topic topic_from(const JsonObject& json) {
  Topic topic;
  topic.id = json.at("id").to_number<std::uint32_t>();
  for (const Json& term : json.at("name").as_array())
    topic.name.emplace_back(term.as_string().c_str());
  topic.label = json.at("label").as_string().c_str();
  topic.items = json.at("items").to_number<std::size_t>();
  topic.texts = json.at("texts").to_number<std::size_t>();
  for (const Json& term : json.at("terms").as_array()) {
    topic.terms.emplace_back(term.as_array().at(0).as_string().c_str(),
                             term.as_array().at(1).to_number<double>());
  }
  topic.top_items = numbers_from<ItemIndex>(json.at("top_items"));
  topic.typical_items = numbers_from<ItemIndex>(json.at("typical_items"));
  for (const Json& text : json.at("typical_texts").as_array()) {
    topic.typical_texts.push_back({text.as_array().at(0).to_number<std::int64_t>(),
                                   text.as_array().at(1).to_number<UserIndex>()});
  }
  topic.group = json.at("group").to_number<std::uint32_t>();
  return topic;
}

TopicGroup group_from(const JsonObject& json) {
  return {json.at("label").as_string().c_str(), numbers_from<std::uint32_t>(json.at("topics"))};
}

TopicChange change_from(const JsonObject& json) {
  TopicChange change;
  change.kind = json.at("kind").as_string().c_str();
  change.id = json.at("id").to_number<std::uint32_t>();
  change.label = json.at("label").as_string().c_str();
  if (json.contains("other")) change.other = json.at("other").to_number<std::uint32_t>();
  if (json.contains("other_label")) change.other_label = json.at("other_label").as_string().c_str();
  return change;
}

}  // namespace

JsonObject to_json(const TopicChange& change) {
  JsonObject json{{"kind", change.kind}, {"id", change.id}, {"label", change.label}};
  if (change.other) json["other"] = *change.other;
  if (!change.other_label.empty()) json["other_label"] = change.other_label;
  return json;
}

void write_topics(const SnapshotInfo& info, JsonObject& manifest) {
  JsonArray topics;
  for (const Topic& topic : info.topics) topics.push_back(topic_json(topic));
  JsonArray groups;
  for (const TopicGroup& group : info.topic_groups)
    groups.push_back(JsonObject{{"label", group.label}, {"topics", numbers_json(group.topics)}});
  JsonArray changes;
  for (const TopicChange& change : info.topic_changes) changes.push_back(to_json(change));
  manifest["topics"] = std::move(topics);
  manifest["topic_groups"] = std::move(groups);
  manifest["topic_changes"] = std::move(changes);
  manifest["topic_fit"] = JsonObject{{"asked", info.topic_fit.asked},
                                     {"points", info.topic_fit.points},
                                     {"distance", info.topic_fit.distance}};
  manifest["next_topic_id"] = info.next_topic_id;
}

void read_topics(const JsonObject& manifest, SnapshotInfo& info) {
  for (const Json& topic : manifest.at("topics").as_array())
    info.topics.push_back(topic_from(topic.as_object()));
  for (const Json& group : manifest.at("topic_groups").as_array())
    info.topic_groups.push_back(group_from(group.as_object()));
  for (const Json& change : manifest.at("topic_changes").as_array())
    info.topic_changes.push_back(change_from(change.as_object()));
  const JsonObject& fit = manifest.at("topic_fit").as_object();
  info.topic_fit = {fit.at("asked").to_number<std::int64_t>(),
                    fit.at("points").to_number<std::size_t>(),
                    fit.at("distance").to_number<double>()};
  info.next_topic_id = manifest.at("next_topic_id").to_number<std::uint32_t>();
}

}  // namespace limn
