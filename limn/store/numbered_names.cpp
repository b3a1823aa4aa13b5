#include "limn/store/numbered_names.h"

#include "limn/core/types.h"
#include "limn/store/rows.h"

namespace limn {

Result<NumberedNames::Numbered> NumberedNames::number(Database& database, std::string_view name,
                                                      std::int64_t& next_number) {
  if (const auto known = known_.find(name)) return Numbered{numbers_[*known], false};
  std::uint32_t number = 0;
  bool is_new = false;
  {
    LIMN_TRY(Query find, database.query(table_.find));
    find.bind(0, name);
    LIMN_TRY(const bool found, find.next());
    is_new = !found;
    number = static_cast<std::uint32_t>(found ? find.integer(0) : next_number);
    if (found && find.integer(1) != number_checksum(number, name)) {
      return damaged(table_.name, number);
    }
  }
  if (is_new) {
    // The last number is no_item, which no item may have.
    if (next_number >= std::int64_t{no_item}) {
      return fail(ErrorCode::invalid_argument, "cannot write {}: {}: all numbers are given",
                  table_.name, name);
    }
    LIMN_TRY(Query insert, database.query(table_.insert));
    insert.bind(0, std::int64_t{number}).bind(1, name).bind(2, number_checksum(number, name));
    if (table_.bare_checksum != nullptr) insert.bind(3, table_.bare_checksum(number));
    LIMN_TRY_VOID(insert.run());
    next_number += 1;
  }
  known_.add(name);
  numbers_.push_back(number);
  return Numbered{number, is_new};
}

}  // namespace limn
