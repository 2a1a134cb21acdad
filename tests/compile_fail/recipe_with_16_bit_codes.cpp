// expect: intact: a network runs on codes of at most 8 bits
#include "intact/nn/recipe.hpp"

#ifdef VALID
using Code = std::uint8_t;
#else
using Code = std::uint16_t;
#endif

using Weights = intact::SymmetricQuantizer<std::int8_t, intact::PerChannel<0>>;
intact::StaticRecipe<Weights, intact::AffineQuantizer<Code>> recipe;
