# cmake -DCOMPILER=... -DINCLUDES=<folders> -DEIGEN=<header to make> -P precompile.cmake
#
# Precompiles Eigen, most of what each case parses, to <header>.gch, where GCC and Clang look for it
# if told to include <header>.
cmake_minimum_required(VERSION 3.25)

list(TRANSFORM INCLUDES PREPEND -I)
file(WRITE ${EIGEN} "#include <unsupported/Eigen/CXX11/Tensor>\n")
execute_process(
    COMMAND ${COMPILER} -std=c++20 ${INCLUDES}
        -x c++-header ${EIGEN} -o ${EIGEN}.gch
    COMMAND_ERROR_IS_FATAL ANY)
