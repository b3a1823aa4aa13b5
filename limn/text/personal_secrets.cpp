// What opens a door: e-mail addresses, logins in web addresses, keys, tokens and passwords.
#include <algorithm>
#include <array>

#include "limn/text/personal_rules.h"

namespace limn::personal {
namespace {

constexpr std::size_t max_local = 64;    // bytes before the "@" (RFC 5321)
constexpr std::size_t max_domain = 255;  // and behind it
constexpr std::size_t max_secret = 4096;

bool is_local_mark(char c) {
  return std::string_view(".!#$%&'*+/=?^_`{|}~-").find(c) != std::string_view::npos;
}

// The end of a domain that begins at `begin`: labels with dots, the last one of letters. `begin`
// where there is none.
std::size_t domain_end(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  std::size_t good = begin;  // behind the last label that may be the last
  std::size_t labels = 0;
  while (end < text.size() && end - begin < max_domain) {
    const std::size_t label = end;
    while (end < text.size() && (is_alphanumeric(text[end]) || text[end] == '-')) ++end;
    if (end == label) break;
    labels += 1;
    const bool letters = end - label >= 2 && std::all_of(text.begin() + label, text.begin() + end,
                                                         [](char c) { return is_letter(c); });
    if (labels >= 2 && letters) good = end;
    if (byte_at(text, end) != '.') break;
    ++end;
  }
  return good;
}

// "(at)", "[at]", " at ": how people write an "@" that programs shall not read.
std::size_t spelled_at(std::string_view text, std::size_t i) {
  for (const std::string_view at : {"(at)", "[at]", " (at) ", " [at] "}) {
    if (goes_on_with(text, i, at)) return at.size();
  }
  return 0;
}

std::size_t spelled_dot(std::string_view text, std::size_t i) {
  for (const std::string_view dot : {" dot ", "(dot)", "[dot]", " (dot) ", " [dot] "}) {
    if (goes_on_with(text, i, dot)) return dot.size();
  }
  return byte_at(text, i) == '.' ? 1 : 0;
}

std::size_t word_end(std::string_view text, std::size_t i) {
  while (i < text.size() && (is_alphanumeric(text[i]) || text[i] == '-')) ++i;
  return i;
}

// The end of "example dot com" at `begin`; `begin` where there is none.
std::size_t spelled_domain_end(std::string_view text, std::size_t begin) {
  std::size_t end = word_end(text, begin);
  std::size_t dots = 0;
  while (end > begin) {
    const std::size_t dot = spelled_dot(text, end);
    const std::size_t next = dot > 0 ? word_end(text, end + dot) : 0;
    if (dot == 0 || next == end + dot) break;
    end = next;
    dots += 1;
  }
  return dots > 0 ? end : begin;
}

std::size_t local_begin(std::string_view text, std::size_t at) {
  std::size_t begin = at;
  while (begin > 0 && at - begin < max_local &&
         (is_alphanumeric(text[begin - 1]) || is_local_mark(text[begin - 1]))) {
    --begin;
  }
  while (begin < at && !is_alphanumeric(text[begin])) ++begin;  // quotes, brackets, slashes
  return begin;
}

// Keys that tell themselves by how they begin.
struct KeyForm {
  std::string_view begin;
  std::size_t least;       // bytes behind the beginning, at least
  std::string_view marks;  // beside letters and digits
};
constexpr std::array<KeyForm, 17> key_forms{{
    {"AKIA", 16, ""},
    {"ASIA", 16, ""},
    {"ghp_", 30, ""},
    {"gho_", 30, ""},
    {"ghs_", 30, ""},
    {"github_pat_", 20, "_"},
    {"glpat-", 18, "-_"},
    {"sk-", 20, "-_"},
    {"sk_live_", 16, ""},
    {"sk_test_", 16, ""},
    {"rk_live_", 16, ""},
    {"pk_live_", 16, ""},
    {"xox", 16, "-"},
    {"AIza", 30, "-_"},
    {"npm_", 30, ""},
    {"SG.", 30, ".-_"},
    {"eyJ", 24, ".-_"},
}};

std::size_t run_end(std::string_view text, std::size_t i, std::string_view marks) {
  const std::size_t begin = i;
  while (i < text.size() && i - begin < max_secret &&
         (is_alphanumeric(text[i]) || marks.find(text[i]) != std::string_view::npos)) {
    ++i;
  }
  return i;
}

Found find_keys(std::string_view text) {
  Found found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_letter(text[i]) || (i > 0 && is_alphanumeric(text[i - 1]))) continue;
    for (const KeyForm& form : key_forms) {
      if (!text.substr(i).starts_with(form.begin)) continue;
      std::size_t end = run_end(text, i + form.begin.size(), form.marks);
      while (end > i && !is_alphanumeric(text[end - 1])) --end;
      const std::string_view key = text.substr(i, end - i);
      const bool digits = std::any_of(key.begin(), key.end(), is_digit);
      // "sk-" and "xox" begin words too.
      const bool worded = form.begin == "sk-" || form.begin == "xox";
      if (key.size() < form.begin.size() + form.least || (worded && !digits)) continue;
      found.push_back({PersonalDataType::credential, {i, end}});
      i = end;
      break;
    }
  }
  return found;
}

