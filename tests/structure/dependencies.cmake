# cmake -DCASE=<local_source|archive|wrong_archive|nothing> -DPROJECT=<intact>
#       -DWORK=<folder to write in> -DGENERATOR=... -DMAKE_PROGRAM=... -DCOMPILER=...
#       -DEIGEN=<include folder> -DDOCTEST=<include folder> -P dependencies.cmake
#
# Configures intact as if nothing were installed that it builds on.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${WORK})

function(configure)
    execute_process(
        COMMAND ${CMAKE_COMMAND} -S ${PROJECT} -B ${WORK}/build -G ${GENERATOR}
            -DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM} -DCMAKE_CXX_COMPILER=${COMPILER}
            -DCMAKE_DISABLE_FIND_PACKAGE_Eigen3=ON
            -DCMAKE_DISABLE_FIND_PACKAGE_doctest=ON
            -DCMAKE_DISABLE_FIND_PACKAGE_benchmark=ON
            -DCMAKE_EXPORT_COMPILE_COMMANDS=ON
            -DINTACT_EXAMPLES=OFF
            ${ARGN}
        RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
    set(result ${result} PARENT_SCOPE)
    set(said "${said}" PARENT_SCOPE)
endfunction()

function(expect_success)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "expected intact to be configured, given:\n${said}")
    endif()
endfunction()

# The refusal is one sentence that names the cause and both ways out.
function(expect_refusal cause)
    string(REGEX REPLACE "[ \n]+" " " text "${said}")
    foreach(part "intact needs Eigen 3.4 or newer" "${cause}" "install it (Debian: libeigen3-dev)"
            "-DFETCHCONTENT_SOURCE_DIR_EIGEN=<folder>")
        string(FIND "${text}" "${part}" position)
        if(result EQUAL 0 OR position LESS 0)
            message(FATAL_ERROR "expected a refusal with: ${part}\ngiven:\n${said}")
        endif()
    endforeach()
    string(REGEX MATCHALL "CMake Error" errors "${said}")
    list(LENGTH errors count)
    if(NOT count EQUAL 1)
        message(FATAL_ERROR "expected one error, given:\n${said}")
    endif()
endfunction()

function(copy_eigen folder)
    file(COPY ${EIGEN}/Eigen DESTINATION ${folder})
    file(COPY ${EIGEN}/unsupported/Eigen DESTINATION ${folder}/unsupported)
endfunction()

if(CASE STREQUAL "local_source")
    copy_eigen(${WORK}/eigen)
    file(COPY ${DOCTEST}/doctest/doctest.h DESTINATION ${WORK}/doctest/doctest)
    file(WRITE ${WORK}/benchmark/CMakeLists.txt
        "add_library(benchmark INTERFACE)\nadd_library(benchmark::benchmark ALIAS benchmark)\n")
    configure(-DINTACT_TESTS=ON -DINTACT_BENCH=ON
        -DFETCHCONTENT_SOURCE_DIR_EIGEN=${WORK}/eigen
        -DFETCHCONTENT_SOURCE_DIR_DOCTEST=${WORK}/doctest
        -DFETCHCONTENT_SOURCE_DIR_BENCHMARK=${WORK}/benchmark)
    expect_success()
    file(READ ${WORK}/build/compile_commands.json commands)
    foreach(folder ${WORK}/eigen ${WORK}/doctest)
        if(NOT commands MATCHES " ${folder} ")
            message(FATAL_ERROR "${folder} is not what the tests are compiled with")
        endif()
    endforeach()
    execute_process(
        COMMAND ${CMAKE_COMMAND} --build ${WORK}/build --target headers_without_rtti
        RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "expected the headers to compile, given:\n${said}")
    endif()
elseif(CASE STREQUAL "archive")
    copy_eigen(${WORK}/packed/eigen-3.4.0)
    execute_process(
        COMMAND ${CMAKE_COMMAND} -E tar czf ${WORK}/eigen.tar.gz eigen-3.4.0
        WORKING_DIRECTORY ${WORK}/packed)
    file(SHA256 ${WORK}/eigen.tar.gz hash)
    configure(-DINTACT_TESTS=OFF
        -DINTACT_EIGEN_URL=file://${WORK}/eigen.tar.gz -DINTACT_EIGEN_SHA256=${hash})
    expect_success()
    if(NOT EXISTS ${WORK}/build/_deps/eigen-src/Eigen/Core)
        message(FATAL_ERROR "the archive was not unpacked")
    endif()
elseif(CASE STREQUAL "wrong_archive")
    file(WRITE ${WORK}/eigen.tar.gz "not Eigen")
    configure(-DINTACT_TESTS=OFF -DINTACT_EIGEN_URL=file://${WORK}/eigen.tar.gz)
    expect_refusal("(its SHA-256 is ")
    if(EXISTS ${WORK}/build/_deps/eigen-src)
        message(FATAL_ERROR "an archive with a wrong hash was unpacked")
    endif()
else()
    configure(-DINTACT_TESTS=OFF -DINTACT_EIGEN_URL=file://${WORK}/absent.tar.gz)
    expect_refusal("could not be fetched from file://${WORK}/absent.tar.gz (")
endif()
file(REMOVE_RECURSE ${WORK})
