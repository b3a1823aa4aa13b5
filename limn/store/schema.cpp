#include "limn/store/schema.h"

#include <array>
#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "limn/core/file.h"

namespace limn {
namespace {

// "limn" in ASCII: tells our files from any other SQLite database.
constexpr std::int64_t application_id = 0x6c696d6e;

// Step i brings a database of version i to version i + 1. Steps are only ever added.
//
// Every row ends with a checksum of its own, because SQLite does not notice a changed byte, and
// `counters` says how many rows there must be, because a damaged page can lose them. An erased user
// or item keeps its row, with a null id: numbers stay dense and are never given twice. Events point
// to users by construction, so there are no foreign keys: the check would cost a fifth of an
// import.
constexpr std::array<const char*, 2> migrations = {R"sql(
  CREATE TABLE users (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, id_checksum INTEGER NOT NULL,
    text TEXT NOT NULL, tags TEXT NOT NULL, attributes TEXT NOT NULL, created_at INTEGER,
    checksum INTEGER NOT NULL) STRICT;
  CREATE TABLE items (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, id_checksum INTEGER NOT NULL,
    title TEXT NOT NULL, text TEXT NOT NULL, categories TEXT NOT NULL, tags TEXT NOT NULL,
    attributes TEXT NOT NULL, created_at INTEGER, hidden INTEGER NOT NULL, media TEXT NOT NULL,
    checksum INTEGER NOT NULL) STRICT;
  CREATE TABLE kinds (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, checksum INTEGER NOT NULL) STRICT;
  CREATE TABLE events (
    user INTEGER NOT NULL, time INTEGER NOT NULL, item INTEGER NOT NULL, kind INTEGER NOT NULL,
    id INTEGER NOT NULL, value REAL NOT NULL, checksum INTEGER NOT NULL,
    PRIMARY KEY (user, time, item, kind)) STRICT, WITHOUT ROWID;
  CREATE TABLE event_texts (
    user INTEGER NOT NULL, event INTEGER NOT NULL, text TEXT NOT NULL, checksum INTEGER NOT NULL,
    PRIMARY KEY (user, event)) STRICT, WITHOUT ROWID;
  CREATE TABLE edges (
    "from" INTEGER NOT NULL, "to" INTEGER NOT NULL, kind INTEGER NOT NULL, time INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY ("from", "to", kind)) STRICT, WITHOUT ROWID;
  CREATE INDEX edges_to ON edges ("to");
  CREATE TABLE strategies (
    version INTEGER PRIMARY KEY, name TEXT NOT NULL, parameters TEXT NOT NULL,
    created_at INTEGER NOT NULL, checksum INTEGER NOT NULL) STRICT;
  CREATE TABLE settings (
    name TEXT PRIMARY KEY, value TEXT NOT NULL, checksum INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE counters (
    row INTEGER PRIMARY KEY CHECK (row = 0),
    users INTEGER NOT NULL, items INTEGER NOT NULL, events INTEGER NOT NULL,
    event_texts INTEGER NOT NULL, edges INTEGER NOT NULL, user_numbers INTEGER NOT NULL,
    item_numbers INTEGER NOT NULL, kind_numbers INTEGER NOT NULL, strategies INTEGER NOT NULL,
    next_event INTEGER NOT NULL, changes INTEGER NOT NULL, checksum INTEGER NOT NULL) STRICT;
)sql",
                                                   R"sql(
  CREATE TABLE lists (
    id INTEGER PRIMARY KEY, user INTEGER NOT NULL, request TEXT NOT NULL, time INTEGER NOT NULL,
    strategy TEXT NOT NULL, version INTEGER NOT NULL, segment TEXT NOT NULL,
    propensity REAL NOT NULL, places TEXT NOT NULL, checksum INTEGER NOT NULL) STRICT;
  CREATE UNIQUE INDEX lists_request ON lists (user, request);
  CREATE TABLE scores (
    id INTEGER PRIMARY KEY, user INTEGER NOT NULL, list INTEGER NOT NULL, item INTEGER NOT NULL,
    score INTEGER NOT NULL, reason TEXT NOT NULL, time INTEGER NOT NULL,
    checksum INTEGER NOT NULL) STRICT;
  CREATE INDEX scores_user ON scores (user);
  CREATE TABLE list_counters (
    row INTEGER PRIMARY KEY CHECK (row = 0), lists INTEGER NOT NULL, scores INTEGER NOT NULL,
    next_list INTEGER NOT NULL, next_score INTEGER NOT NULL, checksum INTEGER NOT NULL) STRICT;
)sql"};

// What is acknowledged is on disk: in power-cut tests `synchronous = NORMAL`, the usual advice for
// WAL, lost acknowledged rows in nine of ten cuts, FULL in none. Group commit makes FULL
// affordable.
Result<void> prepare_for_writing(Database& database) {
  return database.execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
      "PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -65536");
}

// Each step is one transaction together with the version it leads to.
Result<void> migrate(Database& database, std::int64_t version) {
  for (auto step = static_cast<std::size_t>(version); step < migrations.size(); ++step) {
    LIMN_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
    // Another process may have been first: its step shows now that the lock is ours.
    LIMN_TRY(const std::int64_t now, database.integer("PRAGMA user_version"));
    if (now != static_cast<std::int64_t>(step)) continue;
    LIMN_TRY_VOID(database.execute(migrations[step]));
    const std::string mark = fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                         application_id, step + 1);
    LIMN_TRY_VOID(database.execute(mark.c_str()));
    LIMN_TRY_VOID(transaction.commit());
  }
  return {};
}

