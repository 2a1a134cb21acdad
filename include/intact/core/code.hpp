// Code types: the integers that stand for real numbers, and their limits.
//
// A code type is std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, or Int<B> / UInt<B> for a
// width of 2 to 8 bits. Int<4> codes are held one to a byte (as std::int8_t) and never leave
// [-8, 7].
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace intact {

/// Signed code of `Bits` bits, 2 to 8, held in a std::int8_t.
template <int Bits>
struct Int {};

/// Unsigned code of `Bits` bits, 2 to 8, held in a std::uint8_t.
template <int Bits>
struct UInt {};

namespace detail {

template <class T>
struct CodeTraits;

template <class Held, int Bits>
struct IntegerCode {
    using Storage = Held;
    static constexpr int bits = Bits;
    static constexpr bool is_signed = std::is_signed_v<Held>;
};

template <>
struct CodeTraits<std::int8_t> : IntegerCode<std::int8_t, 8> {};
template <>
struct CodeTraits<std::uint8_t> : IntegerCode<std::uint8_t, 8> {};
template <>
struct CodeTraits<std::int16_t> : IntegerCode<std::int16_t, 16> {};
template <>
struct CodeTraits<std::uint16_t> : IntegerCode<std::uint16_t, 16> {};
template <int Bits>
struct CodeTraits<Int<Bits>> : IntegerCode<std::int8_t, Bits> {
    static_assert(2 <= Bits && Bits <= 8, "intact::Int<Bits>: a code has 2 to 8 bits");
};
template <int Bits>
struct CodeTraits<UInt<Bits>> : IntegerCode<std::uint8_t, Bits> {
    static_assert(2 <= Bits && Bits <= 8, "intact::UInt<Bits>: a code has 2 to 8 bits");
};

}  // namespace detail

/// A type of codes: 8- and 16-bit integers, Int<B> and UInt<B>.
template <class T>
concept Code = requires {
    detail::CodeTraits<T>::bits;
};

/// The integer type that holds one code of type T in memory.
template <Code T>
using Storage = typename detail::CodeTraits<T>::Storage;

template <Code T>
inline constexpr int code_bits = detail::CodeTraits<T>::bits;

template <Code T>
inline constexpr bool is_signed_code = detail::CodeTraits<T>::is_signed;

/// Lowest code of T.
template <Code T>
inline constexpr std::int32_t qmin = is_signed_code<T> ? -(1 << (code_bits<T> - 1)) : 0;

/// Highest code of T.
template <Code T>
inline constexpr std::int32_t qmax = is_signed_code<T> ? (1 << (code_bits<T> - 1)) - 1
                                                       : (1 << code_bits<T>)-1;

}  // namespace intact
