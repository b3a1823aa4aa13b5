// Runs: what recommenders made elsewhere answered, to be measured by the same rules as our own, and
// the values of single users, for whoever wants to check ours.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "limn/core/id_map.h"
#include "limn/core/result.h"
#include "limn/core/top_k.h"
#include "limn/eval/protocol.h"

namespace limn {

// One recommender's scored items, user by user.
struct GivenRun {
  std::string name;
  std::vector<std::vector<Scored>> lists;  // (users), as they stand in the file
};

// Reads a run: a line `user item score`, or the six columns of TREC, `user Q0 item rank score name`
// (the rank is not read: the score decides, and equal scores are ties). Spaces or tabs; a byte
// order mark, CRLF and empty lines are read over.
//
// Errors: not_found, unavailable; corrupt, naming file and line, for a wrong number of columns, a
// user or item that the split does not have, a score that is no finite number, and an item that a
// user has twice.
[[nodiscard]] Result<GivenRun> read_run(const std::filesystem::path& path, std::string name,
                                        const IdMap& users, const IdMap& items);

// Scores what the run lists, and nothing else. The run is borrowed.
[[nodiscard]] NamedScorer scorer_of(const GivenRun& run);

// Tab-separated lines `user recommender metric value` under that header, values as exact as doubles
// are: all that intervals and tests are made of. `user_ids` names the report's ranked users, in
// their order.
[[nodiscard]] std::string per_user_table(const EvaluationReport& report,
                                         const std::vector<std::string>& user_ids);

}  // namespace limn
