# No kernel that a processor has may go untested. The tests of kernels say how many cases each one
# ran; they are asked here on this machine and on emulated processors that lack the better kernels.

set(folders_with_kernels elementwise gemm nn)
set(cases_of_gemm --test-case=Kernel:*)
set(cases_of_nn --test-case=Kernels:*)
if(is_arm)
    set(kernels_of_elementwise portable neon)
    set(kernels_of_gemm portable neon neon_dotprod neon_i8mm)
    set(kernels_of_nn portable neon)
else()
    set(kernels_of_elementwise portable avx2 avx512_bw)
    set(kernels_of_gemm portable sse41 avx2 avx_vnni avx512_bw avx512_vnni amx_int8)
    set(kernels_of_nn portable avx2 avx512_vnni)
endif()

# Asks the tests of FOLDER: without further arguments on this machine, which says itself what it
# has; otherwise by means of RUNNER, on a processor that has the instruction sets in ARGN.
function(add_every_kernel_ran folder name runner)
    list(JOIN kernels_of_${folder} "," kernels)
    list(JOIN ARGN "," has)
    list(JOIN runner "," runner)
    add_test(NAME ${name} COMMAND ${CMAKE_COMMAND}
        -DPROGRAM=$<TARGET_FILE:test_${folder}> -DARGUMENTS=${cases_of_${folder}} -DRUNNER=${runner}
        -DKERNELS=${kernels} -DHAS=${has}
        -P ${CMAKE_CURRENT_SOURCE_DIR}/structure/kernels_ran.cmake)
    set_tests_properties(${name} PROPERTIES COST 50)  # long ones start before short ones
endfunction()

find_program(INTACT_QEMU_X86 qemu-x86_64 DOC "Emulates older x86-64 processors (Debian: qemu-user)")
set(INTACT_OLD_PROCESSORS "Conroe;Denverton;Haswell" CACHE STRING "Processors to emulate")
set(isas_of_Conroe portable)
set(isas_of_Denverton portable sse41)
set(isas_of_Haswell portable sse41 avx2)
foreach(folder ${folders_with_kernels})
    if(NOT TARGET test_${folder})
        continue()
    endif()
    if(CMAKE_CROSSCOMPILING)
        set(has portable)
        foreach(isa neon neon_dotprod neon_i8mm)
            list(APPEND has ${isa})
            if(NOT isa IN_LIST kernels_of_${folder})
                continue()
            endif()
            add_every_kernel_ran(${folder} ${folder}.every_kernel_ran.${processor_of_${isa}}
                "${CMAKE_CROSSCOMPILING_EMULATOR};-cpu;${processor_of_${isa}}" ${has})
        endforeach()
        continue()
    endif()
    add_every_kernel_ran(${folder} ${folder}.every_kernel_ran "")
    if(is_arm OR NOT INTACT_QEMU_X86 OR NOT INTACT_STRUCTURE_TESTS)
        continue()
    endif()
    foreach(processor ${INTACT_OLD_PROCESSORS})
        list(GET isas_of_${processor} -1 best)
        if(NOT best IN_LIST kernels_of_${folder})
            continue()
        endif()
        add_every_kernel_ran(${folder} ${folder}.every_kernel_ran.${processor}
            "${INTACT_QEMU_X86};-cpu;${processor}" ${isas_of_${processor}})
    endforeach()
endforeach()

# The digest on the same processors, whatever runs there by itself.
if(NOT is_arm AND INTACT_QEMU_X86)
    foreach(build ${INTACT_DIGEST_BUILDS})
        if(build MATCHES "^native")  # compiled for this machine
            continue()
        endif()
        foreach(processor ${INTACT_OLD_PROCESSORS})
            add_test(NAME digest.${build}.${processor}
                COMMAND ${INTACT_QEMU_X86} -cpu ${processor} $<TARGET_FILE:digest_${build}>)
        endforeach()
    endforeach()
endif()
