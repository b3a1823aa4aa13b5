#include "limn/core/cpu.h"

#include <array>

namespace limn {

Isa best_isa() {
  static const Isa best = [] {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
      return Isa::avx512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Isa::avx2;
    return Isa::plain;
  }();
  return best;
}

std::span<const Isa> supported_isas() {
  static constexpr std::array all{Isa::plain, Isa::avx2, Isa::avx512};
  return std::span(all).first(static_cast<std::size_t>(best_isa()) + 1);
}

std::string_view isa_name(Isa isa) {
  switch (isa) {
    case Isa::plain: return "plain";
    case Isa::avx2: return "avx2";
    case Isa::avx512: return "avx512";
  }
  return "plain";
}

}  // namespace limn
