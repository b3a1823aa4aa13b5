// XXH3: the checksum of files and the fingerprint of texts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace limn {

[[nodiscard]] std::uint64_t hash64(std::span<const std::byte> bytes, std::uint64_t seed = 0);
[[nodiscard]] std::uint64_t hash64(std::string_view text, std::uint64_t seed = 0);

// Sixteen lower-case hexadecimal digits.
[[nodiscard]] std::string to_hex(std::uint64_t value);

}  // namespace limn
