// Whole files: read at once, mapped, or written so that a crash leaves the old one or the new one.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "limn/core/result.h"

namespace limn {

// The bytes of a file. Errors: not_found, unavailable.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path);

// Writes beside `path`, syncs, renames over it, and syncs the folder. Errors: unavailable.
[[nodiscard]] Result<void> write_file_atomically(const std::filesystem::path& path,
                                                 std::string_view bytes);

// Makes a folder's entries survive a power cut. Errors: unavailable.
[[nodiscard]] Result<void> sync_folder(const std::filesystem::path& folder);

// The last part of a path, whether or not it ends in a slash.
[[nodiscard]] std::string last_part(const std::filesystem::path& path);

// A file's bytes, mapped read-only for as long as this lives. Movable; the bytes do not move with
// it.
class MemoryMap {
 public:
  MemoryMap() = default;
  ~MemoryMap();
  MemoryMap(MemoryMap&& other) noexcept;
  MemoryMap& operator=(MemoryMap&& other) noexcept;

  // Errors: not_found, unavailable. An empty file maps to no bytes.
  [[nodiscard]] static Result<MemoryMap> open(const std::filesystem::path& path);

  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  [[nodiscard]] std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

  // Gives back the memory of what was read so far; what is read again comes from the file again.
  void release() const;

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace limn
