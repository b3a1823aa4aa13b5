// Telephones and IP addresses. A telephone has no check digit: its form has to be one that people
// write and that other numbers do not have, or a word before it has to say so.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "limn/text/personal_rules.h"

namespace limn::personal {
namespace {

bool is_hex(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

// Four numbers up to 255 with dots, no part of a longer one; the end, 0 for none.
std::size_t ipv4_end(std::string_view text, std::size_t begin) {
  std::size_t i = begin;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && byte_at(text, i++) != '.') return 0;
    const std::size_t first = i;
    int value = 0;
    while (is_digit(byte_at(text, i)) && i - first < 4) value = 10 * value + (text[i++] - '0');
    if (i == first || i - first > 3 || value > 255) return 0;
    if (i - first > 1 && text[first] == '0') return 0;
  }
  const bool goes_on = is_alphanumeric(byte_at(text, i)) ||
                       (byte_at(text, i) == '.' && is_digit(byte_at(text, i + 1)));
  return goes_on ? 0 : i;
}

// "version 1.2.3.4", "v1.2.3.4": no address.
bool is_version(std::string_view text, std::size_t begin) {
  constexpr std::size_t reach = 20;
  std::string before;
  for (std::size_t i = begin > reach ? begin - reach : 0; i < begin; ++i) before += lower(text[i]);
  if (before.ends_with('v')) return true;
  static constexpr std::array<std::string_view, 6> cues{"version", "firmware",     "release",
                                                        "build",   "\u7248\u672c", "\u56fa\u4ef6"};
  return std::any_of(cues.begin(), cues.end(),
                     [&](std::string_view cue) { return before.find(cue) != std::string::npos; });
}

// RFC 4291: eight groups, or fewer with one "::". Clock times have three groups and no "::".
std::size_t ipv6_end(std::string_view text, std::size_t begin) {
  std::size_t i = begin;
  int groups = 0;
  int gaps = 0;
  std::size_t longest = 0;  // digits of a group: "00::35" is a clock's
  while (i < text.size()) {
    const std::size_t first = i;
    while (is_hex(byte_at(text, i)) && i - first < 5) ++i;
    if (i - first > 4) return 0;
    groups += i > first ? 1 : 0;
    longest = std::max(longest, i - first);
    if (byte_at(text, i) != ':') break;
    if (byte_at(text, i + 1) == ':') {
      gaps += 1;
      i += 2;
      if (!is_hex(byte_at(text, i))) break;
      continue;
    }
    if (!is_hex(byte_at(text, i + 1))) break;
    ++i;
  }
  if (is_alphanumeric(byte_at(text, i)) || byte_at(text, i) == ':') return 0;
  const bool whole =
      (groups == 8 && gaps == 0) || (gaps == 1 && groups >= 2 && groups < 8 && longest >= 3);
  return whole ? i : 0;
}

// The last bytes before `begin`, in lower case.
std::string before_lower(std::string_view text, std::size_t begin, std::size_t reach) {
  std::string before;
  for (std::size_t i = begin > reach ? begin - reach : 0; i < begin; ++i) before += lower(text[i]);
  return before;
}

bool mentions(std::string_view text, std::span<const std::string_view> cues) {
  return std::any_of(cues.begin(), cues.end(), [&](std::string_view cue) {
    const std::size_t at = text.rfind(cue);
    if (at == std::string_view::npos) return false;
    // English cues are words of their own: "tel" is no part of "hotel".
    return !is_letter(cue.front()) || at == 0 || !is_letter(text[at - 1]);
  });
}

constexpr std::array<std::string_view, 17> phone_cues{
    "phone",        "tel",          "call",         "mobile",       "cell",        "text me",
    "fax",          "whatsapp",     "ring ",        "dial",         "contact",     "hotline",
    "\u7535\u8bdd", "\u624b\u673a", "\u8054\u7cfb", "\u81f4\u7535", "\u62e8\u6253"};
// Numbers of things, however they look.
constexpr std::array<std::string_view, 14> thing_cues{
    "order",        "isbn",         "tracking",     "serial",      "invoice",
    "model",        "sku",          "part no",      "issn",        "\u8ba2\u5355",
    "\u5355\u53f7", "\u4e66\u53f7", "\u578b\u53f7", "\u7f16\u53f7"};

// Digits with the marks that telephones are written with.
struct Run {
  Span span;
  std::string digits;
  std::string shape;  // one "d" for each group, and what stands between groups
  std::vector<std::size_t> groups;
};

bool opens_phone(char c) {
  return is_digit(c) || c == '+' || c == '(';
}

std::optional<Run> run_at(std::string_view text, std::size_t begin) {
  constexpr std::size_t most_digits = 18;
  Run run;
  run.span = {begin, begin};
  std::size_t i = begin;
  std::string marks;
  while (i < text.size() && run.digits.size() <= most_digits) {
    const char c = text[i];
    if (is_digit(c)) {
      run.shape += marks + "d";
      marks.clear();
      const std::size_t first = i;
      while (is_digit(byte_at(text, i))) run.digits += text[i++];
      run.groups.push_back(i - first);
      run.span.end = i;
      continue;
    }
    const bool mark = c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '+';
    if (!mark || marks.size() >= 2 || (c == '+' && i != begin)) break;
    marks += c;
    ++i;
  }
  constexpr std::size_t fewest_digits = 7;
  if (run.digits.size() < fewest_digits || run.digits.size() > most_digits) return std::nullopt;
  return run;
}

bool is_chinese_mobile(std::string_view digits) {
  return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3';
}

// The digits without the code of China.
std::string_view domestic(std::string_view digits) {
  for (const std::string_view code : {"0086", "86"}) {
    if (digits.starts_with(code) && is_chinese_mobile(digits.substr(code.size())))
      return digits.substr(code.size());
  }
  return digits;
}

// Area codes: 010, 02x, and 0[3-9]xx; then seven or eight digits that begin with 2 to 9.
bool is_chinese_landline(std::string_view digits) {
  if (digits.size() < 10 || digits.size() > 12 || digits[0] != '0') return false;
  const bool short_code = digits[1] == '1' || digits[1] == '2';
  if (digits[1] == '1' && digits[2] != '0') return false;
  if (digits[1] == '0') return false;
  const std::string_view local = digits.substr(short_code ? 3 : 4);
  return (local.size() == 7 || local.size() == 8) && local[0] >= '2';
}

// One form: the groups of digits, and what parts them.
bool has_groups(const Run& run, std::initializer_list<std::size_t> groups) {
  return std::equal(run.groups.begin(), run.groups.end(), groups.begin(), groups.end());
}

// (415) 555-0134, 415-555-0134, 415.555.0134, with 1 before it.
bool is_american(const Run& run) {
  std::string_view digits = run.digits;
  const bool country = digits.size() == 11 && digits[0] == '1' && run.groups.size() == 4;
  if (country) digits.remove_prefix(1);
  if (digits.size() != 10 || digits[0] < '2' || digits[3] < '2') return false;
  if (!country && !has_groups(run, {3, 3, 4})) return false;
  return run.shape.find_first_of("-.)") != std::string::npos;
}

// 020 7946 0958, 07700 900123, 0113 496 0000: British numbers in groups.
bool is_british(const Run& run) {
  if (run.digits.size() < 10 || run.digits.size() > 11 || run.digits[0] != '0') return false;
  return has_groups(run, {3, 4, 4}) || has_groups(run, {5, 6}) || has_groups(run, {4, 3, 4}) ||
         has_groups(run, {5, 3, 3});
}

bool is_service(const Run& run) {
  const bool code = run.digits.starts_with("400") || run.digits.starts_with("800");
  return code && run.digits.size() == 10 && run.groups.size() >= 2;
}

bool is_date_or_book(const Run& run) {
  if (has_groups(run, {4, 2, 2}) || has_groups(run, {4, 1, 2}) || has_groups(run, {2, 2, 4}))
    return true;
  const auto is_year = [](std::string_view year) {
    return year.starts_with("19") || year.starts_with("20");
  };
  if (has_groups(run, {4, 4}) && is_year(run.digits) && is_year(run.digits.substr(4))) return true;
  const bool book = run.digits.starts_with("978") || run.digits.starts_with("979");
  return book && run.digits.size() == 13;
}

bool is_phone(const Run& run, std::string_view text) {
  constexpr std::size_t reach = 28;
  const std::string before = before_lower(text, run.span.begin, reach);
  if (is_date_or_book(run)) return false;
  const bool international =
      run.shape.starts_with('+') && run.digits.size() >= 8 && run.digits.size() <= 15;
  if (international) return true;
  const bool cued = mentions(before, phone_cues);
  if (!cued && mentions(before, thing_cues)) return false;
  if (is_chinese_mobile(domestic(run.digits)) && run.groups.size() <= 4) return true;
  const bool landline = is_chinese_landline(run.digits) &&
                        (run.groups.size() >= 2 || cued || run.digits.size() == 11);
  if (landline || is_american(run) || is_british(run) || is_service(run)) return true;
  const bool decimal = run.shape == "d.d";
  return cued && !decimal && run.digits.size() <= 15 && run.groups.size() <= 5;
}

// An extension: "ext. 12", "-8001" stands in the run already.
std::size_t with_extension(std::string_view text, std::size_t end) {
  const std::size_t i = skip_spaces(text, end);
  for (const std::string_view cue : {"ext. ", "ext.", "ext ", "\u8f6c", "\u5206\u673a"}) {
    if (!goes_on_with(text, i, cue)) continue;
    std::size_t digits = i + cue.size();
    while (is_digit(byte_at(text, digits))) ++digits;
    if (digits > i + cue.size()) return digits;
  }
  return end;
}

// Two numbers in one run ("13800138000 13900139000") are read one by one.
std::optional<Run> mobile_at(std::string_view text, std::size_t begin) {
  std::string digits;
  Run run;
  for (std::size_t i = begin; i < text.size() && digits.size() < 11; ++i) {
    if ((text[i] == ' ' || text[i] == '-') && is_digit(byte_at(text, i + 1))) continue;
    if (!is_digit(text[i])) break;
    digits += text[i];
    run.span = {begin, i + 1};
  }
  if (!is_chinese_mobile(digits) || is_digit(byte_at(text, run.span.end))) return std::nullopt;
  return run;
}

}  // namespace

