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

}  // namespace limn
