// expect: intact: activations inside a network have one scale a tensor
#include "intact/nn/recipe.hpp"

#ifdef VALID
using Granularity = intact::PerTensor;
#else
using Granularity = intact::PerChannel<1>;
#endif

using Weights = intact::SymmetricQuantizer<std::int8_t, intact::PerChannel<0>>;
intact::StaticRecipe<Weights, intact::AffineQuantizer<std::uint8_t, Granularity>> recipe;
