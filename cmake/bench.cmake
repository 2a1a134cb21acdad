# cmake -P cmake/bench.cmake [-- [<isa>...] [--svg <file>] [<arguments of gemm_table>]]
#
# Builds the benchmarks in build/bench and prints the table of the int8 product for each instruction
# set named, or for every one of this machine that has a vector kernel. --svg draws it too. Measures
# beside oneDNN and gemmlowp, installed where that is allowed.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/stages.cmake)

words_after_dashes(words)
set(isas "")
set(svg "")
set(arguments "")
while(words)
    list(POP_FRONT words word)
    if(word MATCHES "^--(svg|shape)$")
        list(POP_FRONT words value)
        if(word STREQUAL "--svg")
            cmake_path(ABSOLUTE_PATH value BASE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} NORMALIZE
                OUTPUT_VARIABLE svg)
        else()
            list(APPEND arguments ${word} ${value})
        endif()
    elseif(word MATCHES "^-")
        list(APPEND arguments ${word})
    else()
        list(APPEND isas ${word})
    endif()
endwhile()

if(NOT BUILD)
    set(BUILD ${INTACT_ROOT}build/bench)
endif()
configure("eigen;benchmark;onednn;gemmlowp" --compile-no-warning-as-error
    -DCMAKE_BUILD_TYPE=Release -DINTACT_TESTS=OFF -DINTACT_EXAMPLES=OFF -DINTACT_BENCH=ON)
build(gemm_table gemm_chart)

if(NOT isas)
    execute_process(COMMAND ${BUILD}/bench/gemm_table --list
        OUTPUT_VARIABLE isas OUTPUT_STRIP_TRAILING_WHITESPACE)
    string(REPLACE "\n" ";" isas "${isas}")
    if(NOT isas STREQUAL "portable")
        list(REMOVE_ITEM isas portable)
    endif()
endif()
set(results "")
foreach(isa ${isas})
    say("measuring ${isa}")
    list(APPEND results ${BUILD}/gemm_${isa}.txt)
    execute_process(
        COMMAND ${BUILD}/bench/gemm_table ${isa} ${arguments} --results ${BUILD}/gemm_${isa}.txt
        RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        stop("gemm_table failed.")
    endif()
endforeach()
if(svg)
    run_quietly("Drawing ${svg}" ${BUILD}/bench/gemm_chart ${svg} ${results})
    say("drawn in ${svg}")
endif()
