// Store: the log of truth. Users, items, events, edges, strategies and the lists that were shown,
// in SQLite, DATA/limn.db.
//
// What write(), append() and commit() answered with a value survives a power cut from then on.
// Every row carries a checksum, and every full read counts its rows: damaged data is refused, not
// returned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/core/types.h"
#include "limn/store/event_table.h"
#include "limn/store/records.h"

namespace limn {

// Users and items are numbered from 0 in the order they were first seen, and a number is never
// given twice; after an erasure its place stays empty. Any thread may call any member. Writers take
// turns, also with other processes: one that waits longer than five seconds gets `unavailable`.
//
// Errors of every member: unavailable (disk full, locked, unreadable), corrupt (damaged rows).
class Store {
 public:
  class Import;

  // Makes the folder, where there is none, and an empty database in it. Errors: invalid_argument
  // when it holds one already.
  [[nodiscard]] static Result<Store> create(const std::filesystem::path& folder);

  // Errors: not_found; corrupt, where the file is not limn's or damaged; invalid_argument, where a
  // newer limn made it.
  [[nodiscard]] static Result<Store> open(const std::filesystem::path& folder);

  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  [[nodiscard]] const std::filesystem::path& folder() const;

  // --- Writing ---

  // Writes all of it or none, in one transaction. Users and items that events or edges name and
  // nobody described are made bare. A user or item that is there is replaced as a whole. Errors:
  // invalid_argument, for an empty id or kind and for a value that is not finite.
  [[nodiscard]] Result<WriteReport> write(const Records& records);

  // Writes one event and returns its id, which a second one with the same user, time, item and kind
  // shares. Threads that call at the same moment share one commit (group commit), so many callers
  // get many times the rate of one. Errors: as write().
  [[nodiscard]] Result<std::int64_t> append(const Event& event);

  // Begins one transaction of many batches. While it lives, no other write can begin.
  [[nodiscard]] Result<Import> begin_import();

  // Removes the events of `user` on `item` (empty: those without one), of every kind when `kind` is
  // empty. Returns how many there were.
  [[nodiscard]] Result<std::size_t> remove_events(std::string_view user, std::string_view item,
                                                  std::string_view kind);

  // Removes an item and all events on it: one scan of the events. Returns false when there is none.
  [[nodiscard]] Result<bool> remove_item(std::string_view id);

  // Removes users, their events, texts, edges, lists and scores, then the bytes these left behind
  // (scrub()). Ids that nobody has are passed over.
  [[nodiscard]] Result<EraseReceipt> erase_users(std::span<const std::string> ids);

  // Rewrites the file and empties the write-ahead log, so that nothing removed is left in either:
  // SQLite alone keeps copies of moved rows. Some 35 ms a MB, and as much disk again while it runs.
  // Returns false when a reader held on to old pages: call it again.
  [[nodiscard]] Result<bool> scrub();

  // --- Reading ---

  [[nodiscard]] Result<StoreCounts> counts() const;

  // All events: some 3 million a second and core; 65 bytes of memory each while it reads.
  [[nodiscard]] Result<EventTable> read_events() const;

  // All users or items by number; an erased one has an empty id.
  [[nodiscard]] Result<std::vector<User>> read_users() const;
  [[nodiscard]] Result<std::vector<Item>> read_items() const;
  // Only the ids, by number, an erased one empty.
  [[nodiscard]] Result<std::vector<std::string>> read_user_ids() const;
  [[nodiscard]] Result<std::vector<std::string>> read_item_ids() const;
  // All edges, by (from, to, kind).
  [[nodiscard]] Result<std::vector<NumberedEdge>> read_edges() const;
  // All texts of events, by (user, event).
  [[nodiscard]] Result<std::vector<EventText>> read_event_texts() const;

  // The number of an id.
  [[nodiscard]] Result<std::optional<UserIndex>> find_user(std::string_view id) const;
  [[nodiscard]] Result<std::optional<ItemIndex>> find_item(std::string_view id) const;

