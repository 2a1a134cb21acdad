# cmake -DWORK=<folder to write in> -P kernels_ran_can_fail.cmake
#
# Sees kernels_ran.cmake accept what it should, and each breach reported under its own words.
cmake_minimum_required(VERSION 3.25)

# Shows the checker a program that prints LINES, on a processor that has portable and avx2 kernels.
function(expect wanted)
    list(JOIN ARGN "\n" lines)
    file(WRITE ${WORK}/output.txt "${lines}\n")
    execute_process(COMMAND ${CMAKE_COMMAND} -DRUNNER=${CMAKE_COMMAND},-E,cat
        -DPROGRAM=${WORK}/output.txt -DKERNELS=portable,avx2,amx_int8 -DHAS=portable,avx2
        -P ${CMAKE_CURRENT_LIST_DIR}/kernels_ran.cmake
        RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(wanted STREQUAL "" AND NOT result EQUAL 0)
        message(SEND_ERROR "refused what is sound:\n${output}")
    elseif(NOT wanted STREQUAL "" AND (result EQUAL 0 OR NOT output MATCHES "${wanted}"))
        message(SEND_ERROR "expected \"${wanted}\", given:\n${output}")
    endif()
endfunction()

set(portable "kernel portable: 12 cases")
set(avx2 "kernel avx2: 7 cases")
set(amx "kernel amx_int8: skipped")
expect("" ${portable} ${avx2} ${amx})
expect("kernel avx2 was not tested" ${portable} ${amx})
expect("kernel avx2 was not tested" ${portable} "kernel avx2: 0 cases" ${amx})
expect("kernel avx2 was not tested" ${portable} "kernel avx2: skipped" ${amx})
expect("kernel amx_int8 was not named as skipped" ${portable} ${avx2})
