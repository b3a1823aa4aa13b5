// A build's report as JSON: what `limn build --json` prints.
#include "limn/engine/build.h"
#include "limn/engine/topics_json.h"

namespace limn {

Json to_json(const BuildReport& report) {
  const BuildSeconds& s = report.seconds;
  JsonArray changes;
  for (const TopicChange& change : report.topic_changes) changes.push_back(to_json(change));
  JsonObject part_ndcg;
  for (std::size_t p = 0; p < report.parts.size() && p < report.part_ndcg.size(); ++p) {
    part_ndcg[report.parts[p]] = rounded(report.part_ndcg[p]);
  }
  JsonObject json{
      {"generation", report.generation},
      {"seconds",
       {{"read", rounded(s.read)},
        {"text", rounded(s.text)},
        {"encode", rounded(s.encode)},
        {"cluster", rounded(s.cluster)},
        {"fit", rounded(s.fit)},
        {"write", rounded(s.write)}}},
      {"users", report.users},
      {"items", report.items},
      {"events", report.events},
      {"topics", report.topics},
      {"segments", report.segments},
      {"encoder", report.encoder},
      {"precision", report.precision},
      {"dim", report.dim},
      {"texts", report.texts},
      {"encoded", report.encoded},
      {"kept_fit", report.kept_fit},
      {"tokens", report.tokens},
      {"long_texts", report.long_texts},
      {"copied_texts", report.copied_texts},
      {"trimmed_texts", report.trimmed_texts},
      {"wordless_texts", report.wordless_texts},
      {"opinions",
       {{"learned_from", report.opinions},
        {"accuracy", rounded(report.opinion_accuracy)},
        {"majority", rounded(report.opinion_majority)},
        {"told_reviews", report.told_reviews}}},
      {"inertia_spread", rounded(report.inertia_spread)},
      {"topics_anew", report.topics_anew},
      {"topic_changes", std::move(changes)},
      {"validation_ndcg@10", {{"parts", part_ndcg}, {"blend", rounded(report.blend_ndcg)}}},
      {"validation", report.chosen_by_time ? "last of the log" : "last of each user"},
      {"search", to_json(report.found)},
      {"ratings", to_json(report.ratings)},
      {"flooded_users", report.flooded_users}};
  if (report.ranker.kind != RankerKind::none) json["ranker"] = to_json(report.ranker);
  if (report.as_of) {
    json["as_of"] = format_time(*report.as_of);
    json["left_out"] = to_json(report.left_out);
  }
  return json;
}

}  // namespace limn
