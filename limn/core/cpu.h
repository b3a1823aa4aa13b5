// What the processor can do; the kernels are chosen by it at run time.
#pragma once

#include <span>
#include <string_view>

namespace limn {

// Instruction sets our kernels are built for, from the baseline up.
enum class Isa { plain, avx2, avx512 };

// The best of them that this processor and its operating system support.
[[nodiscard]] Isa best_isa();

// All of them that this processor supports, the plain one first. For tests that hold each against
// it.
[[nodiscard]] std::span<const Isa> supported_isas();

[[nodiscard]] std::string_view isa_name(Isa isa);

// Instruction sets that differ in how they multiply numbers of 16 and of 8 bits: in one instruction
// per register with VNNI (8 bits) and AVX512-BF16, by tiles with AMX.
enum class DotIsa { plain, avx2, avx_vnni, avx512_vnni, avx512_bf16, amx };

// The best of them here. The first call asks the operating system for AMX's tiles, which it gives
// to the whole process.
[[nodiscard]] DotIsa best_dot_isa();

// All of them that can be used here, the plain one first.
[[nodiscard]] std::span<const DotIsa> supported_dot_isas();

[[nodiscard]] std::string_view dot_isa_name(DotIsa isa);

}  // namespace limn
