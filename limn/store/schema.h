// The tables of limn.db, and opening it as a database of ours. For this layer's sources only.
#pragma once

#include <filesystem>

#include "limn/core/result.h"
#include "limn/store/sqlite.h"

namespace limn {

// Where a data folder keeps its database.
[[nodiscard]] std::filesystem::path database_file(const std::filesystem::path& folder);

// The writing connection to a new, empty database in `folder`. Errors: invalid_argument when there
// is one already; unavailable.
[[nodiscard]] Result<Database> create_database(const std::filesystem::path& folder);

// The writing connection to the database in `folder`, its tables brought up to date. Errors:
// not_found; corrupt, when it is not ours; invalid_argument, when a newer limn made it;
// unavailable.
[[nodiscard]] Result<Database> open_database(const std::filesystem::path& folder);

}  // namespace limn
