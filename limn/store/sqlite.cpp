#include "limn/store/sqlite.h"

#include <utility>

#include <sqlite3.h>

#include "limn/core/check.h"

namespace limn {
namespace {

// How long a connection waits for another one's lock.
constexpr int busy_timeout_ms = 5000;

ErrorCode error_code(int status) {
  switch (status & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL: return ErrorCode::unavailable;
    case SQLITE_TOOBIG: return ErrorCode::invalid_argument;
    case SQLITE_INTERRUPT: return ErrorCode::interrupted;
    // What is left means that the file does not hold what we once wrote: no such table, a broken
    // constraint, a page of another kind.
    default: return ErrorCode::corrupt;
  }
}

std::string explain(int status, const char* message) {
  switch (status & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another process is writing (try again when it has finished)";
    case SQLITE_FULL: return "the disk is full (free some space)";
    case SQLITE_NOTADB: return "not a database";
    case SQLITE_CORRUPT: return "damaged (restore a backup)";
    default: return message;
  }
}

tl::unexpected<Error> failure(sqlite3* connection, int status) {
  const char* file = sqlite3_db_filename(connection, "main");
  return fail(error_code(status), "cannot use database: {}: {}", file == nullptr ? "" : file,
              explain(status, sqlite3_errmsg(connection)));
}

}  // namespace

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Query::Query(Query&& other) noexcept
    : connection_(other.connection_),
      statement_(std::exchange(other.statement_, nullptr)),
      bind_failure_(other.bind_failure_) {}

Query& Query::bind(int parameter, std::int64_t value) {
  bind_failure_ |= sqlite3_bind_int64(statement_, parameter + 1, value);
  return *this;
}

Query& Query::bind(int parameter, double value) {
  bind_failure_ |= sqlite3_bind_double(statement_, parameter + 1, value);
  return *this;
}

Query& Query::bind(int parameter, std::string_view text) {
  // A null address would bind NULL, not the empty text.
  const char* data = text.data() == nullptr ? "" : text.data();
  const int status =
      sqlite3_bind_text64(statement_, parameter + 1, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (status != SQLITE_OK) bind_failure_ = status;
  return *this;
}

Query& Query::bind_null(int parameter) {
  bind_failure_ |= sqlite3_bind_null(statement_, parameter + 1);
  return *this;
}

Result<bool> Query::next() {
  if (bind_failure_ != SQLITE_OK) {
    return fail(error_code(bind_failure_), "cannot use database: {}: {}",
                sqlite3_db_filename(connection_, "main"), sqlite3_errstr(bind_failure_));
  }
  const int status = sqlite3_step(statement_);
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  return failure(connection_, status);
}

Result<void> Query::run() {
  while (true) {
    LIMN_TRY(const bool row, next());
    if (!row) break;
  }
  sqlite3_reset(statement_);
  return {};
}

std::int64_t Query::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double Query::real(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::string_view Query::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

bool Query::is_integer(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_INTEGER;
}

std::int64_t ScanRow::integer(int column) const {
  return sqlite3_value_int64(values_[column]);
}

double ScanRow::real(int column) const {
  return sqlite3_value_double(values_[column]);
}

struct Database::Scan {
  const std::function<Result<void>(const ScanRow&)>* each = nullptr;
  std::optional<Error> failure;

  static void row(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
    auto* const scan = static_cast<Scan*>(sqlite3_user_data(context));
    if (scan->failure) return;
    if (const Result<void> done = (*scan->each)(ScanRow(values)); !done) {
      scan->failure = done.error();
      sqlite3_result_error(context, "the scan was ended", -1);
    }
  }
  static void end(sqlite3_context* context) { sqlite3_result_null(context); }
};

void Database::FreeScan::operator()(Scan* scan) const {
  delete scan;  // NOLINT: of a type that only this file knows
}

void Database::Close::operator()(sqlite3* connection) const {
  sqlite3_close_v2(connection);
}

void Database::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Result<Database> Database::open(const std::filesystem::path& file, Mode mode) {
  // A reader's connection is opened for writing too: in WAL mode even reading writes, to the shared
  // index of the log. Its transactions are opened for reading, and query_only holds it to that.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (mode == Mode::create ? SQLITE_OPEN_CREATE : 0);
  sqlite3* connection = nullptr;
  const int status = sqlite3_open_v2(file.c_str(), &connection, flags, nullptr);
  Database database;
  database.connection_.reset(connection);
  if (status != SQLITE_OK) {
    return fail(error_code(status), "cannot open database: {}: {}", file.string(),
                explain(status, sqlite3_errstr(status)));
  }
  sqlite3_busy_timeout(connection, busy_timeout_ms);
  // The file may come from anyone: its schema must not run functions, and our own statements must
  // not be able to write past SQLite into its pages.
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  LIMN_TRY_VOID(database.execute("PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY"));
  database.scan_.reset(new Scan);
  const int made =
      sqlite3_create_function_v2(connection, "limn_scan", -1, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                 database.scan_.get(), nullptr, Scan::row, Scan::end, nullptr);
  if (made != SQLITE_OK) return failure(connection, made);
  if (mode == Mode::read) LIMN_TRY_VOID(database.execute("PRAGMA query_only = ON"));
  return database;
}

Result<void> Database::execute(const char* sql) {
  const int status = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
  if (status != SQLITE_OK) return failure(connection_.get(), status);
  return {};
}

Result<Query> Database::query(const char* sql) {
  auto& statement = statements_[sql];
  if (statement == nullptr) {
    sqlite3_stmt* prepared = nullptr;
    const int status = sqlite3_prepare_v3(connection_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT,
                                          &prepared, nullptr);
    if (status != SQLITE_OK) return failure(connection_.get(), status);
    statement.reset(prepared);
  }
  return Query(connection_.get(), statement.get());
}

Result<std::int64_t> Database::integer(const char* sql) {
  LIMN_TRY(Query row, query(sql));
  LIMN_TRY(const bool found, row.next());
  if (!found) {
    return fail(ErrorCode::corrupt, "cannot use database: {}: a row is missing (restore a backup)",
                sqlite3_db_filename(connection_.get(), "main"));
  }
  return row.integer(0);
}

Result<void> Database::scan(const char* sql, std::span<const std::int64_t> numbers,
                            const std::function<Result<void>(const ScanRow&)>& each) {
  LIMN_TRY(Query rows, query(sql));
  for (std::size_t i = 0; i < numbers.size(); ++i) rows.bind(static_cast<int>(i), numbers[i]);
  scan_->each = &each;
  scan_->failure.reset();
  const Result<void> done = rows.run();
  scan_->each = nullptr;
  if (scan_->failure) return tl::unexpected<Error>(*scan_->failure);
  return done;
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(connection_.get());
}

Result<void> Database::copy_to(const std::filesystem::path& path) {
  LIMN_TRY(Database target, open(path, Mode::create));
  sqlite3_backup* const backup =
      sqlite3_backup_init(target.connection_.get(), "main", connection_.get(), "main");
  if (backup == nullptr) {
    return failure(target.connection_.get(), sqlite3_errcode(target.connection_.get()));
  }
  // All pages in one step: another process's writes in between would start the copy over.
  const int status = sqlite3_backup_step(backup, -1);
  sqlite3_backup_finish(backup);
  if (status != SQLITE_DONE) return failure(connection_.get(), status);
  return {};
}

Result<Transaction> Transaction::begin(Database& database, Kind kind) {
  LIMN_TRY_VOID(database.execute(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN"));
  return Transaction(database);
}

Transaction::~Transaction() {
  // A failed statement may have rolled back already; then this one fails, and nothing is lost.
  if (database_ != nullptr) static_cast<void>(database_->execute("ROLLBACK"));
}

Result<void> Transaction::commit() {
  LIMN_TRY_VOID(database_->execute("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace limn
