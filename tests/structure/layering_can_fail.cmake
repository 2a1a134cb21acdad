# cmake -DWORK=<folder to write in> -P layering_can_fail.cmake
#
# Builds a small tree that keeps every rule of layering.cmake, sees it accepted, then breaks one
# rule at a time and sees each breach reported under its own words.
cmake_minimum_required(VERSION 3.25)

set(checker ${CMAKE_CURRENT_LIST_DIR}/layering.cmake)

function(header path)
    list(JOIN ARGN "\n" body)
    file(WRITE ${WORK}/include/intact/${path} "// A header.\n#pragma once\n${body}\n")
endfunction()

function(write_sound_tree)
    file(REMOVE_RECURSE ${WORK})
    header(core/number.hpp "#include <cstdint>" "#include <Eigen/Core>")
    header(simd/isa.hpp "#include <cpuid.h>")
    header(gemm/kernel.hpp "#include \"intact/simd/isa.hpp\"")
    header(gemm/kernels/avx2.hpp "#include <immintrin.h>" "#include \"intact/gemm/kernel.hpp\"")
    header(quantizers/scheme.hpp "#include \"intact/core/number.hpp\"")
    header(intact.hpp
        "#include \"intact/core/number.hpp\""
        "#include \"intact/gemm/kernel.hpp\""
        "#include \"intact/quantizers/scheme.hpp\""
        "#include \"intact/simd/isa.hpp\"")
    file(WRITE ${WORK}/tests/core/number_test.cpp "#include \"intact/core/number.hpp\"\n")
    file(WRITE ${WORK}/tests/gemm/kernel_test.cpp "#include \"intact/gemm/kernel.hpp\"\n")
    file(WRITE ${WORK}/tests/quantizers/scheme_test.cpp "#include \"cases.hpp\"\n")
    file(WRITE ${WORK}/tests/quantizers/cases.hpp "#include \"intact/quantizers/scheme.hpp\"\n")
    file(WRITE ${WORK}/tests/simd/isa_test.cpp "#include \"intact/simd/isa.hpp\"\n")
endfunction()

macro(check)
    execute_process(COMMAND ${CMAKE_COMMAND} -DROOT=${WORK} -P ${checker}
        RESULT_VARIABLE result ERROR_VARIABLE said)
endmacro()

# Checks the tree as it now stands, expects `text` among the problems, and restores the tree.
function(expect_problem text)
    check()
    string(FIND "${said}" "${text}" position)
    if(result EQUAL 0 OR position LESS 0)
        message(SEND_ERROR "expected the problem: ${text}\ngiven: ${said}")
    endif()
    write_sound_tree()
endfunction()

write_sound_tree()
check()
if(NOT result EQUAL 0)
    message(FATAL_ERROR "a sound tree was refused:\n${said}")
endif()

header(core/number.hpp "#include \"intact/simd/isa.hpp\"")
expect_problem("core/number.hpp: core may not include simd")

header(gemm/kernel.hpp "#include \"intact/quantizers/scheme.hpp\"")
expect_problem("gemm/kernel.hpp: gemm may not include quantizers")

header(quantizers/scheme.hpp "#include \"intact/gemm/kernel.hpp\"")
expect_problem("quantizers/scheme.hpp: quantizers may not include gemm")

header(core/number.hpp "  #  include \"intact/core/absent.hpp\"")
expect_problem("core/number.hpp: includes intact/core/absent.hpp, which does not exist")

header(core/number.hpp "#include <intact/core/code.hpp>")
expect_problem("core/number.hpp: write #include \"intact/...\"")

header(core/number.hpp "#include \"number.hpp\"")
expect_problem("core/number.hpp: write #include \"intact/...\"")

header(core/number.hpp "#include <immintrin.h>")
expect_problem("core/number.hpp: only simd and kernels may include <immintrin.h>")

header(core/number.hpp "#include <boost/any.hpp>")
expect_problem("core/number.hpp: <boost/any.hpp> is neither")

header(simd/isa.hpp "#include <Eigen/Core>")
expect_problem("simd/isa.hpp: may not include Eigen")

header(gemm/kernels/avx2.hpp "#include <Eigen/Core>")
expect_problem("gemm/kernels/avx2.hpp: may not include Eigen")

header(gemm/kernels/avx2.hpp "#include \"intact/core/number.hpp\"")
expect_problem("gemm/kernels/avx2.hpp: a kernel may not include intact/core/number.hpp")

header(gemm/kernel.hpp "#include \"intact/core/number.hpp\"")
expect_problem("gemm/kernels/avx2.hpp: a kernel reaches Eigen through intact/core/number.hpp")

header(helpers/number.hpp)
expect_problem("helpers/number.hpp: the design knows no folder helpers")

file(WRITE ${WORK}/include/intact/core/number.hpp "#pragma once\n")
expect_problem("core/number.hpp: does not open with a comment")

file(WRITE ${WORK}/include/intact/core/number.hpp "// A header.\n")
expect_problem("core/number.hpp: no #pragma once")

string(REPEAT "// [a line; of text]\n" 299 long)
file(WRITE ${WORK}/include/intact/core/number.hpp "// A header.\n#pragma once\n${long}")
expect_problem("core/number.hpp: 301 lines, expected at most 300")

header(core/new.hpp)
file(WRITE ${WORK}/tests/core/new_test.cpp "#include \"intact/core/new.hpp\"\n")
expect_problem("intact.hpp: does not include intact/core/new.hpp")

file(REMOVE ${WORK}/tests/core/number_test.cpp)
expect_problem("core/number.hpp: no test names it, expected tests/core/number_test.cpp")

file(WRITE ${WORK}/tests/core/scheme_test.cpp "#include \"intact/quantizers/scheme.hpp\"\n")
expect_problem("tests/core/scheme_test.cpp: includes no header of core, where it stands")

file(REMOVE_RECURSE ${WORK})
