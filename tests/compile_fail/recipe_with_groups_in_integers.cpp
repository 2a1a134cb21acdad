// expect: intact: scales along the summed dimension cannot leave an integer sum
#include "intact/nn/recipe.hpp"

#ifdef VALID
intact::WeightOnlyRecipe<intact::SymmetricQuantizer<std::int8_t, intact::PerGroup<1, 32>>> recipe;
#else
intact::StaticRecipe<intact::SymmetricQuantizer<std::int8_t, intact::PerGroup<1, 32>>,
                     intact::AffineQuantizer<std::uint8_t>>
    recipe;
#endif