  // Nothing when the number was not given yet or was erased.
  [[nodiscard]] Result<std::optional<User>> user(UserIndex number) const;
  [[nodiscard]] Result<std::optional<Item>> item(ItemIndex number) const;
  // What names several items, in the order asked for, in one transaction. An item that is not there
  // has an empty id.
  [[nodiscard]] Result<std::vector<ItemName>> item_names(std::span<const ItemIndex> numbers) const;

  // One user's events as columns, by (time, id); its offsets are {0, size()}.
  [[nodiscard]] Result<EventTable> history(UserIndex user) const;
  // One user's events whole, with ids and texts, by (time, id): what an export and a persona read.
  [[nodiscard]] Result<std::vector<Event>> user_events(UserIndex user) const;
  // One user's edges, those to them included, by (from, to, kind).
  [[nodiscard]] Result<std::vector<Edge>> user_edges(UserIndex user) const;

  // Calls `visit` with every event whole, by (user, time, item, kind), without holding them in
  // memory; stops at its first error and returns that.
  [[nodiscard]] Result<void> for_each_event(
      const std::function<Result<void>(const Event&)>& visit) const;

  // --- Strategies and settings ---

  // Adds a version, which becomes the current one. Its `version` is given by the store.
  [[nodiscard]] Result<StrategyVersion> append_strategy(std::string_view name,
                                                        const JsonObject& parameters, Time now);
  // The last version; nothing when there is none.
  [[nodiscard]] Result<std::optional<StrategyVersion>> current_strategy() const;
  // The last version of this name; nothing when there is none.
  [[nodiscard]] Result<std::optional<StrategyVersion>> strategy(std::string_view name) const;
  // All versions, oldest first.
  [[nodiscard]] Result<std::vector<StrategyVersion>> strategy_history() const;

  [[nodiscard]] Result<std::optional<std::string>> setting(std::string_view name) const;
  [[nodiscard]] Result<void> set_setting(std::string_view name, std::string_view value);

  // --- Lists that were shown, and what users say of them ---

  // Adds a list, or takes the place of the one that `user` got under the same request; returns its
  // id. A user that nobody described is made bare. `list.id` and `list.user` are not read. Errors:
  // invalid_argument, for an empty user, request or strategy.
  [[nodiscard]] Result<std::int64_t> append_list(std::string_view user, const ShownList& list);
  // What the user got under this request; nothing when there is none.
  [[nodiscard]] Result<std::optional<ShownList>> find_list(UserIndex user,
                                                           std::string_view request) const;
  // One user's, oldest first.
  [[nodiscard]] Result<std::vector<ShownList>> user_lists(UserIndex user) const;
  // All of them, oldest first.
  [[nodiscard]] Result<std::vector<ShownList>> read_lists() const;
  [[nodiscard]] Result<std::size_t> list_count() const;

  // Adds a score; returns its id. `score.id` and `score.user` are not read. Errors:
  // invalid_argument for an empty user and for a score beyond 1 to 5.
  [[nodiscard]] Result<std::int64_t> append_score(std::string_view user,
                                                  const SatisfactionScore& score);
  // All of them, oldest first.
  [[nodiscard]] Result<std::vector<SatisfactionScore>> read_scores() const;

  // --- Care ---

  // What is damaged, a line each; empty when nothing is. Reads everything.
  [[nodiscard]] Result<std::vector<std::string>> verify() const;

  // Writes a whole copy, of one moment, to `path` while others write. Errors: invalid_argument when
  // `path` is there.
  [[nodiscard]] Result<void> copy_to(const std::filesystem::path& path) const;

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

// One transaction of many batches, for files of any size. Nothing is kept unless commit() succeeds.
// Must not outlive its store; one thread at a time.
class Store::Import {
 public:
  ~Import();
  Import(Import&&) noexcept;
  Import& operator=(Import&&) noexcept;

  // As Store::write(). Events are held back and written in the order of their key, so `records`
  // need not live on. After an error, the import can only be dropped.
  [[nodiscard]] Result<void> write(const Records& records);

  // Makes everything durable. To be called once, last.
  [[nodiscard]] Result<WriteReport> commit();

 private:
  friend class Store;
  struct State;
  explicit Import(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace limn
