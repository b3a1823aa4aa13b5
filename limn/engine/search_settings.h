// Searching settings: each part alone, against what users of a validation part liked later.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/engine/model_settings.h"
#include "limn/engine/models.h"

namespace limn {

// A user to try settings on.
struct SearchUser {
  History history;                      // what is known; not decayed
  std::span<const ItemIndex> held_out;  // liked later; not of the history
  std::span<const float> words = {};    // (dim) of what the user wrote; empty where nothing
};

struct SearchOptions {
  std::size_t fits = 3;         // tried for each part; 0: nothing is searched
  std::size_t max_users = 400;  // more are sampled
  std::size_t k = 10;           // NDCG@k is what is looked for
  std::uint64_t seed = 1;
};

// What the search of one part did.
struct PartSearch {
  std::string part;
  std::size_t fits = 0;
  double before = 0;  // NDCG@k with the settings it began with
  double after = 0;   // and with those it ended with
};

struct FoundSettings {
  ModelSettings settings;
  std::vector<PartSearch> parts;
  std::size_t users = 0;  // looked at
  double seconds = 0;
  double ials_dim_alone = 0;  // which ials alone is best with, where the blend is not; else 0
};

// Moves the settings of one part after the other to where it ranks what the users liked later best:
// a coordinate search along each knob's grid, then along that of how soon the part forgets, which
// costs no fit; then how much texts say in ials, which costs one small fit, and is taken up only
// where the users are surely better off. A fit counts as one; where a part's fit takes items^3
// there are fewer of them. The interactions and histories of `training` must not hold what is held
// out. Same input, same answer, on any number of threads, but for the seconds. Errors: those of
// fit_part().
[[nodiscard]] Result<FoundSettings> search_settings(const Training& training,
                                                    std::span<const SearchUser> users,
                                                    const ModelSettings& start,
                                                    const SearchOptions& options);

[[nodiscard]] JsonObject to_json(const FoundSettings& found);

}  // namespace limn
