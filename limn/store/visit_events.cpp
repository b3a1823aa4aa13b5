// The part of Store that reads events whole, with ids and texts.
#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "limn/store/decode.h"
#include "limn/store/state.h"
#include "limn/store/store.h"

namespace limn {
namespace {

using Visit = std::function<Result<void>(const Event&)>;

// The ids and kinds that events name by number.
class Names {
 public:
  [[nodiscard]] static Result<Names> read(const ReadSnapshot& now) {
    LIMN_TRY(std::vector<std::string> kinds, read_kinds(now));
    return Names(now.database(), std::move(kinds));
  }

  // Events come user by user, so one id is all that is kept.
  [[nodiscard]] Result<std::string> user(UserIndex number) {
    if (user_id_.empty() || number != user_) {
      LIMN_TRY(user_id_, read_user_id(*database_, number));
      user_ = number;
    }
    return user_id_;
  }

  [[nodiscard]] Result<std::string> item(ItemIndex number) {
    if (number == no_item) return std::string();
    std::string& id = items_[number];
    if (id.empty()) {
      LIMN_TRY(id, read_item_id(*database_, number));
    }
    return id;
  }

  [[nodiscard]] const std::string& kind(std::uint32_t number) const { return kinds_[number]; }

 private:
  Names(Database& database, std::vector<std::string> kinds)
      : database_(&database), kinds_(std::move(kinds)) {}

  Database* database_;
  std::vector<std::string> kinds_;
  UserIndex user_ = 0;
  std::string user_id_;
  std::unordered_map<ItemIndex, std::string> items_;
};

// Visits the events of users `begin` to `end`. Returns how many had a text.
Result<std::size_t> visit_events(const ReadSnapshot& now, std::int64_t begin, std::int64_t end,
                                 const Visit& visit) {
  LIMN_TRY(Names names, Names::read(now));
  LIMN_TRY(Query row,
           now.database().query("SELECT e.user, e.time, e.item, e.kind, e.id, e.value, e.checksum,"
                                " t.text, t.checksum FROM events e LEFT JOIN event_texts t"
                                " ON t.user = e.user AND t.event = e.id"
                                " WHERE e.user >= ? AND e.user < ?"
                                " ORDER BY e.user, e.time, e.item, e.kind"));
  row.bind(0, begin).bind(1, end);
  std::size_t texts = 0;
  while (true) {
    LIMN_TRY(const bool found, row.next());
    if (!found) return texts;
    LIMN_TRY(const EventRow numbered, decode_event(row, now.counters()));
    Event event{.id = numbered.id,
                .kind = names.kind(numbered.kind),
                .value = numbered.value,
                .time = Time{std::chrono::milliseconds{numbered.time}}};
    LIMN_TRY(event.user, names.user(numbered.user));
    LIMN_TRY(event.item, names.item(numbered.item));
    if (!row.is_null(7)) {
      event.text = row.text(7);
      texts += 1;
      if (row.integer(8) != text_checksum(numbered.user, numbered.id, event.text)) {
        return damaged("event_texts", numbered.id);
      }
    }
    LIMN_TRY_VOID(visit(event));
  }
}

}  // namespace

Result<std::vector<Event>> Store::user_events(UserIndex user) const {
  LIMN_TRY(const ReadSnapshot now, ReadSnapshot::begin(state_->readers));
  std::vector<Event> events;
  LIMN_TRY(const std::size_t texts,
           visit_events(now, user, std::int64_t{user} + 1, [&](const Event& event) -> Result<void> {
             events.push_back(event);
             return {};
           }));
  static_cast<void>(texts);
  std::ranges::sort(events, {}, [](const Event& event) { return std::tie(event.time, event.id); });
  return events;
}

Result<void> Store::for_each_event(const std::function<Result<void>(const Event&)>& visit) const {
  LIMN_TRY(const ReadSnapshot now, ReadSnapshot::begin(state_->readers));
  std::size_t events = 0;
  const auto count_and_visit = [&](const Event& event) {
    events += 1;
    return visit(event);
  };
  LIMN_TRY(const std::size_t texts,
           visit_events(now, 0, now.counters().user_numbers, count_and_visit));
  LIMN_TRY_VOID(check_count("events", events, now.counters().events));
  return check_count("event_texts", texts, now.counters().event_texts);
}

}  // namespace limn
