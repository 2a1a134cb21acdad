// Two digests side by side: of what the library gives and of what it must give, and where they
// first part. 64-bit FNV-1a; random numbers and nothing else in here.
//
// Source   http://www.isthe.com/chongo/tech/comp/fnv/ (FNV-1a); D. Knuth, MMIX (the generator)
#pragma once

#include <bit>
#include <cstdint>
#include <iostream>
#include <string>

/// A linear congruential generator: its high bits are random enough, and the same everywhere.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint32_t bits() {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return static_cast<std::uint32_t>(state_ >> 32);
    }
    /// In [low, high].
    std::int32_t integer(std::int32_t low, std::int32_t high) {
        const auto choices = static_cast<std::uint32_t>(high - low + 1);
        return low + static_cast<std::int32_t>(bits() % choices);
    }
    /// A finite float32 of either sign with 24 random bits and an exponent in [low, high].
    float real(int low, int high) {
        const auto field = static_cast<std::uint32_t>(integer(low, high) + 127);
        const std::uint32_t random = bits();
        return std::bit_cast<float>((random & 0x807fffffU) | (field << 23));
    }
    float positive(int low, int high) {
        return std::bit_cast<float>(std::bit_cast<std::uint32_t>(real(low, high)) & 0x7fffffffU);
    }

private:
    std::uint64_t state_;
};

class Record {
public:
    explicit Record(std::string name) : name_(std::move(name)) {}

    /// What the library gave and what it must give.
    void add(std::uint64_t library, std::uint64_t reference) {
        fold(library_, library);
        fold(reference_, reference);
        if (library != reference && differing_++ == 0) first_ = count_;
        ++count_;
    }
    void add(std::int64_t library, std::int64_t reference) {
        add(static_cast<std::uint64_t>(library), static_cast<std::uint64_t>(reference));
    }
    void add(float library, std::uint32_t reference_bits) {
        add(std::uint64_t{std::bit_cast<std::uint32_t>(library)}, std::uint64_t{reference_bits});
    }
    /// What only the committed number vouches for.
    void add(double library) {
        const auto bits = std::bit_cast<std::uint64_t>(library);
        add(bits, bits);
    }

    /// Prints both and compares them with the committed number.
    [[nodiscard]] bool agrees(std::uint64_t committed) const {
        std::cout << name_ << ": " << count_ << " values, library " << std::hex << library_
                  << ", reference " << reference_ << ", committed " << committed << std::dec;
        if (differing_ > 0) {
            std::cout << "; " << differing_ << " values differ, the first is number " << first_;
        }
        const bool good = differing_ == 0 && library_ == committed;
        std::cout << (good ? "\n" : "  <-- WRONG\n");
        return good;
    }

private:
    static void fold(std::uint64_t& digest, std::uint64_t value) {
        for (int i = 0; i < 8; ++i, value >>= 8)
            digest = (digest ^ (value & 0xff)) * 1099511628211U;
    }

    std::string name_;
    std::uint64_t library_ = 14695981039346656037U;
    std::uint64_t reference_ = 14695981039346656037U;
    std::uint64_t count_ = 0;
    std::uint64_t differing_ = 0;
    std::uint64_t first_ = 0;
};
