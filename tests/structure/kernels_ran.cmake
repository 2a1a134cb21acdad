# cmake -DPROGRAM=<tests of a folder> [-DARGUMENTS=<which tests>] -DKERNELS=<names>
#       [-DRUNNER=<command> -DHAS=<names>] -P kernels_ran.cmake
#
# Fails unless PROGRAM says "kernel <name>: <count> cases" with a count above 0 for every kernel of
# KERNELS that the processor can run. What it can run is read from the system, not from the library;
# for an emulated processor, where the system speaks of another one, HAS names it. Lists have commas.
cmake_minimum_required(VERSION 3.25)
foreach(list RUNNER KERNELS HAS)
    string(REPLACE "," ";" ${list} "${${list}}")
endforeach()

unset(ENV{INTACT_ISA})
execute_process(COMMAND ${RUNNER} ${PROGRAM} ${ARGUMENTS}
    OUTPUT_VARIABLE output RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "${PROGRAM} failed:\n${output}")
endif()

# What stands in /proc/cpuinfo for each instruction set.
set(needs_portable "")
set(needs_sse41 sse4_1)
set(needs_avx2 avx2 fma)
set(needs_avx_vnni ${needs_avx2} avx_vnni)
set(needs_avx512_bw ${needs_avx2} avx512f avx512dq avx512bw avx512vl)
set(needs_avx512_vnni ${needs_avx512_bw} avx512_vnni)
set(needs_amx_int8 ${needs_avx512_vnni} amx_tile amx_int8)
set(needs_neon asimd)
set(needs_neon_dotprod ${needs_neon} asimddp)
set(needs_neon_i8mm ${needs_neon_dotprod} i8mm)

if(NOT HAS)
    set(flags "")
    if(EXISTS /proc/cpuinfo)
        file(STRINGS /proc/cpuinfo flags REGEX "^(flags|Features)" LIMIT_COUNT 1)
        string(REPLACE " " ";" flags "${flags}")
    endif()
    foreach(kernel ${KERNELS})
        set(missing ${needs_${kernel}})
        list(REMOVE_ITEM missing ${flags})
        if(NOT missing)
            list(APPEND HAS ${kernel})
        endif()
    endforeach()
endif()

set(problems "")
foreach(kernel ${KERNELS})
    string(REGEX MATCH "kernel ${kernel}: [^\n]*" line "${output}")
    message(STATUS "${line}")
    if(kernel IN_LIST HAS)
        if(NOT line MATCHES ": [1-9][0-9]* cases")
            string(APPEND problems "kernel ${kernel} was not tested, although this processor has it\n")
        endif()
    elseif(NOT line MATCHES "skipped")
        string(APPEND problems "kernel ${kernel} was not named as skipped\n")
    endif()
endforeach()
if(problems)
    message(FATAL_ERROR "${problems}")
endif()
