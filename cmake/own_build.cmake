# Settings of our own tests, examples and benchmarks; nothing here reaches a user of intact.

# Every target of ours links intact_warnings. --compile-no-warning-as-error lifts the last word.
add_library(intact_warnings INTERFACE)
target_compile_options(intact_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
    # GCC 12 imagines overlaps inside std::string at -O3.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
# What is compiled for exactly this processor. GCC 12 finds uninitialized values in its own AVX-512
# headers, through Eigen.
set(intact_native_options -O3 -march=native $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
if(NOT DEFINED CMAKE_COMPILE_WARNING_AS_ERROR)
    set(CMAKE_COMPILE_WARNING_AS_ERROR ON)
endif()

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_EXTENSIONS OFF)
