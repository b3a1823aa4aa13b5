// Source: one file to read, and what it was found to be.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/file.h"
#include "limn/core/result.h"
#include "limn/ingest/fields.h"
#include "limn/ingest/intake.h"

namespace limn {

// What a file is good for.
enum class Part {
  rows,       // records
  tag_words,  // HetRec's tags.dat: the words of numbered tags
  links,      // MovieLens' links.csv: more of the items
  unread,     // known, and of no use here; `reason` says why
  unknown,    // no format fits; `reason` says why
};

struct Source {
  std::filesystem::path path;
  Part part = Part::unknown;
  Format format = Format::automatic;
  RecordKind kind = RecordKind::automatic;  // automatic: each row says
  NameHint hint;
  std::string reason;
  std::string stdin_bytes;  // all of them, where the path is -

  [[nodiscard]] std::string name() const { return path == "-" ? "stdin" : path.string(); }
};

// The bytes of a source: mapped, or what stdin held.
struct OpenSource {
  MemoryMap map;
  std::string_view text;  // without a byte order mark; of stdin's it points into the source
};

// Errors: not_found, unavailable.
[[nodiscard]] Result<OpenSource> open_source(const Source& source);

// What a file of this name and text is. `options` may say its format and kind.
[[nodiscard]] Source recognise(const std::filesystem::path& path, std::string_view text,
                               const ReadOptions& options);

// All files that are meant, users and items first, events last. Notes what a folder holds besides.
//
// Errors: not_found, unavailable; invalid_argument for a file that was named and is not recognised.
[[nodiscard]] Result<std::vector<Source>> find_sources(std::span<const std::filesystem::path> paths,
                                                       Intake& intake);

}  // namespace limn
