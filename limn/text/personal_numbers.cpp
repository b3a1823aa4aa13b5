// Numbers that name a person or an account: each has a form and a check digit, or a word before it.
#include <algorithm>
#include <array>
#include <string>

#include "limn/text/personal_rules.h"

namespace limn::personal {
namespace {

bool is_separator(char c) {
  return c == ' ' || c == '-';
}

// A run of digits in groups, parted by single spaces or hyphens.
struct Digits {
  Span span;
  std::string digits;
  std::vector<std::size_t> ends;  // (digits): where in the text each one ends
};

// The digits from `begin` on, at most `most`.
Digits digits_at(std::string_view text, std::size_t begin, std::size_t most) {
  Digits run;
  run.span = {begin, begin};
  for (std::size_t i = begin; i < text.size() && run.digits.size() < most; ++i) {
    if (is_separator(text[i]) && is_digit(byte_at(text, i + 1))) continue;
    if (!is_digit(text[i])) break;
    run.digits += text[i];
    run.ends.push_back(i + 1);
    run.span.end = i + 1;
  }
  return run;
}

int number_of(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = 10 * value + (c - '0');
  return value;
}

// Issuers and the lengths of their cards (ISO/IEC 7812): Visa, Mastercard, American Express,
// Diners, Discover, JCB, UnionPay, Maestro.
bool is_card_length(std::string_view digits, std::size_t length) {
  const int two = number_of(digits.substr(0, 2));
  const int four = number_of(digits.substr(0, 4));
  if (digits[0] == '4') return length == 13 || length == 16 || length == 19;
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return length == 16;
  if (two == 34 || two == 37) return length == 15;
  if (two == 36 || two == 38 || two == 30) return length == 14 || length == 16;
  if (four >= 3528 && four <= 3589) return length >= 16 && length <= 19;
  if (two == 62) return length >= 16 && length <= 19;
  if (four == 6011 || two == 64 || two == 65) return length >= 16 && length <= 19;
  return (two == 50 || two == 56 || two == 58 || two == 63 || two == 67) && length >= 13;
}

// The longest card that begins with `run`; its number of digits, 0 for none.
std::size_t card_digits(const Digits& run, std::string_view text) {
  constexpr std::size_t longest = 19;
  constexpr std::size_t shortest = 13;
  for (std::size_t n = std::min(longest, run.digits.size()); n >= shortest; --n) {
    const std::string_view digits = std::string_view(run.digits).substr(0, n);
    if (is_digit(byte_at(text, run.ends[n - 1]))) continue;  // the number goes on
    if (is_card_length(digits, n) && has_luhn_digit(digits)) return n;
  }
  return 0;
}

// An identity number at `begin`: its end, 0 for none.
std::size_t chinese_id_end(std::string_view text, std::size_t begin) {
  constexpr std::size_t length = 18;
  const std::string_view id = text.substr(begin, length);
  if (id.size() < length || is_alphanumeric(byte_at(text, begin + length))) return 0;
  return is_chinese_id(id) ? begin + length : 0;
}

// 123-45-6789, without the numbers that were never given out.
std::size_t social_security_end(std::string_view text, std::size_t begin) {
  const std::string_view number = text.substr(begin, 11);
  if (number.size() < 11 || number[3] != '-' || number[6] != '-') return 0;
  for (std::size_t i = 0; i < number.size(); ++i) {
    if (i != 3 && i != 6 && !is_digit(number[i])) return 0;
  }
  const char next = byte_at(text, begin + 11);
  if (is_alphanumeric(next) || next == '-') return 0;
  const int area = number_of(number.substr(0, 3));
  const bool given = area != 0 && area != 666 && area < 900 && number_of(number.substr(4, 2)) > 0 &&
                     number_of(number.substr(7)) > 0;
  return given ? begin + 11 : 0;
}

// Lengths of IBANs by country (SWIFT's IBAN registry).
constexpr std::string_view iban_lengths =
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 "
    "EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 "
    "IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 "
    "NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SD18 SE24 SI19 SK24 SM27 ST25 SV28 "
    "TL23 TN24 TR26 UA29 VA22 VG24 XK20";

std::size_t iban_length(std::string_view country) {
  for (std::size_t i = 0; i < iban_lengths.size(); i += 5) {
    if (iban_lengths.substr(i, 2) == country)
      return static_cast<std::size_t>(number_of(iban_lengths.substr(i + 2, 2)));
  }
  return 0;
}

std::size_t iban_end(std::string_view text, std::size_t begin) {
  if (begin > 0 && is_alphanumeric(text[begin - 1])) return 0;
  std::string country;
  for (std::size_t i = 0; i < 2; ++i) {
    const char c = byte_at(text, begin + i);
    country += is_letter(c) ? static_cast<char>(is_upper(c) ? c : c - 'a' + 'A') : '-';
  }
  const std::size_t length = iban_length(country);
  if (length == 0 || !is_digit(byte_at(text, begin + 2))) return 0;
  std::string iban;
  std::size_t i = begin;
  for (; i < text.size() && iban.size() < length; ++i) {
    if (is_separator(text[i]) && !iban.empty()) continue;
    if (!is_alphanumeric(text[i])) break;
    iban +=
        is_letter(text[i]) && !is_upper(text[i]) ? static_cast<char>(text[i] - 'a' + 'A') : text[i];
  }
  if (iban.size() < length || is_alphanumeric(byte_at(text, i))) return 0;
  return has_iban_digits(iban) ? i : 0;
}

// QQ and WeChat, by what stands before.
std::size_t account_cue_end(std::string_view text, std::size_t i) {
  static constexpr std::array<std::string_view, 8> cues{
      "qq",           "wechat", "weixin",  "\u5fae\u4fe1\u53f7",
      "\u5fae\u4fe1", "vx",     "v\u4fe1", "\u6263\u6263"};
  if (i > 0 && is_letter(text[i - 1])) return 0;
  for (const std::string_view cue : cues) {
    if (!goes_on_with(text, i, cue)) continue;
    std::size_t end = skip_spaces(text, i + cue.size());
    for (const std::string_view joint : {"\u53f7\u7801", "\u53f7", "id"}) {
      if (goes_on_with(text, end, joint)) end = skip_spaces(text, end + joint.size());
    }
    for (const std::string_view joint : {":", "\u662f", "\u4e3a", "is "}) {
      if (goes_on_with(text, end, joint)) return skip_spaces(text, end + joint.size());
    }
    return end;
  }
  return 0;
}

Found find_accounts(std::string_view text) {
  Found found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t begin = account_cue_end(text, i);
    if (begin == 0) continue;
    std::size_t end = begin;
    while (is_alphanumeric(byte_at(text, end)) || byte_at(text, end) == '_' ||
           byte_at(text, end) == '-') {
      ++end;
    }
    const std::string_view name = text.substr(begin, end - begin);
    // WeChat: 6 to 20; QQ: 5 to 11 digits. A word alone may be a word.
    constexpr std::size_t shortest = 5;
    constexpr std::size_t longest = 20;
    if (name.size() < shortest || name.size() > longest) continue;
    if (std::none_of(name.begin(), name.end(), is_digit)) continue;
    found.push_back({PersonalDataType::account, {begin, end}});
    i = end - 1;
  }
  return found;
}

// One number at `i` and its type, where there is one; an empty span where there is none.
PersonalData number_at(std::string_view text, std::size_t i) {
  const bool goes_before = i > 0 && (is_alphanumeric(text[i - 1]) || text[i - 1] == '.');
  if (goes_before) return {PersonalDataType::id, {i, i}};
  if (const std::size_t end = chinese_id_end(text, i); end > 0)
    return {PersonalDataType::id, {i, end}};
  if (const std::size_t end = social_security_end(text, i); end > 0)
    return {PersonalDataType::id, {i, end}};
  constexpr std::size_t longest_card = 19;
  const Digits run = digits_at(text, i, longest_card);
  if (const std::size_t n = card_digits(run, text); n > 0)
    return {PersonalDataType::card, {i, run.ends[n - 1]}};
  return {PersonalDataType::card, {i, i}};
}

}  // namespace

