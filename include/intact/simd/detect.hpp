// What this processor and its operating system offer, found once at run time.
//
// An instruction set counts only if the system saves its registers (XGETBV, and for tiles a
// permission that Linux gives on request). Compilers' own detection lacks AVX-VNNI or AMX.
//
// Source   Intel SDM volume 2A, CPUID leaves 1, 7 and 1DH; volume 1, section 14.3 (XGETBV before
//          AVX); AMD APM volume 3, CPUID function 0; Linux, Documentation/arch/x86/xstate.rst
//          (ARCH_REQ_XCOMP_PERM); Documentation/arch/arm64/elf_hwcaps.rst
#pragma once

#include <cstdint>

#include "intact/simd/target.hpp"

#if INTACT_X86
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#elif INTACT_ARM && defined(__linux__)
#include <sys/auxv.h>
#endif

namespace intact::simd {

/// One member for each instruction set of simd::Isa, and what a choice between two ways needs.
struct Features {
    bool neon = false;
    bool neon_dotprod = false;
    bool neon_i8mm = false;
    bool sse41 = false;
    bool avx2 = false;
    bool avx_vnni = false;
    bool avx512_bw = false;
    bool avx512_vnni = false;
    bool amx_int8 = false;
    /// Whether the processor has all of amx_int8, but the system gives no permission for tiles.
    bool is_amx_refused = false;
    /// Whether logical operations take no time from two 512-bit products a cycle, or one: AMD's
    /// processors have pipes for both, Intel's have two for all.
    bool has_spare_vector_pipes = false;
};

namespace detail {

constexpr bool bit(std::uint64_t value, int index) noexcept { return (value >> index & 1U) != 0; }

#if INTACT_X86

struct Cpuid {
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::uint32_t c = 0;
    std::uint32_t d = 0;

    Cpuid(std::uint32_t leaf, std::uint32_t subleaf) noexcept {
        if (__get_cpuid_count(leaf, subleaf, &a, &b, &c, &d) == 0) a = b = c = d = 0;
    }
};

/// Register state that the operating system saves: bits of XCR0, 0 where it saves none.
inline std::uint64_t saved_state(const Cpuid& leaf1) noexcept {
    if (!bit(leaf1.c, 27)) return 0;  // OSXSAVE
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (std::uint64_t{high} << 32) | low;
}

/// Whether the processor has eight tiles of 16 rows of 64 bytes.
inline bool has_large_tiles() noexcept {
    const Cpuid palette(0x1d, 1);
    return (palette.b & 0xffffU) >= 64 && palette.b >> 16 >= 8 && (palette.c & 0xffffU) >= 16;
}

/// Asks whether this process may use tiles.
inline bool may_use_tiles() noexcept {
#if defined(__linux__) && defined(SYS_arch_prctl)
    constexpr long request_permission = 0x1023;  // ARCH_REQ_XCOMP_PERM
    constexpr long tile_data = 18;
    return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
#else
    return false;
#endif
}

inline Features detect() noexcept {
    Features found;
    const Cpuid leaf1(1, 0);
    const Cpuid leaf7(7, 0);
    const std::uint64_t saved = saved_state(leaf1);
    const auto saves = [saved](std::uint64_t state) { return (saved & state) == state; };

    found.sse41 = bit(leaf1.c, 19);
    const bool has_fma = bit(leaf1.c, 12);
    found.avx2 = has_fma && bit(leaf7.b, 5) && saves(0x6);
    found.avx_vnni = found.avx2 && leaf7.a >= 1 && bit(Cpuid(7, 1).a, 4);
    const bool has_f_dq_bw_vl =
        bit(leaf7.b, 16) && bit(leaf7.b, 17) && bit(leaf7.b, 30) && bit(leaf7.b, 31);
    found.avx512_bw = found.avx2 && has_f_dq_bw_vl && saves(0xe6);
    found.avx512_vnni = found.avx512_bw && bit(leaf7.c, 11);
    const bool has_byte_permutes = bit(leaf7.c, 1);
    const bool has_tiles =
        bit(leaf7.d, 24) && bit(leaf7.d, 25) && saves(0x60000) && has_large_tiles();
    const Cpuid vendor(0, 0);
    found.has_spare_vector_pipes = vendor.b == 0x68747541U;  // "Auth", of AuthenticAMD
    const bool has_amx = found.avx512_vnni && has_byte_permutes && has_tiles;
    found.amx_int8 = has_amx && may_use_tiles();
    found.is_amx_refused = has_amx && !found.amx_int8;
    return found;
}

#elif INTACT_ARM

inline Features detect() noexcept {
    Features found;
    found.neon = true;
#if defined(__linux__)
    found.neon_dotprod = bit(getauxval(AT_HWCAP), 20);                      // HWCAP_ASIMDDP
    found.neon_i8mm = found.neon_dotprod && bit(getauxval(AT_HWCAP2), 13);  // HWCAP2_I8MM
#endif
    return found;
}

#else

inline Features detect() noexcept { return {}; }

#endif

}  // namespace detail

/// What this machine offers, found at the first call. Asks for the permission to use tiles then.
[[nodiscard]] inline const Features& features() noexcept {
    static const Features found = detail::detect();
    return found;
}

}  // namespace intact::simd
