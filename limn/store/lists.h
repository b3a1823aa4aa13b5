// Lists as rows: what the rest of this layer needs of them. For this layer's sources only.
#pragma once

#include <cstdint>

#include "limn/core/result.h"
#include "limn/store/sqlite.h"

namespace limn {

struct RemovedLists {
  std::int64_t lists = 0;
  std::int64_t scores = 0;
};

// Removes what was shown to a user and what the user said of it, within a write transaction.
[[nodiscard]] Result<RemovedLists> remove_lists(Database& database, std::int64_t user);

}  // namespace limn
