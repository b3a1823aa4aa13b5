// Store::Import: many batches in one transaction.
#include <algorithm>
#include <deque>
#include <string>
#include <utility>

#include "limn/core/check.h"
#include "limn/store/row_writer.h"
#include "limn/store/state.h"
#include "limn/store/store.h"

namespace limn {
namespace {

// Events wait here until they are worth sorting: 40 MB of them, and as much text.
constexpr std::size_t most_held_events = 1 << 20;
constexpr std::size_t most_held_text = std::size_t{1} << 26;

// An import's pages, which would otherwise be written to the log, read again and written again.
constexpr const char* import_cache = "PRAGMA cache_size = -262144";
constexpr const char* usual_cache = "PRAGMA cache_size = -65536";

}  // namespace

struct Store::Import::State {
  State(WriterTurn::Lease turn, RowWriter rows) : lease(std::move(turn)), writer(std::move(rows)) {}

  Result<void> hold(std::span<const Event> events);
  Result<void> flush();

  // In this order: the transaction ends before the connection is given back.
  WriterTurn::Lease lease;
  RowWriter writer;
  std::vector<NewEvent> held;
  std::deque<std::string> texts;
  std::size_t text_bytes = 0;
};

Result<void> Store::Import::State::hold(std::span<const Event> events) {
  for (const Event& event : events) {
    LIMN_TRY(const EventRow row, writer.number_event(event));
    std::string_view text;
    if (!event.text.empty()) text = texts.emplace_back(event.text);
    held.push_back({row, text});
    text_bytes += text.size();
    if (held.size() >= most_held_events || text_bytes >= most_held_text) LIMN_TRY_VOID(flush());
  }
  return {};
}

// In the order of the key, neighbours in the file are written one after the other. Two with one key
// stay in the order of their arrival: the later one replaces the earlier one.
Result<void> Store::Import::State::flush() {
  const auto comes_first = [](const NewEvent& a, const NewEvent& b) {
    if (key_less(a.row, b.row)) return true;
    return !key_less(b.row, a.row) && a.row.id < b.row.id;
  };
  if (!std::ranges::is_sorted(held, comes_first)) std::ranges::sort(held, comes_first);
  LIMN_TRY_VOID(writer.write_events(held));
  held.clear();
  texts.clear();
  text_bytes = 0;
  return {};
}

Store::Import::Import(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::Import::~Import() = default;
Store::Import::Import(Import&&) noexcept = default;
Store::Import& Store::Import::operator=(Import&&) noexcept = default;

Result<Store::Import> Store::begin_import() {
  LIMN_TRY(WriterTurn::Lease lease, state_->writer.take());
  LIMN_TRY_VOID(lease.database().execute(import_cache));
  LIMN_TRY(RowWriter writer, RowWriter::begin(lease.database()));
  return Import(std::make_unique<Import::State>(std::move(lease), std::move(writer)));
}

Result<void> Store::Import::write(const Records& records) {
  LIMN_CHECK(state_ != nullptr);
  LIMN_TRY_VOID(state_->writer.write_users(records.users));
  LIMN_TRY_VOID(state_->writer.write_items(records.items));
  LIMN_TRY_VOID(state_->hold(records.events));
  return state_->writer.write_edges(records.edges);
}

Result<WriteReport> Store::Import::commit() {
  LIMN_CHECK(state_ != nullptr);
  const std::unique_ptr<State> state = std::move(state_);
  LIMN_TRY_VOID(state->flush());
  LIMN_TRY(const WriteReport report, state->writer.commit());
  LIMN_TRY_VOID(state->lease.database().execute(usual_cache));
  return report;
}

}  // namespace limn
