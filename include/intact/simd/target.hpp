// Compiles one function for an instruction set that the rest of the program does not assume.
//
// Put the attribute on every function of a kernel file that touches a vector type:
//
//   INTACT_TARGET("avx2,fma") inline void minmax(const float* x, ...) { ... _mm256_... }
//
// Rules:
//   1. A lambda does not inherit the attribute: write a named helper that carries it.
//   2. Vector types never cross a function without the attribute: pass pointers.
//   3. The attribute never wraps an #include: shared inline code must stay baseline.
//   4. One feature string per file: compilers refuse to inline across different ones.
//   5. AVX-512 forms with a mask of all lanes stand where GCC 12 warns of the plain ones, whose
//      unused operand it takes from a variable that nobody set: _mm512_maskz_max_pd(0xff, a, b).
//      A pragma would not do: link-time optimization forgets it.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__)
#define INTACT_X86 1
#else
#define INTACT_X86 0
#endif

#if defined(__aarch64__) && defined(__GNUC__) && !defined(__AARCH64EB__)
#define INTACT_ARM 1
#else
#define INTACT_ARM 0
#endif

// A program that emulates the instructions (the tests do) defines these itself.
#if !defined(INTACT_TARGET)
#if INTACT_X86 || INTACT_ARM
#define INTACT_TARGET(features) __attribute__((target(features)))
#else
#define INTACT_TARGET(features)
#endif
#endif

// Tells the compiler that a vector, or a mask of lanes, in a register may have changed.
#if !defined(INTACT_NEW_VALUE)
#define INTACT_NEW_VALUE(vector) asm("" : "+v"(vector))
#endif
#if !defined(INTACT_NEW_MASK)
#define INTACT_NEW_MASK(mask) asm("" : "+Yk"(mask))
#endif

// INTACT_TARGET for an extension of AArch64, whose name compilers want in different words.
#if INTACT_ARM
#if defined(__clang__)
#define INTACT_ARM_TARGET(extension) __attribute__((target(extension)))
#else
#define INTACT_ARM_TARGET(extension) __attribute__((target("arch=armv8.2-a+" extension)))
#endif
#endif

// Where the tables of kernels are defined: in every unit that includes intact, or, for a program
// that defines INTACT_KERNELS_APART, in the one that includes intact/kernels.hpp.
#if defined(INTACT_KERNELS_APART)
#define INTACT_KERNEL_TABLE
#else
#define INTACT_KERNEL_TABLE inline
#endif
