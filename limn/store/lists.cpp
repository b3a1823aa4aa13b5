// The part of Store that keeps the lists that were shown, and what users say of them.
#include "limn/store/lists.h"

#include <bit>
#include <cmath>
#include <optional>

#include "limn/core/json.h"
#include "limn/store/decode.h"
#include "limn/store/row_writer.h"
#include "limn/store/state.h"
#include "limn/store/store.h"

namespace limn {
namespace {

// The row of `list_counters`.
struct ListCounters {
  std::int64_t lists = 0;
  std::int64_t scores = 0;
  std::int64_t next_list = 1;
  std::int64_t next_score = 1;

  [[nodiscard]] std::int64_t checksum() const {
    return RowChecksum().add(lists).add(scores).add(next_list).add(next_score).value();
  }
};

Result<ListCounters> read_list_counters(Database& database) {
  LIMN_TRY(Query row, database.query("SELECT lists, scores, next_list, next_score, checksum"
                                     " FROM list_counters WHERE row = 0"));
  LIMN_TRY(const bool found, row.next());
  if (!found) return ListCounters{};
  const ListCounters counters{.lists = row.integer(0),
                              .scores = row.integer(1),
                              .next_list = row.integer(2),
                              .next_score = row.integer(3)};
  if (row.integer(4) != counters.checksum()) return damaged("list_counters", 0);
  return counters;
}

Result<void> write_list_counters(Database& database, const ListCounters& counters) {
  LIMN_TRY(Query row,
           database.query("INSERT OR REPLACE INTO list_counters VALUES (0, ?, ?, ?, ?, ?)"));
  row.bind(0, counters.lists).bind(1, counters.scores).bind(2, counters.next_list);
  return row.bind(3, counters.next_score).bind(4, counters.checksum()).run();
}

// [[item, propensity, team], ...]
std::string encode_places(const std::vector<ShownPlace>& places) {
  JsonArray array;
  for (const ShownPlace& place : places)
    array.push_back(JsonArray{place.item, place.propensity, place.team});
  return to_text(array);
}

std::optional<ShownPlace> decode_place(const Json& json) {
  if (!json.is_array() || json.get_array().size() != 3) return std::nullopt;
  const JsonArray& parts = json.get_array();
  if (!parts[0].is_int64() || !parts[1].is_number() || !parts[2].is_int64()) return std::nullopt;
  return ShownPlace{.item = static_cast<ItemIndex>(parts[0].get_int64()),
                    .propensity = parts[1].to_number<double>(),
                    .team = static_cast<std::uint32_t>(parts[2].get_int64())};
}

std::optional<std::vector<ShownPlace>> decode_places(std::string_view text) {
  const Result<Json> json = parse_json(text, "lists");
  if (!json || !json->is_array()) return std::nullopt;
  std::vector<ShownPlace> places;
  for (const Json& one : json->get_array()) {
    const std::optional<ShownPlace> place = decode_place(one);
    if (!place) return std::nullopt;
    places.push_back(*place);
  }
  return places;
}

std::int64_t checksum_of(const ShownList& list, std::string_view places) {
  return RowChecksum()
      .add(list.id)
      .add(std::int64_t{list.user})
      .add(list.request)
      .add(milliseconds(list.time))
      .add(list.strategy)
      .add(list.version)
      .add(list.segment)
      .add(std::bit_cast<std::int64_t>(list.propensity))
      .add(places)
      .value();
}

std::int64_t checksum_of(const SatisfactionScore& score) {
  return RowChecksum()
      .add(score.id)
      .add(std::int64_t{score.user})
      .add(score.list)
      .add(database_item(score.item))
      .add(std::int64_t{score.score})
      .add(score.reason)
      .add(milliseconds(score.time))
      .value();
}

// id, user, request, time, strategy, version, segment, propensity, places, checksum.
Result<ShownList> decode_list(const Query& row) {
  ShownList list{.id = row.integer(0),
                 .user = static_cast<UserIndex>(row.integer(1)),
                 .request = std::string(row.text(2)),
                 .time = Time{std::chrono::milliseconds{row.integer(3)}},
                 .strategy = std::string(row.text(4)),
                 .version = row.integer(5),
                 .segment = std::string(row.text(6)),
                 .propensity = row.real(7)};
  const std::string_view places = row.text(8);
  if (row.integer(9) != checksum_of(list, places)) return damaged("lists", list.id);
  std::optional<std::vector<ShownPlace>> decoded = decode_places(places);
  if (!decoded) return damaged("lists", list.id);
  list.places = std::move(*decoded);
  return list;
}

// id, user, list, item, score, reason, time, checksum.
Result<SatisfactionScore> decode_score(const Query& row) {
  const std::int64_t item = row.integer(3);
  SatisfactionScore score{.id = row.integer(0),
                          .user = static_cast<UserIndex>(row.integer(1)),
                          .list = row.integer(2),
                          .item = item < 0 ? no_item : static_cast<ItemIndex>(item),
                          .score = static_cast<int>(row.integer(4)),
                          .reason = std::string(row.text(5)),
                          .time = Time{std::chrono::milliseconds{row.integer(6)}}};
  if (row.integer(7) != checksum_of(score)) return damaged("scores", score.id);
  return score;
}

// The rows of a query, by id, each as `decode` makes it.
template <typename Record>
Result<std::vector<Record>> decode_all(Query& row, std::string_view table,
                                       Result<Record> (*decode)(const Query&)) {
  std::vector<Record> records;
  while (true) {
    LIMN_TRY(const bool found, row.next());
    if (!found) return records;
    LIMN_TRY(Record record, decode(row));
    // A row that is there twice, and another that is lost, would keep the count.
    if (!records.empty() && records.back().id >= record.id) return damaged(table, record.id);
    records.push_back(std::move(record));
  }
}

Result<void> insert_list(Database& database, const ShownList& list) {
  const std::string places = encode_places(list.places);
  LIMN_TRY(Query row, database.query("INSERT OR REPLACE INTO lists"
                                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  row.bind(0, list.id).bind(1, std::int64_t{list.user}).bind(2, list.request);
  row.bind(3, milliseconds(list.time)).bind(4, list.strategy).bind(5, list.version);
  row.bind(6, list.segment).bind(7, list.propensity).bind(8, places);
  return row.bind(9, checksum_of(list, places)).run();
}

// The id of the list that a user got under a request; 0 when there is none.
Result<std::int64_t> list_id(Database& database, UserIndex user, std::string_view request) {
  LIMN_TRY(Query row, database.query("SELECT id FROM lists WHERE user = ? AND request = ?"));
  row.bind(0, std::int64_t{user}).bind(1, request);
  LIMN_TRY(const bool found, row.next());
  return found ? row.integer(0) : 0;
}

Result<std::int64_t> remove_rows(Database& database, const char* sql, std::int64_t user) {
  LIMN_TRY(Query row, database.query(sql));
  LIMN_TRY_VOID(row.bind(0, user).run());
  return database.changes();
}

}  // namespace

Result<RemovedLists> remove_lists(Database& database, std::int64_t user) {
  LIMN_TRY(ListCounters counters, read_list_counters(database));
  RemovedLists removed;
  LIMN_TRY(removed.lists, remove_rows(database, "DELETE FROM lists WHERE user = ?", user));
  LIMN_TRY(removed.scores, remove_rows(database, "DELETE FROM scores WHERE user = ?", user));
  if (removed.lists + removed.scores == 0) return removed;
  counters.lists -= removed.lists;
  counters.scores -= removed.scores;
  LIMN_TRY_VOID(write_list_counters(database, counters));
  return removed;
}

Result<std::int64_t> Store::append_list(std::string_view user, const ShownList& list) {
  LIMN_TRY_VOID(check_name(user, "list", "user"));
  LIMN_TRY_VOID(check_name(list.request, "list", "request"));
  LIMN_TRY_VOID(check_name(list.strategy, "list", "strategy"));
  LIMN_TRY(const WriterTurn::Lease lease, state_->writer.take());
  LIMN_TRY(RowWriter writer, RowWriter::begin(lease.database()));
  LIMN_TRY(const auto numbered, writer.number_user(user));
  ShownList row = list;
  row.user = numbered.number;
  LIMN_TRY(row.id, list_id(lease.database(), row.user, row.request));
  if (row.id == 0) {
    LIMN_TRY(ListCounters counters, read_list_counters(lease.database()));
    row.id = counters.next_list++;
    counters.lists += 1;
    LIMN_TRY_VOID(write_list_counters(lease.database(), counters));
  }
  LIMN_TRY_VOID(insert_list(lease.database(), row));
  LIMN_TRY(const WriteReport report, writer.commit());
  static_cast<void>(report);
  return row.id;
}

Result<std::optional<ShownList>> Store::find_list(UserIndex user, std::string_view request) const {
  LIMN_TRY(const ReaderPool::Lease lease, state_->readers.take());
  LIMN_TRY(Query row, lease.database().query("SELECT * FROM lists WHERE user = ? AND request = ?"));
  row.bind(0, std::int64_t{user}).bind(1, request);
  LIMN_TRY(const bool found, row.next());
  if (!found) return std::nullopt;
  LIMN_TRY(ShownList list, decode_list(row));
  return std::optional<ShownList>(std::move(list));
}

Result<std::vector<ShownList>> Store::user_lists(UserIndex user) const {
  LIMN_TRY(const ReaderPool::Lease lease, state_->readers.take());
  LIMN_TRY(Query row, lease.database().query("SELECT * FROM lists WHERE user = ? ORDER BY id"));
  row.bind(0, std::int64_t{user});
  return decode_all<ShownList>(row, "lists", decode_list);
}

Result<std::vector<ShownList>> Store::read_lists() const {
  LIMN_TRY(const ReadSnapshot now, ReadSnapshot::begin(state_->readers));
  LIMN_TRY(const ListCounters counters, read_list_counters(now.database()));
  LIMN_TRY(Query row, now.database().query("SELECT * FROM lists ORDER BY id"));
  LIMN_TRY(std::vector<ShownList> lists, decode_all<ShownList>(row, "lists", decode_list));
  LIMN_TRY_VOID(check_count("lists", lists.size(), counters.lists));
  return lists;
}

Result<std::size_t> Store::list_count() const {
  LIMN_TRY(const ReaderPool::Lease lease, state_->readers.take());
  LIMN_TRY(const ListCounters counters, read_list_counters(lease.database()));
  return static_cast<std::size_t>(counters.lists);
}

Result<std::int64_t> Store::append_score(std::string_view user, const SatisfactionScore& score) {
  LIMN_TRY_VOID(check_name(user, "score", "user"));
  if (score.score < 1 || score.score > 5) {
    return fail(ErrorCode::invalid_argument, "cannot write score: {}: not from 1 to 5",
                score.score);
  }
  LIMN_TRY(const WriterTurn::Lease lease, state_->writer.take());
  LIMN_TRY(RowWriter writer, RowWriter::begin(lease.database()));
  LIMN_TRY(const auto numbered, writer.number_user(user));
  LIMN_TRY(ListCounters counters, read_list_counters(lease.database()));
  SatisfactionScore row = score;
  row.user = numbered.number;
  row.id = counters.next_score++;
  counters.scores += 1;
  LIMN_TRY_VOID(write_list_counters(lease.database(), counters));
  {
    LIMN_TRY(Query insert,
             lease.database().query("INSERT INTO scores VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
    insert.bind(0, row.id).bind(1, std::int64_t{row.user}).bind(2, row.list);
    insert.bind(3, database_item(row.item)).bind(4, std::int64_t{row.score}).bind(5, row.reason);
    LIMN_TRY_VOID(insert.bind(6, milliseconds(row.time)).bind(7, checksum_of(row)).run());
  }
  LIMN_TRY(const WriteReport report, writer.commit());
  static_cast<void>(report);
  return row.id;
}

Result<std::vector<SatisfactionScore>> Store::read_scores() const {
  LIMN_TRY(const ReadSnapshot now, ReadSnapshot::begin(state_->readers));
  LIMN_TRY(const ListCounters counters, read_list_counters(now.database()));
  LIMN_TRY(Query row, now.database().query("SELECT * FROM scores ORDER BY id"));
  LIMN_TRY(std::vector<SatisfactionScore> scores,
           decode_all<SatisfactionScore>(row, "scores", decode_score));
  LIMN_TRY_VOID(check_count("scores", scores.size(), counters.scores));
  return scores;
}

}  // namespace limn
