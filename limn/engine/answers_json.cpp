#include "limn/engine/answers_json.h"

#include "limn/profile/profile_json.h"

namespace limn {
namespace {

JsonArray strings_json(const std::vector<std::string>& strings) {
  JsonArray json;
  for (const std::string& string : strings) json.emplace_back(string);
  return json;
}

JsonObject counts_json(const RecordCounts& read, const WriteCounts& written) {
  return {
      {"added", written.added},    {"updated", written.updated}, {"duplicates", written.duplicates},
      {"repaired", read.repaired}, {"flagged", read.flagged},    {"refused", read.refused},
      {"read", read.read}};
}

JsonObject tally_json(const std::map<std::string, std::size_t>& tally) {
  JsonObject json;
  for (const auto& [name, count] : tally) json[name] = count;
  return json;
}

void add_prediction(const std::optional<double>& rating, JsonObject& json) {
  if (rating) json["predicted_rating"] = rounded(*rating);
}

}  // namespace

Json to_json(const ImportAnswer& answer) {
  JsonArray refusals;
  for (const Refusal& refusal : answer.read.refusals) {
    refusals.push_back(JsonObject{{"file", refusal.file},
                                  {"line", refusal.line},
                                  {"field", refusal.field},
                                  {"reason", refusal.reason}});
  }
  JsonArray floods;
  for (const FloodedUser& flood : answer.floods) {
    floods.push_back(JsonObject{{"user", flood.user}, {"sign", flood.sign}});
  }
  JsonObject json{{"users", counts_json(answer.read.users, answer.written.users)},
                  {"items", counts_json(answer.read.items, answer.written.items)},
                  {"events", counts_json(answer.read.events, answer.written.events)},
                  {"edges", counts_json(answer.read.edges, answer.written.edges)},
                  {"repairs", tally_json(answer.read.repairs)},
                  {"flags", tally_json(answer.read.flags)},
                  {"refusals", std::move(refusals)},
                  {"refusal_count", answer.read.refusal_count},
                  {"floods", std::move(floods)},
                  {"notes", strings_json(answer.read.notes)},
                  {"seconds", rounded(answer.seconds)}};
  if (answer.refusals_file) json["refusals_file"] = answer.refusals_file->string();
  return json;
}

Json to_json(const ProfileAnswer& answer) {
  JsonObject json{
      {"user", answer.user.id}, {"known", answer.known}, {"generation", answer.generation}};
  JsonObject attributes;
  for (const auto& [name, value] : answer.user.attributes) attributes[name] = value;
  json["attributes"] = std::move(attributes);
  const Json profile = to_json(answer.profile, answer.names);
  for (const auto& [key, value] : profile.as_object()) json[key] = value;
  json["persona"] = to_json(answer.persona);
  return json;
}

Json to_json(const Recommendations& answer) {
  JsonArray items;
  for (const RecommendedItem& item : answer.items) {
    JsonArray reasons;
    for (const Reason& reason : item.reasons) {
      reasons.push_back(JsonObject{{"type", reason.type},
                                   {"ref", reason.ref},
                                   {"weight", reason.weight},
                                   {"text", reason.text}});
    }
    items.push_back(JsonObject{{"id", item.id},
                               {"title", item.title},
                               {"score", item.score},
                               {"reasons", std::move(reasons)}});
    add_prediction(item.predicted_rating, items.back().as_object());
    if (answer.list == 0) continue;
    items.back().as_object()["propensity"] = rounded(item.propensity);
    items.back().as_object()["strategy"] = item.strategy;
  }
  JsonObject json{{"user", answer.user},
                  {"generation", answer.generation},
                  {"strategy", {{"name", answer.strategy}, {"version", answer.strategy_version}}},
                  {"items", std::move(items)}};
  if (!answer.remark.empty()) json["remark"] = answer.remark;
  if (answer.list != 0) {
    json["list"] = answer.list;
    json["segment"] = answer.segment;
    json["propensity"] = rounded(answer.propensity);
  }
  return json;
}

Json to_json(const Explanation& answer) {
  JsonArray terms;
  for (const ExplainedTerm& term : answer.terms) {
    terms.push_back(JsonObject{
        {"part", term.part}, {"type", term.type}, {"ref", term.ref}, {"weight", term.weight}});
  }
  JsonObject json{{"user", answer.user},
                  {"item", answer.item},
                  {"title", answer.title},
                  {"score", answer.score},
                  {"terms", std::move(terms)}};
  add_prediction(answer.predicted_rating, json);
  return json;
}

Json to_json(const std::vector<SimilarUser>& answer) {
  JsonArray users;
  for (const SimilarUser& user : answer) {
    users.push_back(JsonObject{{"id", user.id},
                               {"score", rounded(user.score)},
                               {"shared", strings_json(user.shared_labels)}});
  }
  return JsonObject{{"users", std::move(users)}};
}

Json to_json(const std::vector<SimilarItem>& answer) {
  JsonArray items;
  for (const SimilarItem& item : answer) {
    items.push_back(JsonObject{{"id", item.id},
                               {"title", item.title},
                               {"score", rounded(item.score)},
                               {"shared", strings_json(item.shared)}});
    add_prediction(item.predicted_rating, items.back().as_object());
  }
  return JsonObject{{"items", std::move(items)}};
}

Json to_json(const FeedbackAnswer& answer) {
  const Event& event = answer.event;
  return JsonObject{{"event",
                     {{"id", event.id},
                      {"user", event.user},
                      {"item", event.item},
                      {"kind", event.kind},
                      {"value", event.value},
                      {"text", event.text},
                      {"time", format_time(event.time)}}},
                    {"profile_version", answer.profile_version},
                    {"list", answer.list},
                    {"strategy", to_json(answer.after)}};
}

Json to_json(const std::vector<TopicAnswer>& answer) {
  JsonArray topics;
  JsonArray groups;
  for (const TopicAnswer& one : answer) {
    JsonArray terms;
    for (const auto& [term, weight] : one.topic.terms) {
      terms.push_back(JsonObject{{"term", term}, {"weight", weight}});
    }
    JsonArray texts;
    for (const TopicText& text : one.typical_texts)
      texts.push_back(JsonObject{{"event", text.event}, {"text", text.text}});
    topics.push_back(JsonObject{{"id", one.topic.id},
                                {"label", one.topic.label},
                                {"size", one.topic.items + one.topic.texts},
                                {"group", one.topic.group},
                                {"terms", std::move(terms)},
                                {"items", strings_json(one.items)},
                                {"typical_items", strings_json(one.typical_items)},
                                {"typical_texts", std::move(texts)}});
    if (one.topic.group == groups.size())
      groups.push_back(JsonObject{{"label", one.group}, {"topics", JsonArray()}});
    groups[one.topic.group].at("topics").as_array().emplace_back(one.topic.id);
  }
  return JsonObject{{"topics", std::move(topics)}, {"groups", std::move(groups)}};
}

Json to_json(const std::vector<SegmentAnswer>& answer) {
  JsonArray segments;
  for (const SegmentAnswer& one : answer) {
    segments.push_back(JsonObject{{"id", one.id},
                                  {"label", one.segment.label},
                                  {"size", one.segment.users},
                                  {"topics", strings_json(one.topics)}});
  }
  return JsonObject{{"segments", std::move(segments)}};
}

}  // namespace limn
