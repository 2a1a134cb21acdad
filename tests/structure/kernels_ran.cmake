# cmake -DPROGRAM=<the gemm tests> -P kernels_ran.cmake
#
# Fails unless PROGRAM says "kernel <name>: <count> cases" with a count above 0 for every kernel
# that this processor can run. What it can run is read from the system, not from the library.
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE output RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "${PROGRAM} failed:\n${output}")
endif()

set(flags "")
if(EXISTS /proc/cpuinfo)
    file(STRINGS /proc/cpuinfo flags REGEX "^flags" LIMIT_COUNT 1)
    string(REPLACE " " ";" flags "${flags}")
endif()

set(needs_portable "")
set(needs_avx2 avx2 fma)
set(needs_avx_vnni ${needs_avx2} avx_vnni)
set(needs_avx512_bw ${needs_avx2} avx512f avx512dq avx512bw avx512vl)
set(needs_avx512_vnni ${needs_avx512_bw} avx512_vnni)

set(problems "")
foreach(kernel portable avx2 avx_vnni avx512_bw avx512_vnni)
    set(available TRUE)
    foreach(flag ${needs_${kernel}})
        if(NOT flag IN_LIST flags)
            set(available FALSE)
        endif()
    endforeach()
    string(REGEX MATCH "kernel ${kernel}: [^\n]*" line "${output}")
    message(STATUS "available: ${available}; the tests say: ${line}")
    if(available AND NOT line MATCHES ": [1-9][0-9]* cases")
        string(APPEND problems "kernel ${kernel} was not tested, although this processor has it\n")
    endif()
endforeach()
if(problems)
    message(FATAL_ERROR "${problems}")
endif()
