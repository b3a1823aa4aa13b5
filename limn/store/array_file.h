// One array of a generation as a file: a header of 64 bytes, then the array's bytes. For this
// layer's sources only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "limn/core/file.h"
#include "limn/core/json.h"
#include "limn/core/result.h"

namespace limn {

enum class ArrayType : std::uint32_t {
  matrix = 1,  // shape: rows, cols; float32, row-major
  sparse,      // shape: rows, cols, nonzeros; offsets (uint64), values (float32), indices (uint32)
  strings,     // shape: strings, bytes; offsets (uint64), then the bytes
  floats,      // shape: values; so are all that follow
  doubles,
  uint32s,
  int64s,
  uint64s,
  bytes,
};

[[nodiscard]] std::string_view name_of(ArrayType type);

// What a file begins with; little-endian, as every machine that limn is built for. 64 bytes, so
// that the array after it stays aligned to a cache line.
struct ArrayHeader {
  std::uint64_t magic = 0x31796172726e696c;  // "linrray1"
  ArrayType type = ArrayType::bytes;
  std::uint32_t byte_order = 0x01020304;
  std::array<std::uint64_t, 3> shape = {};
  std::uint64_t payload_bytes = 0;
  std::uint64_t payload_checksum = 0;  // XXH3
  std::uint64_t header_checksum = 0;   // XXH3 of the fields before
};
static_assert(sizeof(ArrayHeader) == 64);

// Writes and syncs a file whose array is `parts`, one after the other. Returns its header. Errors:
// unavailable.
[[nodiscard]] Result<ArrayHeader> write_array_file(
    const std::filesystem::path& path, ArrayType type, std::array<std::uint64_t, 3> shape,
    std::span<const std::span<const std::byte>> parts);

// A file whose header was checked, and, when asked for, its array against the checksum.
struct ArrayFile {
  ArrayHeader header;
  MemoryMap map;

  [[nodiscard]] std::span<const std::byte> payload() const {
    return map.bytes().subspan(sizeof(ArrayHeader));
  }
};

// Errors: not_found, unavailable; corrupt, naming the file.
[[nodiscard]] Result<ArrayFile> open_array_file(const std::filesystem::path& path, bool verify);

}  // namespace limn
