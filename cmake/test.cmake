# cmake -P cmake/test.cmake
#
# Builds everything in build/test and runs every test. With -DPRESET=<name> before -P it does so the
# way that preset says, in build/<name>.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/stages.cmake)

if(PRESET)
    set(folder ${PRESET})
    set(options --preset ${PRESET})
else()
    set(folder test)
    set(options -DCMAKE_BUILD_TYPE=Release -DINTACT_TESTS=ON -DINTACT_EXAMPLES=ON -DINTACT_BENCH=ON)
endif()
if(NOT BUILD)
    set(BUILD ${INTACT_ROOT}build/${folder})
endif()

configure("eigen;doctest;benchmark;simde" ${options})
build()
say("testing")
cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
execute_process(
    COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${BUILD} --output-on-failure --no-tests=error
        -j ${cores} --output-junit ${BUILD}/tests.xml
    RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    stop("Tests failed.")
endif()
