// Import: files to the store, in one transaction; a crash or an error leaves the store as it was.
#include <algorithm>
#include <chrono>

#include "limn/core/file.h"
#include "limn/core/parallel.h"
#include "limn/core/progress.h"
#include "limn/core/stopwatch.h"
#include "limn/engine/engine_state.h"
#include "limn/engine/histories.h"
#include "limn/text/clean.h"
#include "limn/text/personal_data.h"
#include "limn/text/words.h"

namespace limn {
namespace {

constexpr std::size_t floods_shown = 100;

Result<std::vector<FloodedUser>> find_floods(const Store& store) {
  LIMN_TRY(const EventTable events, store.read_events());
  LIMN_TRY(const std::vector<std::string> ids, store.read_user_ids());
  std::vector<FloodedUser> floods;
  for (std::size_t user = 0; user < events.users() && floods.size() < floods_shown; ++user) {
    if (const auto flood = find_flood(events, user))
      floods.push_back({ids[user], describe(*flood)});
  }
  return floods;
}

// Texts that are there, but say nothing.
std::size_t count_wordless(const std::vector<Event>& events) {
  constexpr std::size_t grain = 64;
  return parallel_count(events.size(), grain, [&](std::size_t i) {
    return !events[i].text.empty() && !says_something(clean_text(events[i].text));
  });
}

// Reasons and notes quote values: what of them is personal data is masked, in the answer and in the
// file of refusals.
Result<void> mask_report(ImportAnswer& answer) {
  for (Refusal& refusal : answer.read.refusals) {
    refusal.field = masked(refusal.field);
    refusal.reason = masked(refusal.reason);
  }
  for (std::string& note : answer.read.notes) note = masked(note);
  if (!answer.refusals_file) return {};
  LIMN_TRY(const std::string refusals, read_file(*answer.refusals_file));
  return write_file_atomically(*answer.refusals_file, masked(refusals));
}

}  // namespace

Result<ImportAnswer> Engine::import_files(std::span<const std::filesystem::path> files,
                                          const ImportOptions& options) {
  const Stopwatch watch;
  ImportAnswer answer;
  ReadOptions reading;
  reading.format = options.format;
  reading.kind = options.kind;
  reading.latest_time =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) +
      std::chrono::days{1};
  reading.max_rating = state_->config.import.max_rating;
  reading.refusals_path = state_->folder / "refusals.csv";
  std::error_code ignored;
  std::filesystem::remove(*reading.refusals_path, ignored);

  LIMN_TRY(Store::Import transaction, state_->store.begin_import());
  Progress progress("import", 0);
  std::size_t wordless = 0;
  const auto sink = [&](Batch&& batch) -> Result<void> {
    LIMN_TRY_VOID(Interrupt::check("import"));
    progress.add(batch.size());
    wordless += count_wordless(batch.events);
    return transaction.write(
        {.users = batch.users, .items = batch.items, .events = batch.events, .edges = batch.edges});
  };
  LIMN_TRY(answer.read, read_files(files, reading, sink));
  if (wordless > 0) answer.read.flags["wordless"] = wordless;
  LIMN_TRY(answer.written, transaction.commit());
  if (answer.read.refusal_count > 0) answer.refusals_file = reading.refusals_path;
  if (state_->config.text.mask_personal_data) LIMN_TRY_VOID(mask_report(answer));
  LIMN_TRY(answer.floods, find_floods(state_->store));
  answer.seconds = watch.seconds();
  return answer;
}

}  // namespace limn
