// manifest.json of a generation, and the file that names the current one. For this layer's sources
// only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "limn/core/json.h"
#include "limn/core/result.h"
#include "limn/store/array_file.h"

namespace limn {

// What a manifest holds: the build's own words, and the header of every array by name.
struct Manifest {
  JsonObject words;
  std::map<std::string, ArrayHeader, std::less<>> arrays;
};

// Of a-z, 0-9, '_' and '.', at least one: what an array may be called, and safe as a file name.
[[nodiscard]] bool is_array_name(std::string_view name);

// DATA/generations, and the folder of one generation in it.
[[nodiscard]] std::filesystem::path generations_folder(const std::filesystem::path& data_folder);
[[nodiscard]] std::filesystem::path generation_folder(const std::filesystem::path& data_folder,
                                                      std::uint64_t number);

// Writes and syncs `folder`/manifest.json. Errors: unavailable.
[[nodiscard]] Result<void> write_manifest(const std::filesystem::path& folder,
                                          const Manifest& manifest);

// Of an array, its header's type, shape, size and checksum of the payload. Errors: not_found,
// corrupt.
[[nodiscard]] Result<Manifest> read_manifest(const std::filesystem::path& folder);

// Writes DATA/current, whole or not at all. Errors: unavailable.
[[nodiscard]] Result<void> write_current(const std::filesystem::path& data_folder,
                                         std::uint64_t number);

}  // namespace limn
