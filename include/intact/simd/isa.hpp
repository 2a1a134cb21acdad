// Which instruction sets this processor and its operating system offer, found once at run time.
//
// INTACT_ISA=avx2 in the environment caps the choice; a name that is unknown or that this machine
// lacks is an error which lists the choices.
//
// Errors   std::runtime_error  INTACT_ISA names no instruction set of this machine
// Source   Intel SDM volume 2A, CPUID leaves 1 and 7; volume 1, section 14.3 (XGETBV before AVX).
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "intact/simd/target.hpp"

#if INTACT_X86
#include <cpuid.h>
#endif

namespace intact::simd {

/// Instruction sets that kernels are written for, plainest first.
enum class Isa { portable, avx2, avx512_vnni };

inline constexpr std::array all_isas{Isa::portable, Isa::avx2, Isa::avx512_vnni};

[[nodiscard]] constexpr const char* name(Isa isa) noexcept {
    switch (isa) {
        case Isa::avx2:
            return "avx2";
        case Isa::avx512_vnni:
            return "avx512_vnni";
        case Isa::portable:
            break;
    }
    return "portable";
}

namespace detail {

#if INTACT_X86
/// Register state that the operating system saves: bits of XCR0, 0 where it saves none.
inline std::uint64_t saved_state(std::uint32_t leaf1_ecx) noexcept {
    if ((leaf1_ecx & (1U << 27)) == 0) return 0;  // OSXSAVE
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (std::uint64_t{high} << 32) | low;
}
#endif

/// The best instruction set of this machine; each one includes those before it.
inline Isa find_best() noexcept {
#if INTACT_X86
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::uint32_t c = 0;
    std::uint32_t d = 0;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0) return Isa::portable;
    const bool has_fma = (c & (1U << 12)) != 0;
    const std::uint64_t saved = saved_state(c);
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return Isa::portable;

    const bool has_avx2 = has_fma && (b & (1U << 5)) != 0 && (saved & 0x6U) == 0x6U;
    if (!has_avx2) return Isa::portable;
    const std::uint32_t f_dq_bw_vl = (1U << 16) | (1U << 17) | (1U << 30) | (1U << 31);
    const bool has_avx512 = (b & f_dq_bw_vl) == f_dq_bw_vl && (saved & 0xe6U) == 0xe6U;
    const bool has_vnni = (c & (1U << 11)) != 0;
    return has_avx512 && has_vnni ? Isa::avx512_vnni : Isa::avx2;
#else
    return Isa::portable;
#endif
}

}  // namespace detail

/// Whether this machine runs code compiled for `isa`.
[[nodiscard]] inline bool supports(Isa isa) noexcept {
    static const Isa best = detail::find_best();
    return isa <= best;
}

/// The instruction set of that name; throws std::runtime_error if this machine has none such.
[[nodiscard]] inline Isa isa_named(std::string_view wanted) {
    std::string choices;
    for (const Isa isa : all_isas) {
        if (!supports(isa)) continue;
        if (wanted == name(isa)) return isa;
        choices += choices.empty() ? "" : ", ";
        choices += name(isa);
    }
    throw std::runtime_error("INTACT_ISA: no such instruction set on this machine, expected " +
                             choices + ", given " + std::string(wanted));
}

namespace detail {

/// What INTACT_ISA says, nullptr where it is not set or empty.
inline const char* wanted() noexcept {
    const char* name = std::getenv("INTACT_ISA");
    return name != nullptr && *name != '\0' ? name : nullptr;
}

}  // namespace detail

/// The instruction set to use: the best one of the machine, or what INTACT_ISA asks for.
[[nodiscard]] inline Isa selected() {
    static const Isa isa = [] {
        const char* wanted = detail::wanted();
        return wanted != nullptr ? isa_named(wanted) : detail::find_best();
    }();
    return isa;
}

/// The first of `kernels` (best first, each with a member `isa`) that `limit` allows.
template <class Kernels>
[[nodiscard]] const auto& best_of(const Kernels& kernels, Isa limit) noexcept {
    auto kernel = kernels.begin();
    while (kernel->isa > limit) ++kernel;  // the last one is portable
    return *kernel;
}

/// One line: what this machine offers and what is used, for the first line of a program's output.
[[nodiscard]] inline std::string describe() {
    std::string found;
    for (const Isa isa : all_isas) {
        if (supports(isa)) found += (found.empty() ? "" : ", ") + std::string(name(isa));
    }
    return "instruction sets: " + found + "; used: " + name(selected()) +
           (detail::wanted() != nullptr ? " (INTACT_ISA)" : " (the best)");
}

}  // namespace intact::simd