bool has_luhn_digit(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const int digit = digits[digits.size() - 1 - i] - '0';
    const int value = i % 2 == 0 ? digit : 2 * digit;
    sum += value > 9 ? value - 9 : value;
  }
  return !digits.empty() && sum % 10 == 0;
}

bool has_iban_digits(std::string_view iban) {
  if (iban.size() < 5) return false;
  const std::string turned = std::string(iban.substr(4)) + std::string(iban.substr(0, 4));
  int remainder = 0;
  for (const char c : turned) {
    remainder = is_digit(c) ? 10 * remainder + (c - '0') : 100 * remainder + (lower(c) - 'a' + 10);
    remainder %= 97;
  }
  return remainder == 1;
}

bool is_chinese_id(std::string_view id) {
  constexpr std::array<int, 17> weights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  constexpr std::string_view checks = "10X98765432";
  if (id.size() != weights.size() + 1) return false;
  int sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!is_digit(id[i])) return false;
    sum += (id[i] - '0') * weights[i];
  }
  const int region = number_of(id.substr(0, 2));
  const int year = number_of(id.substr(6, 4));
  const int month = number_of(id.substr(10, 2));
  const int day = number_of(id.substr(12, 2));
  if (region < 11 || region > 91 || year < 1880 || year > 2100) return false;
  if (month < 1 || month > 12 || day < 1 || day > 31) return false;
  const char check = id.back() == 'x' ? 'X' : id.back();
  return check == checks[static_cast<std::size_t>(sum % 11)];
}

Found find_numbers(std::string_view text) {
  Found found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_digit(text[i])) {
      const PersonalData one = number_at(text, i);
      if (one.span.end > i) found.push_back(one);
      while (i + 1 < text.size() && (i + 1 < one.span.end || is_digit(text[i + 1]))) ++i;
    } else if (const std::size_t end = is_letter(text[i]) ? iban_end(text, i) : 0; end > 0) {
      found.push_back({PersonalDataType::iban, {i, end}});
      i = end - 1;
    }
  }
  const Found accounts = find_accounts(text);
  found.insert(found.end(), accounts.begin(), accounts.end());
  return found;
}

}  // namespace limn::personal
