# cmake -DCOMPILER=... -DINCLUDES=<folders> -DEIGEN=<precompiled> -DSOURCE=<case>.cpp
#     -P refused.cmake
#
# A case is a small program that names what must not compile, and beside it, under #ifdef VALID, the
# nearest thing that must. One comment line says what the first error has to contain:
#
#   // expect: a code has 2 to 8 bits
cmake_minimum_required(VERSION 3.25)

file(STRINGS ${SOURCE} expected REGEX "^// expect: ")
string(REGEX REPLACE "^// expect: " "" expected "${expected}")
if(expected STREQUAL "")
    message(FATAL_ERROR "${SOURCE}: no line '// expect: <text>'")
endif()

list(TRANSFORM INCLUDES PREPEND -I)
set(compile ${CMAKE_COMMAND} -E env LC_ALL=C
    ${COMPILER} -std=c++20 -DINTACT_KERNELS_APART ${INCLUDES}
    -include ${EIGEN} -fsyntax-only ${SOURCE})

execute_process(COMMAND ${compile} -DVALID RESULT_VARIABLE result ERROR_VARIABLE errors)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "${SOURCE}: the valid variant does not compile:\n${errors}")
endif()

execute_process(COMMAND ${compile} RESULT_VARIABLE result ERROR_VARIABLE errors)
if(result EQUAL 0)
    message(FATAL_ERROR "${SOURCE}: compiles, expected a refusal with: ${expected}")
endif()
string(REGEX MATCH "[^\n]*error:[^\n]*" first "${errors}")
string(FIND "${first}" "${expected}" position)
if(position LESS 0)
    message(FATAL_ERROR
        "${SOURCE}: the first error line does not say why, expected: ${expected}\ngiven: ${first}")
endif()
