// The texts of a published split's items.
#pragma once

#include <filesystem>

#include "limn/core/result.h"
#include "limn/eval/split_files.h"

namespace limn {

// Adds the items of JSON lines {"id": .., "text": ..} or of a RecBole .item file, all of whose
// other columns are text, to `published`. Errors: not_found, unavailable; corrupt, naming file and
// line.
[[nodiscard]] Result<void> read_split_items(const std::filesystem::path& path,
                                            PublishedSplit& published);

}  // namespace limn