// "-----BEGIN ... PRIVATE KEY-----" up to its end, or to the end of the text.
Found find_private_keys(std::string_view text) {
  Found found;
  constexpr std::string_view opening = "-----BEGIN ";
  constexpr std::string_view ending = "-----END ";
  for (std::size_t i = text.find(opening); i != std::string_view::npos;
       i = text.find(opening, i + 1)) {
    const std::size_t label_end = text.find("-----", i + opening.size());
    if (label_end == std::string_view::npos) break;
    const std::string_view label = text.substr(i, label_end - i);
    if (label.size() > 80 || label.find("PRIVATE KEY") == std::string_view::npos) continue;
    std::size_t end = text.find(ending, label_end);
    end = end == std::string_view::npos ? text.size() : text.find("-----", end + ending.size());
    end = end == std::string_view::npos ? text.size() : std::min(text.size(), end + 5);
    found.push_back({PersonalDataType::credential, {i, end}});
    i = end - 1;
  }
  return found;
}

// Where the part of an address that names its server ends.
std::size_t authority_end(std::string_view text, std::size_t i) {
  while (i < text.size() && static_cast<unsigned char>(text[i]) > ' ' && text[i] != '/' &&
         text[i] != '?' && text[i] != '<' && text[i] != '"') {
    ++i;
  }
  return i;
}

// "user:secret" of "scheme://user:secret@host".
Found find_logins(std::string_view text) {
  Found found;
  for (std::size_t i = text.find("://"); i != std::string_view::npos; i = text.find("://", i + 1)) {
    const std::size_t begin = i + 3;
    const std::string_view authority = text.substr(begin, authority_end(text, begin) - begin);
    const std::size_t at = authority.rfind('@');
    if (at == std::string_view::npos || at == 0) continue;
    if (authority.substr(0, at).find(':') == std::string_view::npos) continue;
    found.push_back({PersonalDataType::credential, {begin, begin + at}});
  }
  return found;
}

// What stands before a secret: in addresses ("?token="), settings and sentences.
constexpr std::array<std::string_view, 31> secret_cues{"password",
                                                       "passwd",
                                                       "passphrase",
                                                       "pwd",
                                                       "passcode",
                                                       "secret",
                                                       "api_key",
                                                       "apikey",
                                                       "api-key",
                                                       "api key",
                                                       "access_token",
                                                       "auth_token",
                                                       "refresh_token",
                                                       "token",
                                                       "access_key",
                                                       "secret_key",
                                                       "sessionid",
                                                       "session_id",
                                                       "client_secret",
                                                       "private_key",
                                                       "sig",
                                                       "signature",
                                                       "authorization: bearer",
                                                       "\u5bc6\u7801",
                                                       "\u53e3\u4ee4",
                                                       "\u5bc6\u94a5",
                                                       "\u9a8c\u8bc1\u7801",
                                                       "\u5bc6\u78bc",
                                                       "\u4ee4\u724c",
                                                       "pin code",
                                                       "\u63d0\u53d6\u7801"};

