#include "limn/core/types.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace limn {
namespace {

using std::chrono::milliseconds;

constexpr double milliseconds_a_day = 86'400'000.0;

// Takes characters off the front of a text; every `take` says whether what it wanted was there.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Exactly `digits` decimal digits.
  std::optional<int> take_number(std::size_t digits) {
    if (rest_.size() < digits) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  // One or two decimal digits.
  std::optional<int> take_short_number() {
    const auto two = take_number(2);
    return two ? two : take_number(1);
  }

  // The first three letters of a month's English name, and the rest of the word: 1 to 12.
  std::optional<int> take_month() {
    constexpr std::string_view months = "janfebmaraprmayjunjulaugsepoctnovdec";
    std::string word;
    while (!rest_.empty() && ((rest_.front() | 0x20) >= 'a' && (rest_.front() | 0x20) <= 'z')) {
      word += static_cast<char>(rest_.front() | 0x20);
      rest_.remove_prefix(1);
    }
    if (word.size() < 3) return std::nullopt;
    for (std::size_t i = 0; i < months.size(); i += 3) {
      if (word.starts_with(months.substr(i, 3))) return static_cast<int>(i / 3 + 1);
    }
    return std::nullopt;
  }

  // The digits after a decimal point, as milliseconds; finer digits are cut.
  std::optional<int> take_fraction() {
    int value = 0;
    int digits = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      if (digits < 3) value = value * 10 + (rest_.front() - '0');
      ++digits;
      rest_.remove_prefix(1);
    }
    if (digits == 0) return std::nullopt;
    for (; digits < 3; ++digits) value *= 10;
    return value;
  }

 private:
  std::string_view rest_;
};

std::optional<std::chrono::minutes> take_zone(Scanner& scanner) {
  if (scanner.at_end() || scanner.take('Z') || scanner.take('z')) return std::chrono::minutes{0};
  scanner.take(' ');
  const bool west = scanner.take('-');
  if (!west && !scanner.take('+')) return std::nullopt;
  const auto hours = scanner.take_number(2);
  scanner.take(':');
  const auto minutes = scanner.take_number(2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const int offset = *hours * 60 + *minutes;
  return std::chrono::minutes{west ? -offset : offset};
}

std::optional<milliseconds> take_clock(Scanner& scanner) {
  const auto hour = scanner.take_number(2);
  if (!hour || !scanner.take(':')) return std::nullopt;
  const auto minute = scanner.take_number(2);
  if (!minute) return std::nullopt;
  int second = 0;
  int fraction = 0;
  if (scanner.take(':')) {
    const auto seconds = scanner.take_number(2);
    if (!seconds) return std::nullopt;
    second = *seconds;
    if (scanner.take('.')) {
      const auto parsed = scanner.take_fraction();
      if (!parsed) return std::nullopt;
      fraction = *parsed;
    }
  }
  // 60 is a leap second.
  if (*hour > 23 || *minute > 59 || second > 60) return std::nullopt;
  return milliseconds{((*hour * 60LL + *minute) * 60 + second) * 1000 + fraction};
}

struct Date {
  std::optional<int> year, month, day;
};

std::optional<std::chrono::sys_days> to_days(const Date& date) {
  if (!date.year || !date.month || !date.day || *date.year < 1) return std::nullopt;
  const std::chrono::year_month_day named{std::chrono::year{*date.year},
                                          std::chrono::month{static_cast<unsigned>(*date.month)},
                                          std::chrono::day{static_cast<unsigned>(*date.day)}};
  if (!named.ok()) return std::nullopt;
  return std::chrono::sys_days{named};
}

// "2022-02-24", "2022/02/24", "2022/2/4".
std::optional<std::chrono::sys_days> take_numbered_date(Scanner& scanner) {
  Date date{.year = scanner.take_number(4)};
  if (scanner.take('-')) {
    date.month = scanner.take_number(2);
    if (!scanner.take('-')) return std::nullopt;
    date.day = scanner.take_number(2);
  } else if (scanner.take('/')) {
    date.month = scanner.take_short_number();
    if (!scanner.take('/')) return std::nullopt;
    date.day = scanner.take_short_number();
  }
  return to_days(date);
}

// "24 Feb 2022", "4 February 2022", "Feb 24, 2022".
std::optional<std::chrono::sys_days> take_named_date(Scanner& scanner) {
  Date date{.day = scanner.take_short_number()};
  if (date.day && !scanner.take(' ')) return std::nullopt;
  date.month = scanner.take_month();
  scanner.take('.');
  if (!scanner.take(' ')) return std::nullopt;
  if (!date.day) {
    date.day = scanner.take_short_number();
    scanner.take(',');
    if (!scanner.take(' ')) return std::nullopt;
  }
  date.year = scanner.take_number(4);
  return to_days(date);
}

// Eight digits are a date where they can be one: as seconds they would be a day of 1970.
std::optional<Time> parse_compact_date(std::string_view text) {
  constexpr std::size_t digits = 8;
  if (text.size() != digits) return std::nullopt;
  Scanner scanner(text);
  const Date date{scanner.take_number(4), scanner.take_number(2), scanner.take_number(2)};
  constexpr int first_year = 1900;
  constexpr int last_year = 2199;
  if (!date.year || *date.year < first_year || *date.year > last_year) return std::nullopt;
  const auto days = to_days(date);
  if (!days) return std::nullopt;
  return Time{*days};
}

// A date, and a clock where one follows.
std::optional<Time> parse_calendar(std::string_view text) {
  Scanner scanner(text);
  auto days = take_numbered_date(scanner);
  if (!days) {
    scanner = Scanner(text);
    days = take_named_date(scanner);
  }
  if (!days) return std::nullopt;
  const Time time{*days};
  if (scanner.at_end()) return time;
  if (!scanner.take('T') && !scanner.take('t') && !scanner.take(' ')) return std::nullopt;
  const auto clock = take_clock(scanner);
  if (!clock) return std::nullopt;
  const auto zone = take_zone(scanner);
  if (!zone || !scanner.at_end()) return std::nullopt;
  return time + *clock - *zone;
}

// Seconds reach 1e11 only in the year 5138, milliseconds were past it in 1973: the size tells the
// unit.
std::optional<Time> parse_unix(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  const double size = std::abs(value);
  if (size < 1e11)
    value *= 1e3;
  else if (size < 1e14)
    value *= 1;
  else if (size < 1e17)
    value /= 1e3;
  else
    value /= 1e6;
  constexpr double year_1 = -62'135'596'800'000.0;
  constexpr double year_10000 = 253'402'300'800'000.0;
  if (value < year_1 || value >= year_10000) return std::nullopt;
  return Time{milliseconds{static_cast<std::int64_t>(std::floor(value))}};
}

}  // namespace

double days_between(Time from, Time to) {
  return static_cast<double>((to - from).count()) / milliseconds_a_day;
}

std::string format_time(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  const auto fraction = clock.subseconds().count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     fraction == 0 ? std::string() : fmt::format(".{:03}", fraction));
}

std::optional<Time> parse_time(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.empty()) return std::nullopt;
  if (auto time = parse_calendar(text)) return time;
  if (auto time = parse_compact_date(text)) return time;
  return parse_unix(text);
}

}  // namespace limn
