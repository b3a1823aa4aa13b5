// Published splits: files that others made, so that figures can be compared with theirs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/id_map.h"
#include "limn/core/result.h"
#include "limn/eval/splits.h"

namespace limn {

enum class SplitFormat {
  adjacency,  // a line: `user item item ...`
  sequences,  // the same, in order of time; alone (no test file) it is cut leave-one-out
  pairs,      // a line: `user item [value [time]]`
  recbole,    // a header `user_id:token <tab> item_id:token ...`, then a row a line; with a column
              // item_id_list (`item item ...`, oldest first) that is the past and item_id the test
  counted,    // a line: `count item item ...`; the user is the line's number, from 0
};

// Reads a name as above. Errors: invalid_argument.
[[nodiscard]] Result<SplitFormat> parse_split_format(std::string_view name);

struct SplitFiles {
  std::filesystem::path train;
  std::filesystem::path test;   // may be empty: sequences are cut leave-one-out; of the other
                                // formats all is train, to be cut with split_events()
  std::filesystem::path valid;  // may be empty
  std::filesystem::path items;  // may be empty: JSONL {"id":..,"text":..} or a RecBole .item file
  // May be empty: lines `user item item ...`. Then only these and the user's test items are ranked.
  std::filesystem::path candidates;
  std::size_t candidate_count = 0;  // how many of each line are taken; 0: all
  SplitFormat format = SplitFormat::adjacency;
};

struct PublishedSplit {
  IdMap users;
  IdMap items;  // of every file, numbered in the order they are met: train, valid, test, items
  // `weight` is the value where the file has one, else 1; `time` the time, else the epoch; `event`
  // counts all rows, file after file, in the order they stand.
  Split split;
  bool has_values = false;              // some file has a column of values
  bool has_times = false;               // every file has times, or an order that stands for them
  std::vector<std::string> item_texts;  // (items); empty texts without an items file
  // (users), each distinct and ascending, or empty: then the whole catalogue is ranked.
  std::vector<std::vector<ItemIndex>> candidates;
};

// Reads the files of one split. Memory: the files are mapped, the result is some 32 bytes an event.
//
// Lists come out oldest first where there are times, else in file order. A byte order mark, CRLF
// and empty lines are read over. Errors: not_found, unavailable; corrupt, naming file and line, for
// a wrong number of fields, an id of more than 256 bytes or with control characters, a value that
// is no finite number, a time that is none, a count that is not the line's.
[[nodiscard]] Result<PublishedSplit> read_split(const SplitFiles& files);

}  // namespace limn