Result<bool> is_empty(Database& database) {
  LIMN_TRY(const std::int64_t tables, database.integer("SELECT count(*) FROM sqlite_schema"));
  return tables == 0;
}

}  // namespace

std::filesystem::path database_file(const std::filesystem::path& folder) {
  return folder / "limn.db";
}

Result<Database> create_database(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return fail(ErrorCode::unavailable, "cannot make data folder: {}: {}", folder.string(),
                error.message());
  }
  LIMN_TRY(Database database, Database::open(database_file(folder), Database::Mode::create));
  // A file without a table is what a crash leaves in the middle of this function.
  LIMN_TRY(const bool empty, is_empty(database));
  if (!empty) {
    return fail(ErrorCode::invalid_argument, "cannot make database: {}: there is one already",
                database_file(folder).string());
  }
  LIMN_TRY_VOID(prepare_for_writing(database));
  LIMN_TRY_VOID(migrate(database, 0));
  LIMN_TRY_VOID(sync_folder(folder));
  return database;
}

Result<Database> open_database(const std::filesystem::path& folder) {
  const std::filesystem::path file = database_file(folder);
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    return fail(ErrorCode::not_found,
                "cannot open database: {}: no such file (make one with `limn import`)",
                file.string());
  }
  LIMN_TRY(Database database, Database::open(file, Database::Mode::write));
  LIMN_TRY(const bool empty, is_empty(database));
  if (empty) {
    return fail(ErrorCode::not_found,
                "cannot open database: {}: it is empty (make one with `limn import`)",
                file.string());
  }
  LIMN_TRY(const std::int64_t application, database.integer("PRAGMA application_id"));
  if (application != application_id) {
    return fail(ErrorCode::corrupt,
                "cannot open database: {}: another program's database (give the folder that "
                "`limn import` made)",
                file.string());
  }
  LIMN_TRY(const std::int64_t version, database.integer("PRAGMA user_version"));
  if (version > static_cast<std::int64_t>(migrations.size())) {
    return fail(ErrorCode::invalid_argument,
                "cannot open database: {}: its version is {}, this limn knows {} (update limn)",
                file.string(), version, migrations.size());
  }
  if (version < 1) {
    return fail(ErrorCode::corrupt,
                "cannot open database: {}: its version is {} (restore a backup)", file.string(),
                version);
  }
  LIMN_TRY_VOID(prepare_for_writing(database));
  LIMN_TRY_VOID(migrate(database, version));
  return database;
}

}  // namespace limn
