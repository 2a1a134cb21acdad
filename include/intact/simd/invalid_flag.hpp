// Whether an operation on floats had no result: the processor notes it, so that loops need not
// look.
//
// Conversions to integers of NaN, infinities and all that does not fit set the flag "invalid" of
// MXCSR, which stays set (Intel SDM volume 1, section 11.5.2). The loop asked about reads and
// writes memory that others can see: no compiler moves that across the assembly, which might change
// it.
//
// Cost     16 ns in all on Zen 4, where 200 conversions take as long
#pragma once

#include <cstdint>

#include "intact/simd/target.hpp"

#if INTACT_X86

namespace intact::simd {

/// Asks about all vector operations of this thread since it was made. The flag is afterwards as if
/// nobody had asked: set if it was, or if an operation set it.
class InvalidFlag {
public:
    InvalidFlag() noexcept : before_(read()) { write(before_ & ~invalid); }
    ~InvalidFlag() {
        if ((before_ & invalid) != 0) write(read() | invalid);
    }
    InvalidFlag(const InvalidFlag&) = delete;
    InvalidFlag& operator=(const InvalidFlag&) = delete;

    [[nodiscard]] bool is_set() const noexcept { return (read() & invalid) != 0; }

private:
    static constexpr std::uint32_t invalid = 1;

    // With a memory clobber, which the intrinsics lack.
    static std::uint32_t read() noexcept {
        std::uint32_t value = 0;
        asm volatile("stmxcsr %0" : "=m"(value) : : "memory");
        return value;
    }
    static void write(std::uint32_t value) noexcept {
        asm volatile("ldmxcsr %0" : : "m"(value) : "memory");
    }

    std::uint32_t before_;
};

}  // namespace intact::simd
#endif
