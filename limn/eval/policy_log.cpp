// Reading logs of policies: CSV, one shown action a line.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "limn/core/file.h"
#include "limn/core/id_map.h"
#include "limn/core/lines.h"
#include "limn/eval/off_policy.h"

namespace limn {
namespace {

struct Column {
  std::string_view name;
  std::string_view other_name;  // as the Open Bandit Dataset has it
  bool required;
};

enum ColumnIndex : std::size_t { action_column, reward_column, propensity_column, context_column };

constexpr std::array<Column, 4> known_columns{{{"action", "item_id", true},
                                               {"reward", "click", true},
                                               {"propensity", "propensity_score", true},
                                               {"context", "position", false}}};

// Where each known column stands in a line.
using Places = std::array<std::optional<std::size_t>, known_columns.size()>;

std::vector<std::string_view> split_at_commas(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    const std::size_t length = std::min(line.find(','), line.size());
    fields.push_back(line.substr(0, length));
    if (length == line.size()) return fields;
    line.remove_prefix(length + 1);
  }
}

// Numbers both files' names together.
class PolicyLogReader {
 public:
  Result<std::vector<LoggedAction>> read(const std::filesystem::path& path) {
    LIMN_TRY(const MemoryMap file, MemoryMap::open(path));
    std::string_view text = file.text();
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    Lines lines(text);
    lines.next();
    LIMN_TRY(const Places places, read_header(without_return(lines.text()), path));
    std::vector<LoggedAction> rows;
    while (lines.next()) {
      const std::string_view line = without_return(lines.text());
      if (line.empty()) continue;
      LIMN_TRY(rows.emplace_back(), read_row(line, places, path, lines.number()));
    }
    if (rows.empty()) {
      return fail(ErrorCode::invalid_argument, "cannot read log: {}: it has no rows",
                  path.string());
    }
    return rows;
  }

  [[nodiscard]] std::size_t actions() const { return actions_.size(); }
  [[nodiscard]] std::size_t contexts() const { return contexts_.size(); }

 private:
  static Result<Places> read_header(std::string_view line, const std::filesystem::path& path) {
    const std::vector<std::string_view> names = split_at_commas(line);
    Places places;
    for (std::size_t c = 0; c < known_columns.size(); ++c) {
      const Column& column = known_columns[c];
      for (std::size_t place = 0; place < names.size() && !places[c]; ++place) {
        if (names[place] == column.name || names[place] == column.other_name) places[c] = place;
      }
      if (column.required && !places[c]) {
        return fail(ErrorCode::invalid_argument,
                    "cannot read log: {}:1: {}: no such column (nor {})", path.string(),
                    column.name, column.other_name);
      }
    }
    return places;
  }

  Result<LoggedAction> read_row(std::string_view line, const Places& places,
                                const std::filesystem::path& path, std::size_t number) {
    const std::vector<std::string_view> fields = split_at_commas(line);
    const auto wrong = [&](ColumnIndex column, std::string_view why) {
      return fail(ErrorCode::invalid_argument, "cannot read log: {}:{}: {}: {}", path.string(),
                  number, known_columns[column].name, why);
    };
    const auto field = [&](ColumnIndex column) {
      const std::size_t place = places[column].value_or(fields.size());
      return place < fields.size() ? fields[place] : std::string_view();
    };
    const auto number_in = [&](ColumnIndex column, double least, double most) {
      const std::string_view text = field(column);
      double value = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      const bool whole = error == std::errc{} && end == text.data() + text.size();
      return whole && least <= value && value <= most ? std::optional(value) : std::nullopt;
    };

    if (field(action_column).empty()) return wrong(action_column, "empty");
    const std::optional<double> reward = number_in(reward_column, -1e9, 1e9);
    if (!reward) return wrong(reward_column, "not a number within 1e9 of 0");
    const std::optional<double> propensity = number_in(propensity_column, 1e-12, 1);
    if (!propensity) return wrong(propensity_column, "not a number above 0 and up to 1");
    return LoggedAction{.action = actions_.add(field(action_column)),
                        .context = contexts_.add(field(context_column)),
                        .reward = *reward,
                        .propensity = *propensity};
  }

  IdMap actions_;
  IdMap contexts_;
};

}  // namespace

Result<PolicyLogs> read_policy_logs(const std::filesystem::path& logged,
                                    const std::filesystem::path& target) {
  PolicyLogReader reader;
  PolicyLogs logs;
  LIMN_TRY(logs.logged.rows, reader.read(logged));
  LIMN_TRY(logs.target.rows, reader.read(target));
  for (PolicyLog* log : {&logs.logged, &logs.target}) {
    log->actions = reader.actions();
    log->contexts = reader.contexts();
  }
  return logs;
}

}  // namespace limn
