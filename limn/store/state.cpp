#include "limn/store/state.h"

#include <chrono>
#include <utility>

#include "limn/store/schema.h"

namespace limn {
namespace {

// As long as SQLite waits for another process's lock.
constexpr std::chrono::seconds longest_wait{5};

// More readers than this at once still work; their connections are then closed.
constexpr std::size_t most_idle = 16;

}  // namespace

Result<WriterTurn::Lease> WriterTurn::take() {
  std::unique_lock lock(mutex_);
  if (!free_.wait_for(lock, longest_wait, [&] { return !taken_; })) {
    return fail(ErrorCode::unavailable,
                "cannot write to database: another write has not finished (try again later)");
  }
  taken_ = true;
  return Lease(*this);
}

void WriterTurn::give_back() {
  {
    const std::lock_guard lock(mutex_);
    taken_ = false;
  }
  free_.notify_one();
}

Result<ReaderPool::Lease> ReaderPool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Lease lease(*this, std::move(idle_.back()));
      idle_.pop_back();
      return lease;
    }
  }
  LIMN_TRY(Database database, Database::open(file_, Database::Mode::read));
  return Lease(*this, std::make_unique<Database>(std::move(database)));
}

void ReaderPool::give_back(std::unique_ptr<Database> database) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < most_idle) idle_.push_back(std::move(database));
}

Result<ReadSnapshot> ReadSnapshot::begin(ReaderPool& readers) {
  LIMN_TRY(ReaderPool::Lease lease, readers.take());
  LIMN_TRY(Transaction transaction, Transaction::begin(lease.database(), Transaction::Kind::read));
  LIMN_TRY(const Counters counters, read_counters(lease.database()));
  return ReadSnapshot(std::move(lease), std::move(transaction), counters);
}

Store::State::State(std::filesystem::path data_folder, Database writing)
    : folder(std::move(data_folder)),
      writer(std::move(writing)),
      readers(database_file(folder)),
      appends(writer) {}

}  // namespace limn
