#include "limn/store/store.h"

#include <utility>

#include "limn/store/decode.h"
#include "limn/store/row_writer.h"
#include "limn/store/schema.h"
#include "limn/store/state.h"

namespace limn {
namespace {

Result<StrategyVersion> decode_strategy(const Query& row) {
  StrategyVersion strategy{.version = row.integer(0),
                           .name = std::string(row.text(1)),
                           .created_at = Time{std::chrono::milliseconds{row.integer(3)}}};
  const std::string_view parameters = row.text(2);
  const RowChecksum checksum = strategy_checksum(strategy, parameters);
  const Result<Json> json = parse_json(parameters, "strategies");
  if (row.integer(4) != checksum.value() || !json || !json->is_object()) {
    return damaged("strategies", strategy.version);
  }
  strategy.parameters = json->get_object();
  return strategy;
}

}  // namespace

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

Result<Store> Store::create(const std::filesystem::path& folder) {
  LIMN_TRY(Database database, create_database(folder));
  return Store(std::make_unique<State>(folder, std::move(database)));
}

Result<Store> Store::open(const std::filesystem::path& folder) {
  LIMN_TRY(Database database, open_database(folder));
  return Store(std::make_unique<State>(folder, std::move(database)));
}

const std::filesystem::path& Store::folder() const {
  return state_->folder;
}

Result<WriteReport> Store::write(const Records& records) {
  LIMN_TRY(Import import, begin_import());
  LIMN_TRY_VOID(import.write(records));
  return import.commit();
}

Result<std::int64_t> Store::append(const Event& event) {
  return state_->appends.append(event);
}

Result<StoreCounts> Store::counts() const {
  LIMN_TRY(const ReadSnapshot now, ReadSnapshot::begin(state_->readers));
  const Counters& counters = now.counters();
  return StoreCounts{.users = static_cast<std::size_t>(counters.users),
                     .items = static_cast<std::size_t>(counters.items),
                     .events = static_cast<std::size_t>(counters.events),
                     .event_texts = static_cast<std::size_t>(counters.event_texts),
                     .edges = static_cast<std::size_t>(counters.edges),
                     .user_numbers = static_cast<std::size_t>(counters.user_numbers),
                     .item_numbers = static_cast<std::size_t>(counters.item_numbers),
                     .changes = static_cast<std::uint64_t>(counters.changes)};
}

Result<StrategyVersion> Store::append_strategy(std::string_view name, const JsonObject& parameters,
                                               Time now) {
  LIMN_TRY_VOID(check_name(name, "strategy", "name"));
  const std::string text = to_text(parameters);
  LIMN_TRY(const WriterTurn::Lease lease, state_->writer.take());
  LIMN_TRY(RowWriter writer, RowWriter::begin(lease.database()));
  StrategyVersion strategy{.version = ++writer.counters().strategies,
                           .name = std::string(name),
                           .parameters = parameters,
                           .created_at = now};
  {
    LIMN_TRY(Query insert, lease.database().query("INSERT INTO strategies VALUES (?, ?, ?, ?, ?)"));
    insert.bind(0, strategy.version).bind(1, name).bind(2, text).bind(3, milliseconds(now));
    LIMN_TRY_VOID(insert.bind(4, strategy_checksum(strategy, text).value()).run());
  }
  LIMN_TRY(const WriteReport report, writer.commit());
  static_cast<void>(report);
  return strategy;
}

Result<std::vector<StrategyVersion>> Store::strategy_history() const {
  LIMN_TRY(const ReadSnapshot now, ReadSnapshot::begin(state_->readers));
  LIMN_TRY(Query row, now.database().query("SELECT version, name, parameters, created_at,"
                                           " checksum FROM strategies ORDER BY version"));
  std::vector<StrategyVersion> versions;
  while (true) {
    LIMN_TRY(const bool found, row.next());
    if (!found) break;
    LIMN_TRY(StrategyVersion version, decode_strategy(row));
    versions.push_back(std::move(version));
  }
  LIMN_TRY_VOID(check_count("strategies", versions.size(), now.counters().strategies));
  return versions;
}

Result<std::optional<StrategyVersion>> Store::strategy(std::string_view name) const {
  LIMN_TRY(const ReadSnapshot now, ReadSnapshot::begin(state_->readers));
  LIMN_TRY(Query row, now.database().query("SELECT version, name, parameters, created_at,"
                                           " checksum FROM strategies WHERE name = ?"
                                           " ORDER BY version DESC LIMIT 1"));
  row.bind(0, name);
  LIMN_TRY(const bool found, row.next());
  if (!found) return std::nullopt;
  LIMN_TRY(StrategyVersion strategy, decode_strategy(row));
  return std::optional<StrategyVersion>(std::move(strategy));
}

Result<std::optional<StrategyVersion>> Store::current_strategy() const {
  LIMN_TRY(const ReadSnapshot now, ReadSnapshot::begin(state_->readers));
  if (now.counters().strategies == 0) return std::nullopt;
  LIMN_TRY(Query row, now.database().query("SELECT version, name, parameters, created_at,"
                                           " checksum FROM strategies WHERE version = ?"));
  row.bind(0, now.counters().strategies);
  LIMN_TRY(const bool found, row.next());
  if (!found) return damaged("strategies", now.counters().strategies);
  LIMN_TRY(StrategyVersion strategy, decode_strategy(row));
  return std::optional<StrategyVersion>(std::move(strategy));
}

Result<std::optional<std::string>> Store::setting(std::string_view name) const {
  LIMN_TRY(const ReaderPool::Lease lease, state_->readers.take());
  LIMN_TRY(Query row,
           lease.database().query("SELECT value, checksum FROM settings WHERE name = ?"));
  row.bind(0, name);
  LIMN_TRY(const bool found, row.next());
  if (!found) return std::nullopt;
  const std::string value(row.text(0));
  if (row.integer(1) != RowChecksum().add(name).add(value).value()) return damaged("settings", 0);
  return std::optional<std::string>(value);
}

Result<void> Store::set_setting(std::string_view name, std::string_view value) {
  LIMN_TRY_VOID(check_name(name, "setting", "name"));
  LIMN_TRY(const WriterTurn::Lease lease, state_->writer.take());
  LIMN_TRY(RowWriter writer, RowWriter::begin(lease.database()));
  {
    LIMN_TRY(Query row, lease.database().query("INSERT OR REPLACE INTO settings VALUES (?, ?, ?)"));
    row.bind(0, name).bind(1, value).bind(2, RowChecksum().add(name).add(value).value());
    LIMN_TRY_VOID(row.run());
  }
  LIMN_TRY(const WriteReport report, writer.commit());
  static_cast<void>(report);
  return {};
}

}  // namespace limn
