// SQLite as Result and RAII: a connection, and a query on it. For this layer's sources only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "limn/core/result.h"

struct sqlite3;
struct sqlite3_stmt;
struct sqlite3_value;

namespace limn {

// One run of a prepared statement. Columns and parameters count from 0. Text given to bind() must
// live until the query is gone; text taken from it lives until the next next().
class Query {
 public:
  ~Query();  // resets the statement: it is used again by the next query with the same text
  Query(Query&& other) noexcept;
  Query& operator=(Query&&) = delete;

  Query& bind(int parameter, std::int64_t value);
  Query& bind(int parameter, double value);
  Query& bind(int parameter, std::string_view text);
  Query& bind_null(int parameter);

  // Steps to the next row; false when there is none.
  [[nodiscard]] Result<bool> next();
  // Runs to the end, for statements without rows, and makes the query ready to be bound again.
  [[nodiscard]] Result<void> run();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] bool is_integer(int column) const;

 private:
  friend class Database;
  Query(sqlite3* connection, sqlite3_stmt* statement)
      : connection_(connection), statement_(statement) {}

  sqlite3* connection_;
  sqlite3_stmt* statement_;
  int bind_failure_ = 0;
};

// The values of a row that Database::scan() is at.
class ScanRow {
 public:
  explicit ScanRow(sqlite3_value** values) : values_(values) {}

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;

 private:
  sqlite3_value** values_;
};

// One connection. One thread at a time.
class Database {
 public:
  enum class Mode { create, write, read };

  // Errors: not_found, unavailable, corrupt.
  [[nodiscard]] static Result<Database> open(const std::filesystem::path& file, Mode mode);

  // Runs one or more statements without parameters or rows of interest.
  [[nodiscard]] Result<void> execute(const char* sql);

  // A query with the text `sql`, which must be a literal: statements are kept, by address. Requires
  // that no other query with the same text is alive.
  [[nodiscard]] Result<Query> query(const char* sql);

  // The first column of the first row. Errors: corrupt, when there is no row.
  [[nodiscard]] Result<std::int64_t> integer(const char* sql);

  // Gives `each` the arguments of every call of the aggregate limn_scan() in `sql`, a literal as
  // query() takes it, with the `numbers` as parameters; its first failure ends the scan and is
  // answered. A row costs two thirds of what it costs by Query::next(): it does not leave SQLite's
  // loop. SQLite need not call an aggregate in the order of an ORDER BY.
  [[nodiscard]] Result<void> scan(const char* sql, std::span<const std::int64_t> numbers,
                                  const std::function<Result<void>(const ScanRow&)>& each);

  // Rows that the last statement changed.
  [[nodiscard]] std::int64_t changes() const;

  // Copies the whole database, as it is at one moment, to `path`.
  [[nodiscard]] Result<void> copy_to(const std::filesystem::path& path);

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  struct Scan;  // what limn_scan() calls
  struct FreeScan {
    void operator()(Scan* scan) const;
  };

  // In this order: the statements go before their connection, and it before what it calls.
  std::unique_ptr<Scan, FreeScan> scan_;
  std::unique_ptr<sqlite3, Close> connection_;
  std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;
};

// A read or write transaction, rolled back unless committed.
class Transaction {
 public:
  enum class Kind { read, write };

  // A write transaction waits up to five seconds for another process's. Errors: unavailable.
  [[nodiscard]] static Result<Transaction> begin(Database& database, Kind kind);

  ~Transaction();
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;

  [[nodiscard]] Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}

  Database* database_;
};

}  // namespace limn
