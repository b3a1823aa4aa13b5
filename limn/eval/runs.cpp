#include "limn/eval/runs.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_set>

#include "limn/core/check.h"
#include "limn/core/file.h"
#include "limn/core/lines.h"

namespace limn {
namespace {

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return words;
    const std::size_t end = std::min(line.find_first_of(" \t", begin), line.size());
    words.push_back(line.substr(begin, end - begin));
    line.remove_prefix(end);
  }
}

// One line's columns, whichever of the two forms it has.
struct RunLine {
  std::string_view user;
  std::string_view item;
  std::string_view score;
};

std::optional<RunLine> columns_of(std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  if (words.size() == 3) return RunLine{words[0], words[1], words[2]};
  if (words.size() == 6) return RunLine{words[0], words[2], words[4]};
  return std::nullopt;
}

std::optional<float> parse_score(std::string_view text) {
  float score = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), score);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(score))
    return std::nullopt;
  return score;
}

}  // namespace

Result<GivenRun> read_run(const std::filesystem::path& path, std::string name, const IdMap& users,
                          const IdMap& items) {
  LIMN_TRY(const MemoryMap file, MemoryMap::open(path));
  std::string_view text = file.text();
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  Lines lines(text);
  const auto corrupt = [&](std::string_view why) {
    return fail(ErrorCode::corrupt, "cannot read run: {}:{}: {}", path.string(), lines.number(),
                why);
  };
  GivenRun run{std::move(name), std::vector<std::vector<Scored>>(users.size())};
  std::unordered_set<std::uint64_t> met;
  while (lines.next()) {
    const std::string_view line = without_return(lines.text());
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    const std::optional<RunLine> columns = columns_of(line);
    if (!columns) return corrupt("not `user item score`, nor the six columns of TREC");
    const auto user = users.find(columns->user);
    if (!user) return corrupt("a user that the split does not have");
    const auto item = items.find(columns->item);
    if (!item) return corrupt("an item that the split does not have");
    const std::optional<float> score = parse_score(columns->score);
    if (!score) return corrupt("the score is no finite number");
    if (!met.insert((std::uint64_t{*user} << 32) | *item).second)
      return corrupt("an item that this user has already");
    run.lists[*user].push_back({*item, *score});
  }
  return run;
}

NamedScorer scorer_of(const GivenRun& run) {
  NamedScorer named;
  named.name = run.name;
  named.score = [&run](UserIndex user, std::span<float> scores) {
    std::ranges::fill(scores, -std::numeric_limits<float>::infinity());
    for (const Scored& scored : run.lists[user]) scores[scored.index] = scored.score;
  };
  return named;
}

std::string per_user_table(const EvaluationReport& report,
                           const std::vector<std::string>& user_ids) {
  LIMN_CHECK(user_ids.size() == report.ranked_users.size());
  std::string table = "user\trecommender\tmetric\tvalue\n";
  for (const RecommenderReport& row : report.rows) {
    for (const auto& [metric, values] : row.per_user) {
      for (std::size_t i = 0; i < values.size(); ++i)
        table += fmt::format("{}\t{}\t{}\t{}\n", user_ids[i], row.name, metric, values[i]);
    }
  }
  return table;
}

}  // namespace limn
