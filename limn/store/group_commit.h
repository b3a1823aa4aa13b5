// GroupCommit: events of many threads in one durable transaction. For this layer's sources only.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

#include "limn/core/result.h"
#include "limn/core/types.h"

namespace limn {

class WriterTurn;

// A commit costs a sync of the disk, about a third of a millisecond; the row in it, two
// microseconds. So the first thread that comes commits for all that wait (leader and followers, as
// in LevelDB's write queue): while it syncs, the next ones gather, and one of them leads. One
// thread alone waits for nobody, and there is no thread or timer to own.
class GroupCommit {
 public:
  explicit GroupCommit(WriterTurn& writer) : writer_(writer) {}

  // Returns the event's id once it is durable. Any thread.
  [[nodiscard]] Result<std::int64_t> append(const Event& event);

 private:
  struct Waiting {
    const Event* event;
    Result<std::int64_t> id = 0;
    bool done = false;
  };

  void commit(const std::vector<Waiting*>& group);

  WriterTurn& writer_;
  std::mutex mutex_;
  std::condition_variable finished_;
  std::vector<Waiting*> waiting_;
  bool led_ = false;
};

}  // namespace limn
