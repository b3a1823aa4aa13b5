#include "limn/ingest/intake.h"

#include <algorithm>
#include <utility>

#include "limn/core/progress.h"
#include "limn/ingest/repair.h"

namespace limn {
namespace {

constexpr std::size_t refusals_in_report = 100;
constexpr std::size_t notes_in_report = 1000;

// A cell that no spreadsheet runs as a formula and no reader mistakes for two.
std::string quoted_cell(std::string_view text) {
  const bool formula =
      !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != text.npos;
  std::string cell = formula ? "\"'" : "\"";
  for (const char c : repair_text(text).text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + '"';
}

}  // namespace

std::string_view name_of(Repair repair) {
  switch (repair) {
    case Repair::invalid_utf8: return "invalid_utf8";
    case Repair::control_characters: return "control_characters";
    case Repair::missing_time: return "missing_time";
    case Repair::unreadable_time: return "unreadable_time";
    case Repair::impossible_value: return "impossible_value";
    case Repair::decimal_comma: return "decimal_comma";
    case Repair::missing_kind: return "missing_kind";
    case Repair::missing_columns: return "missing_columns";
    case Repair::extra_columns: return "extra_columns";
    case Repair::stray_quote: return "stray_quote";
    case Repair::latin1: return "latin1";
  }
  return "";
}

std::string_view name_of(Flag flag) {
  switch (flag) {
    case Flag::markup: return "markup";
    case Flag::missing_text: return "missing_text";
    case Flag::long_text: return "long_text";
    case Flag::future_time: return "future_time";
    case Flag::anonymous: return "anonymous";
    case Flag::unknown_tag: return "unknown_tag";
  }
  return "";
}

Intake::Intake(const ReadOptions& options, const BatchSink& sink)
    : options_(options), sink_(sink) {}

void Intake::take(User&& user) {
  settle(report_.users);
  batch_.users.push_back(std::move(user));
}

void Intake::take(Item&& item) {
  settle(report_.items);
  batch_.items.push_back(std::move(item));
}

void Intake::take(Event&& event) {
  settle(report_.events);
  // One allocation a batch: growing by doubling would move every string of the batch twice.
  if (batch_.events.empty()) batch_.events.reserve(options_.batch_size);
  batch_.events.push_back(std::move(event));
}

void Intake::take(Edge&& edge) {
  settle(report_.edges);
  batch_.edges.push_back(std::move(edge));
}

void Intake::settle(RecordCounts& counts) {
  counts.read += 1;
  if (repairs_ != 0) {
    counts.repaired += 1;
    for (std::size_t i = 0; i < repair_count; ++i) repair_counts_[i] += repairs_ >> i & 1u;
  }
  if (flags_ != 0) {
    counts.flagged += 1;
    for (std::size_t i = 0; i < flag_count; ++i) flag_counts_[i] += flags_ >> i & 1u;
  }
  repairs_ = 0;
  flags_ = 0;
}

void Intake::refuse(RecordKind kind, std::size_t line, std::string_view field, std::string reason) {
  repairs_ = 0;
  flags_ = 0;
  if (RecordCounts* counts = counts_of(kind)) {
    counts->read += 1;
    counts->refused += 1;
  }
  report_.refusal_count += 1;
  const Refusal refusal{file_, line, repair_text(field).text, std::move(reason)};
  write_refusal(refusal);
  if (report_.refusals.size() < refusals_in_report) report_.refusals.push_back(refusal);
}

void Intake::count(Flag flag) {
  flag_counts_[static_cast<std::size_t>(flag)] += 1;
}

void Intake::note(std::string text) {
  if (report_.notes.size() >= notes_in_report || !noted_.insert(text).second) return;
  report_.notes.push_back(std::move(text));
}

Result<void> Intake::flush() {
  LIMN_TRY_VOID(Interrupt::check("import"));
  if (batch_.size() == 0) return {};
  return sink_(std::exchange(batch_, Batch{}));
}

Result<ImportReport> Intake::finish() {
  LIMN_TRY_VOID(flush());
  if (refusals_.is_open() && !refusals_.flush()) {
    return fail(ErrorCode::unavailable, "cannot write the report of refusals: {}",
                options_.refusals_path.value_or("").string());
  }
  for (std::size_t i = 0; i < repair_count; ++i) {
    if (repair_counts_[i] == 0) continue;
    report_.repairs.emplace(name_of(static_cast<Repair>(i)), repair_counts_[i]);
  }
  for (std::size_t i = 0; i < flag_count; ++i) {
    if (flag_counts_[i] == 0) continue;
    report_.flags.emplace(name_of(static_cast<Flag>(i)), flag_counts_[i]);
  }
  return std::move(report_);
}

RecordCounts* Intake::counts_of(RecordKind kind) {
  switch (kind) {
    case RecordKind::users: return &report_.users;
    case RecordKind::items: return &report_.items;
    case RecordKind::events: return &report_.events;
    case RecordKind::edges: return &report_.edges;
    case RecordKind::automatic: return nullptr;
  }
  return nullptr;
}

void Intake::write_refusal(const Refusal& refusal) {
  if (!options_.refusals_path) return;
  if (!refusals_.is_open()) {
    refusals_.open(*options_.refusals_path, std::ios::binary | std::ios::trunc);
    refusals_ << "file,line,field,reason\n";
  }
  refusals_ << quoted_cell(refusal.file) << ',' << refusal.line << ',' << quoted_cell(refusal.field)
            << ',' << quoted_cell(refusal.reason) << '\n';
}

}  // namespace limn
