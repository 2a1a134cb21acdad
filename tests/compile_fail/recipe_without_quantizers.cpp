// expect: intact: a recipe takes quantizers
#include "intact/nn/recipe.hpp"

#ifdef VALID
using Weights = intact::SymmetricQuantizer<std::int8_t, intact::PerChannel<0>>;
#else
using Weights = std::int8_t;
#endif

intact::StaticRecipe<Weights, intact::AffineQuantizer<std::uint8_t>> recipe;
