// The writer's sentences: patterns by key, read from templates/*.txt, which are built in.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "limn/persona/persona.h"

namespace limn {

namespace templates {  // the files' bytes
[[nodiscard]] std::string_view en();
[[nodiscard]] std::string_view zh();
}  // namespace templates

// Patterns by key, from lines `key = pattern`; a # starts a comment line.
class Templates {
 public:
  explicit Templates(std::string_view file);

  // Those of a language; made once, any thread may call it.
  [[nodiscard]] static const Templates& of(Language language);

  [[nodiscard]] bool has(std::string_view key) const { return patterns_.contains(key); }
  // Requires has(key).
  [[nodiscard]] std::string_view pattern(std::string_view key) const;
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& all() const {
    return patterns_;
  }

 private:
  std::map<std::string, std::string, std::less<>> patterns_;
};

// `pattern` with each {name} replaced by its value. Values are not read again, so braces in them
// mean nothing. Requires a value for each name.
[[nodiscard]] std::string fill(
    std::string_view pattern,
    std::initializer_list<std::pair<std::string_view, std::string_view>> values);

}  // namespace limn
