#include "limn/core/cpu.h"

#include <array>
#include <vector>

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace limn {
namespace {

// What cpuid says in one of leaf 7's registers.
struct Features {
  unsigned edx0 = 0;  // subleaf 0
  unsigned eax1 = 0;  // subleaf 1
};

Features features() {
  Features found;
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0) found.edx0 = edx;
  if (__get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0) found.eax1 = eax;
  return found;
}

// Linux gives the tiles' eight kilobytes of state only to those who ask (since 5.16).
bool granted_tiles() {
  constexpr long ask_for_state = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long tile_data = 18;          // XFEATURE_XTILEDATA
  return ::syscall(SYS_arch_prctl, ask_for_state, tile_data) == 0;
}

std::vector<DotIsa> find_dot_isas() {
  std::vector<DotIsa> found{DotIsa::plain};
  if (best_isa() == Isa::plain) return found;
  const Features cpu = features();
  const auto has = [](unsigned word, unsigned bit) { return (word >> bit & 1) != 0; };
  found.push_back(DotIsa::avx2);
  if (has(cpu.eax1, 4)) found.push_back(DotIsa::avx_vnni);
  if (best_isa() != Isa::avx512 || !__builtin_cpu_supports("avx512vnni")) return found;
  found.push_back(DotIsa::avx512_vnni);
  if (!has(cpu.eax1, 5)) return found;
  found.push_back(DotIsa::avx512_bf16);
  const bool tiles = has(cpu.edx0, 22) && has(cpu.edx0, 24) && has(cpu.edx0, 25);
  if (tiles && granted_tiles()) found.push_back(DotIsa::amx);
  return found;
}

}  // namespace

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

std::span<const DotIsa> supported_dot_isas() {
  static const std::vector<DotIsa> found = find_dot_isas();
  return found;
}

DotIsa best_dot_isa() {
  return supported_dot_isas().back();
}

std::string_view dot_isa_name(DotIsa isa) {
  switch (isa) {
    case DotIsa::plain: return "plain";
    case DotIsa::avx2: return "avx2";
    case DotIsa::avx_vnni: return "avx_vnni";
    case DotIsa::avx512_vnni: return "avx512_vnni";
    case DotIsa::avx512_bf16: return "avx512_bf16";
    case DotIsa::amx: return "amx";
  }
  return "plain";
}

}  // namespace limn
