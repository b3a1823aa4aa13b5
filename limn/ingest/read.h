// read_files: files of the field to users, items, events and edges; repaired or refused, and
// counted.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/result.h"
#include "limn/core/types.h"

namespace limn {

enum class Format {
  automatic,      // found from each file's name and header
  csv,            // RFC 4180 and its neighbours: , ; tab or | between cells
  jsonl,          // one JSON object a line
  recbole,        // RecBole's atomic files: .inter, .item, .user
  movielens,      // ratings.csv, movies.csv, tags.csv, links.csv; u.data, u.item, u.user
  stackexchange,  // a site's dump: Posts.xml, Comments.xml, Users.xml, Votes.xml
  retailrocket,   // events.csv, or one file of visitor and item a kind of event
  hetrec,         // the tab-separated .dat files of HetRec 2011
  gorse,          // Gorse's bulk export, JSON lines
  limn,           // what `limn export` writes; see record_lines.h
};

enum class RecordKind { automatic, users, items, events, edges };

// "csv", "automatic" (also read from "auto"), ...; nothing for another word.
[[nodiscard]] std::optional<Format> parse_format(std::string_view name);
[[nodiscard]] std::string_view name_of(Format format);

// "users", "items", "events", "edges", "automatic" (also read from "auto"); nothing for another.
[[nodiscard]] std::optional<RecordKind> parse_record_kind(std::string_view name);
[[nodiscard]] std::string_view name_of(RecordKind kind);

// Some records, in the order of the file. To be stored users first, then items, edges, events.
struct Batch {
  std::vector<User> users;
  std::vector<Item> items;
  std::vector<Event> events;
  std::vector<Edge> edges;

  [[nodiscard]] std::size_t size() const {
    return users.size() + items.size() + events.size() + edges.size();
  }
};

// A record that was not taken, and why.
struct Refusal {
  std::string file;
  std::size_t line = 0;  // where the record starts, counted from 1 in physical lines; 0: the file
  std::string field;     // the column or key as the file calls it; empty where the row is at fault
  std::string reason;    // lower case, no full stop

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

struct RecordCounts {
  std::size_t read = 0;      // found in the files, refused ones included
  std::size_t repaired = 0;  // taken after a repair
  std::size_t flagged = 0;   // taken as they are, but worth a look
  std::size_t refused = 0;   // not taken

  [[nodiscard]] std::size_t taken() const { return read - refused; }
};

struct ImportReport {
  RecordCounts users, items, events, edges;
  std::map<std::string, std::size_t> repairs;  // by name, as docs/formats.md lists them
  std::map<std::string, std::size_t> flags;
  std::vector<Refusal> refusals;   // the first 100
  std::size_t refusal_count = 0;   // all; more than the sum above where a row's kind is not known
  std::vector<std::string> notes;  // files and columns that were passed over, each named once
};

struct ReadOptions {
  Format format = Format::automatic;
  RecordKind kind = RecordKind::automatic;  // what CSV and JSONL rows are, where headers cannot say
  std::size_t batch_size = 50'000;          // records in one batch, at most

  // A `rate` event outside is refused. Films and books are rated to 5 or 10, 0 stands for
  // "not rated" in some sets of books, and nothing read so far went beyond these.
  double min_rating = 0;
  double max_rating = 10;

  // An event without a time takes that of the row before it plus 1 ms; the first row of a file
  // takes this.
  Time missing_time{};
  // Events after it are flagged `future_time`; nothing: none are.
  std::optional<Time> latest_time;

  // All refusals, as CSV with the columns file, line, field, reason. Written when there is one.
  std::optional<std::filesystem::path> refusals_path;

  // Takes the lines of a `limn` file whose type is none of user, item, event and edge (consents).
  // Without it they are refused.
  std::function<Result<void>(std::string_view type, std::string_view json)> other_record;
};

using BatchSink = std::function<Result<void>(Batch&&)>;

// Reads every file and hands its records to `sink` in batches, users and items before events where
// the files allow it. A folder stands for all its files that are recognised (subfolders are not
// entered), `-` for stdin, which is read whole; other files are mapped, and one batch is held.
//
// A bad row is refused and counted and never loses another. Users and items that only events name
// are not made here, and duplicate events are not looked for: the store does both, as only it has
// seen all batches. Texts keep their markup; layer text strips it.
//
// Errors: not_found and unavailable for a file that cannot be read; invalid_argument for one whose
// format or columns do not fit; interrupted; and whatever `sink` returns.
[[nodiscard]] Result<ImportReport> read_files(std::span<const std::filesystem::path> files,
                                              const ReadOptions& options, const BatchSink& sink);

}  // namespace limn
