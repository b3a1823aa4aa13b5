#include "limn/store/group_commit.h"

#include <algorithm>

#include "limn/store/row_writer.h"
#include "limn/store/state.h"

namespace limn {
namespace {

// Bounds how long those who come next wait; at this size the sync is a small part of the whole.
constexpr std::size_t largest_group = 256;

}  // namespace

Result<std::int64_t> GroupCommit::append(const Event& event) {
  Waiting self{.event = &event};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&self);
  finished_.wait(lock, [&] { return self.done || !led_; });
  while (!self.done) {
    led_ = true;
    const std::size_t count = std::min(waiting_.size(), largest_group);
    const std::vector<Waiting*> group(waiting_.begin(), waiting_.begin() + count);
    waiting_.erase(waiting_.begin(), waiting_.begin() + count);
    lock.unlock();
    commit(group);
    lock.lock();
    for (Waiting* member : group) member->done = true;
    led_ = false;
    finished_.notify_all();
  }
  return self.id;
}

// An event that cannot be written gets its own error; the others do not suffer from it. An error of
// the transaction is everyone's.
void GroupCommit::commit(const std::vector<Waiting*>& group) {
  const auto write = [&]() -> Result<void> {
    LIMN_TRY(const WriterTurn::Lease lease, writer_.take());
    LIMN_TRY(RowWriter writer, RowWriter::begin(lease.database()));
    std::size_t written = 0;
    for (Waiting* member : group) {
      const Result<EventRow> row = writer.number_event(*member->event);
      if (!row && row.error().code != ErrorCode::invalid_argument) {
        return tl::unexpected<Error>(row.error());
      }
      if (!row) {
        member->id = tl::unexpected<Error>(row.error());
        continue;
      }
      LIMN_TRY(member->id, writer.write_event(*row, member->event->text));
      written += 1;
    }
    if (written == 0) return {};
    LIMN_TRY(const WriteReport report, writer.commit());
    static_cast<void>(report);
    return {};
  };
  if (const Result<void> written = write(); !written) {
    for (Waiting* member : group) member->id = tl::unexpected<Error>(written.error());
  }
}

}  // namespace limn
