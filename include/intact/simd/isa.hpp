// The instruction sets that kernels are written for, and which of them is used.
//
// A kernel is used if this machine runs it, the best first; INTACT_ISA=avx2 in the environment caps
// the choice. Where a folder has no kernel for an instruction set, its next plainer one runs: what
// works element by element knows portable, neon, avx2 and avx512_bw. A name that is unknown or that
// this machine lacks is an error which lists the choices.
//
// Errors   std::runtime_error  INTACT_ISA names no instruction set of this machine
#pragma once

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "intact/simd/detect.hpp"

namespace intact::simd {

/// Plainest first. One name stands for all that its kernels may use:
///   sse41        SSE4.1 and what came before     neon          what every AArch64 has
///   avx2         AVX2 and FMA                    neon_dotprod  sdot, udot
///   avx_vnni     vpdpbusd on 256 bits            neon_i8mm     smmla, ummla, usmmla
///   avx512_bw    AVX-512 F, BW, DQ, VL
///   avx512_vnni  vpdpbusd on 512 bits
///   amx_int8     tiles, avx512_vnni and vpermb
enum class Isa {
    portable,
    neon,
    neon_dotprod,
    neon_i8mm,
    sse41,
    avx2,
    avx_vnni,
    avx512_bw,
    avx512_vnni,
    amx_int8
};

inline constexpr std::array all_isas{
    Isa::portable, Isa::neon,     Isa::neon_dotprod, Isa::neon_i8mm,   Isa::sse41,
    Isa::avx2,     Isa::avx_vnni, Isa::avx512_bw,    Isa::avx512_vnni, Isa::amx_int8};

[[nodiscard]] constexpr const char* name(Isa isa) noexcept {
    constexpr std::array names{"portable", "neon",     "neon_dotprod", "neon_i8mm",   "sse41",
                               "avx2",     "avx_vnni", "avx512_bw",    "avx512_vnni", "amx_int8"};
    static_assert(names.size() == all_isas.size());
    return names[static_cast<std::size_t>(isa)];
}

/// Whether this machine runs code compiled for `isa`.
[[nodiscard]] inline bool supports(Isa isa) noexcept {
    const Features& found = features();
    switch (isa) {
        case Isa::portable:
            return true;
        case Isa::neon:
            return found.neon;
        case Isa::neon_dotprod:
            return found.neon_dotprod;
        case Isa::neon_i8mm:
            return found.neon_i8mm;
        case Isa::sse41:
            return found.sse41;
        case Isa::avx2:
            return found.avx2;
        case Isa::avx_vnni:
            return found.avx_vnni;
        case Isa::avx512_bw:
            return found.avx512_bw;
        case Isa::avx512_vnni:
            return found.avx512_vnni;
        case Isa::amx_int8:
            return found.amx_int8;
    }
    return false;
}

namespace detail {

/// What the processor has and may not use, in words.
inline const char* refused(const Features& found) noexcept {
    return found.is_amx_refused ? " (amx_int8 too, but the system gives no permission)" : "";
}

}  // namespace detail

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
                             choices + detail::refused(features()) + ", given " +
                             std::string(wanted));
}

/// The last of all_isas that this machine runs.
[[nodiscard]] inline Isa best() noexcept {
    Isa found = Isa::portable;
    for (const Isa isa : all_isas) {
        if (supports(isa)) found = isa;
    }
    return found;
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
        return wanted != nullptr ? isa_named(wanted) : best();
    }();
    return isa;
}

/// The first of `kernels` (best first, each with a member `isa`, the last one portable) that
/// `limit` allows and this machine runs.
template <class Kernels>
[[nodiscard]] const auto& best_of(const Kernels& kernels, Isa limit) noexcept {
    auto kernel = kernels.begin();
    while (kernel->isa > limit || !supports(kernel->isa)) ++kernel;
    return *kernel;
}

/// One line: what this machine offers, what is used and why, for the first line of a program's
/// output.
[[nodiscard]] inline std::string describe() {
    std::string line = "instruction sets";
    const char* before = ": ";
    for (const Isa isa : all_isas) {
        if (!supports(isa)) continue;
        line.append(before).append(name(isa));
        before = ", ";
    }
    line.append(detail::refused(features()));
    const char* why = detail::wanted() != nullptr ? " (INTACT_ISA asks for it)" : " (the best)";
    line.append("; used: ").append(name(selected()));
    // Tiles are not worth their configuration where there is little to multiply.
    if (selected() == Isa::amx_int8)
        line.append(", for small products ").append(name(Isa::avx512_vnni));
    return line.append(why);
}

}  // namespace intact::simd