// The end of what joins a cue and its value: ":", "=", "is", the Chinese "is"; 0 where nothing
// does.
std::size_t joint_end(std::string_view text, std::size_t i) {
  i = skip_spaces(text, i);
  for (const std::string_view joint :
       {"=", ":", "is:", "is ", "\u662f:", "\u662f", "\u4e3a:", "\u4e3a"}) {
    if (!goes_on_with(text, i, joint)) continue;
    i = skip_spaces(text, i + joint.size());
    return byte_at(text, i) == '"' || byte_at(text, i) == '\'' ? i + 1 : i;
  }
  return 0;
}

// A password is no plain word: "the password is wrong" tells none.
bool looks_secret(std::string_view value) {
  constexpr std::size_t least = 4;
  const auto count = [&](auto is) {
    return static_cast<std::size_t>(std::count_if(value.begin(), value.end(), is));
  };
  const std::size_t digits = count(is_digit);
  const std::size_t letters = count(is_letter);
  const bool mixed_case =
      std::any_of(value.begin() + 1, value.end(), is_upper) && count(is_upper) < letters;
  return value.size() >= least &&
         (digits > 0 || digits + letters < value.size() || mixed_case || value.size() > 20);
}

Found find_told_secrets(std::string_view text) {
  Found found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && is_letter(text[i - 1]) && is_letter(text[i])) continue;
    for (const std::string_view cue : secret_cues) {
      if (!goes_on_with(text, i, cue)) continue;
      const std::size_t begin = joint_end(text, i + cue.size());
      if (begin == 0) continue;
      std::size_t end = run_end(text, begin, "!#$%&*+-./:;?@^_~=");
      while (end > begin &&
             std::string_view(".,;:!?").find(text[end - 1]) != std::string_view::npos) {
        --end;
      }
      // In an address the next setting begins at "&".
      end = std::min(end, text.substr(0, end).find('&', begin));
      if (end <= begin || !looks_secret(text.substr(begin, end - begin))) continue;
      found.push_back({PersonalDataType::credential, {begin, end}});
      i = end - 1;
      break;
    }
  }
  return found;
}

}  // namespace

bool goes_on_with(std::string_view text, std::size_t i, std::string_view word) {
  if (i > text.size() || text.size() - i < word.size()) return false;
  return std::equal(word.begin(), word.end(), text.begin() + static_cast<std::ptrdiff_t>(i),
                    [](char a, char b) { return a == lower(b); });
}

std::size_t skip_spaces(std::string_view text, std::size_t i, std::size_t most) {
  for (std::size_t n = 0; n < most && i < text.size(); ++n, ++i) {
    if (text[i] != ' ' && text[i] != '\t' && text[i] != '\n' && text[i] != '\r') break;
  }
  return i;
}

Found find_credentials(std::string_view text) {
  Found found = find_private_keys(text);
  for (const auto& find : {find_logins, find_keys, find_told_secrets}) {
    for (const PersonalData& one : find(text)) {
      const bool free = std::none_of(found.begin(), found.end(), [&](const PersonalData& other) {
        return one.span.begin < other.span.end && other.span.begin < one.span.end;
      });
      if (free) found.push_back(one);
    }
  }
  return found;
}

Found find_emails(std::string_view text) {
  Found found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool sign = text[i] == '@';
    if (!sign && text[i] != '(' && text[i] != '[' && text[i] != ' ') continue;
    const std::size_t width = sign ? 1 : spelled_at(text, i);
    if (width == 0) continue;
    const std::size_t begin = local_begin(text, i);
    const std::size_t end = sign ? domain_end(text, i + 1) : spelled_domain_end(text, i + width);
    if (begin == i || end == i + width) continue;
    found.push_back({PersonalDataType::email, {begin, end}});
    i = end - 1;
  }
  return found;
}

}  // namespace limn::personal
