# cmake -P cmake/demo.cmake [-- <arguments of quantize_network>]
#
# Builds the main job in build/demo and runs it: trained networks from float to int8.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/stages.cmake)

words_after_dashes(arguments)  # for the program
if(NOT BUILD)
    set(BUILD ${INTACT_ROOT}build/demo)
endif()
configure("eigen" --compile-no-warning-as-error
    -DCMAKE_BUILD_TYPE=Release -DINTACT_TESTS=OFF -DINTACT_EXAMPLES=ON -DINTACT_BENCH=OFF)
build(quantize_network)
say("running")
execute_process(COMMAND ${BUILD}/examples/quantize_network ${arguments} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    stop("quantize_network failed.")
endif()
