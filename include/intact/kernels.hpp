// All kernels, for the one translation unit of a program that compiles them apart:
//
//   // kernels.cpp
//   #include <intact/kernels.hpp>
//
// with INTACT_KERNELS_APART defined for every unit. The others then compile faster: without it each
// unit that includes intact holds its own copy. Nothing else changes.
#pragma once

#if !defined(INTACT_KERNELS_APART)
#error \
    "intact: define INTACT_KERNELS_APART for the whole program; without it kernels are everywhere"
#endif

#include "intact/elementwise/kernels/all.hpp"
#include "intact/gemm/kernels/all.hpp"
#include "intact/nn/kernels/all.hpp"
