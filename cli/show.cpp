#include "cli/show.h"

#include <algorithm>
#include <cmath>

#include "cli/console.h"

namespace limn::cli {
namespace {

constexpr std::size_t title_width = 44;

std::string tally(const std::map<std::string, std::size_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", grouped(count), name);
  }
  return text;
}

void add_counts(Table& table, std::string_view name, const RecordCounts& read,
                const WriteCounts& written) {
  if (read.read == 0) return;
  table.add({std::string(name), grouped(read.read), grouped(written.added),
             grouped(written.updated), grouped(written.duplicates), grouped(read.repaired),
             grouped(read.refused)});
}

void show_interests(const ProfileAnswer& answer) {
  Table table({"interest", "weight", "polarity", "confidence", "evidence"});
  for (const Interest& interest : answer.profile.interests) {
    std::vector<std::string> titles;
    for (const InterestEvidence& evidence : interest.evidence) {
      if (evidence.item != no_item) titles.push_back(answer.names.item_title(evidence.item));
    }
    table.add({shortened(answer.names.topic_label(interest.index), title_width),
               fmt::format("{:.0f} %", 100 * interest.weight),
               fmt::format("{:+.2f}", interest.polarity),
               fmt::format("{:.2f}", interest.confidence), shortened(joined(titles, 3, "; "), 60)});
  }
  table.print();
  say("  (first what sets the user apart most from everybody, then what many like)");
}

// What a user's attributes tell a reader: those that are short, and neither an address nor another
// system's id. The profile's JSON has all of them.
std::vector<std::string> telling_attributes(const User& user) {
  constexpr std::size_t longest = 32;
  constexpr std::size_t most = 6;
  std::vector<std::string> told;
  for (const auto& [name, value] : user.attributes) {
    const bool id = name.ends_with("Id") || name.ends_with("_id");
    const bool address = value.find("://") != value.npos;
    if (id || address || value.empty() || value.size() > longest || told.size() == most) continue;
    told.push_back(fmt::format("{} {}", name, value));
  }
  return told;
}

void show_opinions(std::string_view name, const std::vector<ItemOpinion>& opinions,
                   const ProfileNames& names) {
  std::vector<std::string> titles;
  for (const ItemOpinion& opinion : opinions) titles.push_back(names.item_title(opinion.item));
  if (!titles.empty()) say("{}: {}", name, joined(titles, 6, "; "));
}

}  // namespace

void show(const ImportAnswer& answer) {
  Table table({"", "read", "added", "updated", "duplicates", "repaired", "refused"});
  add_counts(table, "users", answer.read.users, answer.written.users);
  add_counts(table, "items", answer.read.items, answer.written.items);
  add_counts(table, "events", answer.read.events, answer.written.events);
  add_counts(table, "edges", answer.read.edges, answer.written.edges);
  table.print();
  if (!answer.read.repairs.empty()) say("repairs: {}", tally(answer.read.repairs));
  if (!answer.read.flags.empty()) say("flags: {}", tally(answer.read.flags));
  constexpr std::size_t shown = 10;
  for (std::size_t i = 0; i < std::min(shown, answer.read.refusals.size()); ++i) {
    const Refusal& refusal = answer.read.refusals[i];
    say("refused: {}:{}: {}: {}", printable(refusal.file), refusal.line, printable(refusal.field),
        printable(refusal.reason));
  }
  if (answer.refusals_file) {
    say("{} refused in all; each is named in {}", grouped(answer.read.refusal_count),
        answer.refusals_file->string());
  }
  for (const FloodedUser& flood : answer.floods)
    say("looks like a bot: {}: {}", printable(flood.user), flood.sign);
  for (const std::string& remark : answer.read.notes) say("note: {}", printable(remark));
  say("imported in {}", duration(answer.seconds));
}

void show_encoding(const BuildReport& report) {
  const double rate =
      report.seconds.encode > 0 ? static_cast<double>(report.encoded) / report.seconds.encode : 0;
  say("encoder {}, {}, dim {}: {} texts, {} of them encoded now: {} tokens, {} texts/s",
      printable(report.encoder), report.precision, report.dim, grouped(report.texts),
      grouped(report.encoded), grouped(report.tokens), grouped(static_cast<std::size_t>(rate)));
}

