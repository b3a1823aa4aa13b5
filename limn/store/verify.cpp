// The part of Store that takes care of it: verify and copy.
#include <utility>

#include "limn/core/file.h"
#include "limn/store/decode.h"
#include "limn/store/state.h"
#include "limn/store/store.h"

namespace limn {
namespace {

// SQLite's own view: pages, indices, types. It says "ok" when there is nothing to say.
Result<void> check_structure(Database& database, std::vector<std::string>& findings) {
  LIMN_TRY(Query row, database.query("PRAGMA integrity_check"));
  while (true) {
    LIMN_TRY(const bool found, row.next());
    if (!found) return {};
    if (row.text(0) != "ok") findings.emplace_back(row.text(0));
  }
}

Result<void> check_texts_have_events(Database& database, std::vector<std::string>& findings) {
  LIMN_TRY(const std::int64_t lost,
           database.integer("SELECT count(*) FROM event_texts t WHERE NOT EXISTS"
                            " (SELECT 1 FROM events e WHERE e.user = t.user AND e.id = t.event)"));
  if (lost != 0) findings.push_back(fmt::format("event_texts: {} without an event", lost));
  return {};
}

template <typename T>
void note(const Result<T>& read, std::vector<std::string>& findings) {
  if (!read) findings.push_back(read.error().message);
}

}  // namespace

Result<std::vector<std::string>> Store::verify() const {
  std::vector<std::string> findings;
  {
    LIMN_TRY(const ReaderPool::Lease lease, state_->readers.take());
    note(check_structure(lease.database(), findings), findings);
    note(check_texts_have_events(lease.database(), findings), findings);
  }
  note(read_users(), findings);
  note(read_items(), findings);
  note(read_edges(), findings);
  note(read_events(), findings);
  note(read_event_texts(), findings);
  note(strategy_history(), findings);
  note(read_lists(), findings);
  note(read_scores(), findings);
  return findings;
}

Result<void> Store::copy_to(const std::filesystem::path& path) const {
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    return fail(ErrorCode::invalid_argument, "cannot copy database: {}: it is there already",
                path.string());
  }
  std::filesystem::path beside = path;
  beside += ".new";
  std::filesystem::remove(beside, error);
  {
    LIMN_TRY(const ReaderPool::Lease lease, state_->readers.take());
    LIMN_TRY_VOID(lease.database().copy_to(beside));
  }
  std::filesystem::rename(beside, path, error);
  if (error) {
    return fail(ErrorCode::unavailable, "cannot copy database: {}: {}", path.string(),
                error.message());
  }
  return sync_folder(path.has_parent_path() ? path.parent_path() : ".");
}

}  // namespace limn