Found find_ips(std::string_view text) {
  Found found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_hex(text[i]) && !(text[i] == ':' && byte_at(text, i + 1) == ':')) continue;
    if (i > 0 && (is_alphanumeric(text[i - 1]) || text[i - 1] == '.' || text[i - 1] == ':'))
      continue;
    std::size_t end = is_digit(text[i]) ? ipv4_end(text, i) : 0;
    if (end > 0 && is_version(text, i)) continue;
    if (end == 0) end = ipv6_end(text, i);
    if (end == 0) continue;
    found.push_back({PersonalDataType::ip, {i, end}});
    i = end - 1;
  }
  return found;
}

Found find_phones(std::string_view text) {
  Found found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!opens_phone(text[i])) continue;
    const bool goes_before =
        i > 0 && (is_alphanumeric(text[i - 1]) || text[i - 1] == '.' || text[i - 1] == '_');
    std::optional<Run> run = goes_before ? std::nullopt : run_at(text, i);
    if (run && (is_letter(byte_at(text, run->span.end)) || !is_phone(*run, text))) run.reset();
    if (!run && !goes_before) run = mobile_at(text, i);
    if (run) {
      const std::size_t end = with_extension(text, run->span.end);
      found.push_back({PersonalDataType::phone, {i, end}});
      i = end - 1;
    } else {
      while (is_digit(byte_at(text, i)) && is_digit(byte_at(text, i + 1))) ++i;
    }
  }
  return found;
}

}  // namespace limn::personal