// What the search chose, part by part, and what it took.
void show_search(const FoundSettings& found) {
  if (found.parts.empty()) return;
  const JsonObject chosen = to_json(found.settings);
  std::size_t fits = 0;
  for (const PartSearch& part : found.parts) {
    const Json* settings = chosen.if_contains(part.part);
    const auto half_life = found.settings.half_lives.find(part.part);
    say("  {}: {:.4f} -> {:.4f}{}, half-life {:g} events", part.part, part.before, part.after,
        settings == nullptr ? "" : " with " + to_text(*settings),
        half_life == found.settings.half_lives.end() ? 0.0 : half_life->second);
    fits += part.fits;
  }
  if (found.ials_dim_alone != 0) {
    say("  ials: best alone with {:g} dimensions, but the blend with {:g}", found.ials_dim_alone,
        found.settings.ials_dim);
  }
  say("settings were searched for with {} fits on {} users, in {}", fits, found.users,
      duration(found.seconds));
}

// What stars are predicted by.
void show_ratings(const RatingFit& fit) {
  if (fit.ratings == 0) return;
  say("predicted stars: {} ratings; RMSE on a validation part {:.4f}, of biases alone {:.4f}",
      grouped(fit.ratings), fit.rmse, fit.bias_rmse);
}

void show_ranker(const RankerReport& ranker) {
  if (ranker.kind == RankerKind::none) return;
  say("ranker {}: {}, in {}: learned from {} users; for {} others NDCG {:.4f} {:+.4f} with weight "
      "{:g} (two standard errors: {:+.4f} to {:+.4f})",
      ranker_name(ranker.kind), ranker.passed ? "in use" : "not in use, as it does not surely help",
      duration(ranker.seconds), grouped(ranker.learning_users), grouped(ranker.gate_users),
      ranker.blend_ndcg, ranker.gain, ranker.weight, ranker.interval.low, ranker.interval.high);
}

void show_fit(const BuildReport& report) {
  std::string parts;
  for (std::size_t p = 0; p < std::min(report.parts.size(), report.part_ndcg.size()); ++p) {
    parts += fmt::format("{} {:.4f}, ", report.parts[p], report.part_ndcg[p]);
  }
  say("NDCG@10 on a validation part, {}: {}blend {:.4f}",
      report.chosen_by_time ? "what was chosen in the last fifth of the log"
                            : "the end of each history",
      parts, report.blend_ndcg);
  show_search(report.found);
  show_ratings(report.ratings);
  show_ranker(report.ranker);
  if (report.flooded_users > 0) {
    say("{} users look like bots (see import.drop_floods)", report.flooded_users);
  }
}

// What was done about texts that count less, or are more than the encoder reads at a time.
void show_texts(const BuildReport& report) {
  std::vector<std::string> said;
  const auto add = [&](std::size_t count, std::string_view what) {
    if (count > 0) said.push_back(fmt::format("{} {}", grouped(count), what));
  };
  add(report.copied_texts, "copy another and weigh once with it");
  add(report.trimmed_texts, "were read without the greeting or signature their writer repeats");
  add(report.wordless_texts, "say nothing");
  add(report.long_texts, "are longer than the encoder reads at a time");
  if (!said.empty()) say("texts: {}", joined(said, said.size()));
}

void show(const BuildReport& report) {
  say("generation {:06}: {} users, {} items, {} events, {} topics, {} segments", report.generation,
      grouped(report.users), grouped(report.items), grouped(report.events), report.topics,
      report.segments);
  if (report.as_of) {
    const LeftOut& left = report.left_out;
    say("as of {}: left out {} events, {} users and {} items of later ({} without a date)",
        format_time(*report.as_of), grouped(left.events), grouped(left.users), grouped(left.items),
        grouped(left.undated_items));
  }
  show_encoding(report);
  show_texts(report);
  show_changes(report);
  show_fit(report);
  const BuildSeconds& s = report.seconds;
  say("seconds: read {:.2f}, text {:.2f}, encode {:.2f}, cluster {:.2f}, fit {:.2f}, write {:.2f}",
      s.read, s.text, s.encode, s.cluster, s.fit, s.write);
}

