// What a Store holds: one connection that writes, and some that read. For this layer's sources
// only.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "limn/store/group_commit.h"
#include "limn/store/rows.h"
#include "limn/store/sqlite.h"
#include "limn/store/store.h"

namespace limn {

// The one writing connection, lent to one thread after the other.
class WriterTurn {
 public:
  explicit WriterTurn(Database database) : database_(std::move(database)) {}

  class Lease {
   public:
    ~Lease() {
      if (turn_ != nullptr) turn_->give_back();
    }
    Lease(Lease&& other) noexcept : turn_(std::exchange(other.turn_, nullptr)) {}
    Lease& operator=(Lease&&) = delete;

    [[nodiscard]] Database& database() const { return turn_->database_; }

   private:
    friend class WriterTurn;
    explicit Lease(WriterTurn& turn) : turn_(&turn) {}
    WriterTurn* turn_;
  };

  // Errors: unavailable, when another thread keeps it for more than five seconds.
  [[nodiscard]] Result<Lease> take();

 private:
  void give_back();

  Database database_;
  std::mutex mutex_;
  std::condition_variable free_;
  bool taken_ = false;
};

// Reading connections, each used by one thread at a time and kept for the next: opening one and
// preparing its statements costs more than most reads.
class ReaderPool {
 public:
  explicit ReaderPool(std::filesystem::path file) : file_(std::move(file)) {}

  class Lease {
   public:
    ~Lease() {
      if (database_ != nullptr) pool_->give_back(std::move(database_));
    }
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;

    [[nodiscard]] Database& database() const { return *database_; }

   private:
    friend class ReaderPool;
    Lease(ReaderPool& pool, std::unique_ptr<Database> database)
        : pool_(&pool), database_(std::move(database)) {}
    ReaderPool* pool_;
    std::unique_ptr<Database> database_;
  };

  [[nodiscard]] Result<Lease> take();

 private:
  void give_back(std::unique_ptr<Database> database);

  std::filesystem::path file_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Database>> idle_;
};

// The database as it is at one moment.
class ReadSnapshot {
 public:
  [[nodiscard]] static Result<ReadSnapshot> begin(ReaderPool& readers);

  [[nodiscard]] Database& database() const { return lease_.database(); }
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  ReadSnapshot(ReaderPool::Lease lease, Transaction transaction, const Counters& counters)
      : lease_(std::move(lease)), transaction_(std::move(transaction)), counters_(counters) {}

  // In this order: the transaction ends before the connection is given back.
  ReaderPool::Lease lease_;
  Transaction transaction_;
  Counters counters_;
};

struct Store::State {
  State(std::filesystem::path data_folder, Database writing);

  std::filesystem::path folder;
  WriterTurn writer;
  ReaderPool readers;
  GroupCommit appends;
};

}  // namespace limn
