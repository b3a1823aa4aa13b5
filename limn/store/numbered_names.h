// NumberedNames: ids from outside and their dense numbers, kept in a table. For this layer's
// sources only.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "limn/core/id_map.h"
#include "limn/core/result.h"
#include "limn/store/sqlite.h"

namespace limn {

// The names of one table and their numbers, remembered for the length of a transaction.
class NumberedNames {
 public:
  struct Table {
    std::string_view name;
    const char* find;    // by name: number, checksum
    const char* insert;  // number, name, checksum of both, and, where there is one, of the rest
    std::int64_t (*bare_checksum)(std::uint32_t number);  // of the rest, or null
  };

  explicit NumberedNames(const Table& table) : table_(table) {}

  struct Numbered {
    std::uint32_t number;
    bool is_new;
  };
  // The number of `name`; where it has none, the next one, and a row without content.
  [[nodiscard]] Result<Numbered> number(Database& database, std::string_view name,
                                        std::int64_t& next_number);

 private:
  Table table_;
  IdMap known_;                         // in the order they were met, ...
  std::vector<std::uint32_t> numbers_;  // ... and the number of each in the table
};

}  // namespace limn