void show(const ProfileAnswer& answer) {
  const Profile& profile = answer.profile;
  say("user {} ({})", printable(answer.user.id),
      answer.known ? stage_name(profile.stage) : "not known");
  const std::vector<std::string> told = telling_attributes(answer.user);
  if (!told.empty()) say("about: {}", joined(told, told.size()));
  if (!answer.persona.text.empty()) say("\n{}\n", printable_lines(answer.persona.text));
  if (!profile.interests.empty()) show_interests(answer);
  show_opinions("likes", profile.liked, answer.names);
  show_opinions("dislikes", profile.disliked, answer.names);
  std::vector<std::string> tags = profile.declared_tags;
  for (const Interest& tag : profile.tags) {
    if (tag.polarity > 0) tags.push_back(answer.names.tag(tag.index));
  }
  if (!tags.empty()) say("tags: {}", joined(tags, 8));
  if (profile.segment) say("segment: {}", printable(answer.names.segment_label(*profile.segment)));
  const ProfileNumbers& numbers = profile.numbers;
  if (numbers.events > 0) {
    say("events: {} on {} {}, the last {:.0f} days ago; diversity {:.2f}", grouped(numbers.events),
        numbers.active_days, numbers.active_days == 1 ? "day" : "days", numbers.recency_days,
        numbers.diversity);
  }
}

// What a user would rate it, where that is known.
std::string stars(const std::optional<double>& rating) {
  return rating ? fmt::format("; predicted {:.1f} stars", *rating) : std::string();
}

void show(const Recommendations& answer, bool reasons) {
  say("for {}, by strategy {} version {}, generation {:06}, in {}", printable(answer.user),
      printable(answer.strategy), answer.strategy_version, answer.generation,
      duration(answer.seconds));
  if (answer.list != 0) say("logged as list {}", answer.list);
  if (!answer.remark.empty()) say("note: {}", printable(answer.remark));
  if (answer.items.empty()) say("nothing left to recommend");
  std::size_t place = 0;
  for (const RecommendedItem& item : answer.items) {
    say("{:>4}. {:<8} {:>7.3f}  {}{}", ++place, printable(item.id), item.score,
        shortened(item.title, 70), stars(item.predicted_rating));
    if (!reasons) continue;
    for (const Reason& reason : item.reasons)
      say("              {:>+7.3f}  {}", reason.weight, shortened(reason.text, 90));
  }
  const auto by_score = [](const RecommendedItem& a, const RecommendedItem& b) {
    return a.score > b.score;
  };
  if (!std::ranges::is_sorted(answer.items, by_score))
    say("  (the order also weighs variety and what else the strategy asks of a list)");
}

void show(const Explanation& answer) {
  say("{} ({}) for {}: {:.4f}{}", printable(answer.title), printable(answer.item),
      printable(answer.user), answer.score, stars(answer.predicted_rating));
  Table table({"weight", "part", "type", "ref"});
  for (const ExplainedTerm& term : answer.terms) {
    table.add({fmt::format("{:+.4f}", term.weight), term.part, term.type, printable(term.ref)});
  }
  table.print();
}

void show(const std::vector<SimilarUser>& answer) {
  Table table({"user", "similarity", "both like"});
  for (const SimilarUser& user : answer) {
    table.add({printable(user.id), fmt::format("{:.3f}", user.score),
               shortened(joined(user.shared_labels, 6, "; "), 90)});
  }
  table.print();
}

void show(const std::vector<SimilarItem>& answer) {
  Table table({"item", "similarity", "title", "both are"});
  for (const SimilarItem& item : answer) {
    table.add({printable(item.id), fmt::format("{:.3f}", item.score),
               shortened(item.title, title_width) + stars(item.predicted_rating),
               shortened(joined(item.shared, 5, "; "), 60)});
  }
  table.print();
}

void show(const FeedbackAnswer& answer) {
  say("event {}: {} {} {}", answer.event.id, printable(answer.event.user),
      printable(answer.event.kind), printable(answer.event.item));
  if (answer.list != 0) say("caused by list {}", answer.list);
  say("profile version {}", answer.profile_version);
  say("strategy {}: version {} -> {}", printable(answer.after.name), answer.before.version,
      answer.after.version);
}

void show(const std::vector<SegmentAnswer>& answer) {
  if (answer.empty()) say("no segments: too few users (see cluster.segment_min_users)");
  if (answer.empty()) return;
  Table table({"id", "segment", "users", "topics"});
  for (const SegmentAnswer& one : answer) {
    table.add({fmt::format("{}", one.id), shortened(one.segment.label, 48),
               grouped(one.segment.users), shortened(joined(one.topics, 4, "; "), 72)});
  }
  table.print();
}

}  // namespace limn::cli
