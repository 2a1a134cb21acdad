# cmake -DFROM=<package|subdirectory|fetch> -DSOURCE=<intact> -DBUILT=<intact's build folder>
#       -DWORK=<folder to write in> -DGENERATOR=... -DMAKE_PROGRAM=... -DCOMPILER=...
#       -DEIGEN=<include folder> -DEIGEN_DIR=<its package, if any> [-DEIGEN_VERSION=...]
#       [-DKERNELS=ON] -P run.cmake
#
# Configures, builds and runs the consumer project from an empty folder. Where Eigen has no package,
# or another version is to be played, it gets a package of ours and nothing of the system's.
cmake_minimum_required(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/eigen_package.cmake)

function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "failed: ${ARGN}\n${said}")
    endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
set(options "")
if(NOT KERNELS)
    set(KERNELS OFF)
endif()
if(FROM STREQUAL "package")
    run(${CMAKE_COMMAND} --install ${BUILT} --prefix ${WORK}/installed)
    list(APPEND options -DCMAKE_PREFIX_PATH=${WORK}/installed)
endif()
if(EIGEN_VERSION OR NOT EIGEN_DIR)
    if(NOT EIGEN_VERSION)
        set(EIGEN_VERSION 3.4.0)
    endif()
    set(EIGEN_DIR ${WORK}/eigen_package)
    write_eigen_package(${EIGEN_DIR} ${EIGEN} ${EIGEN_VERSION})
    list(APPEND options
        -DCMAKE_FIND_USE_CMAKE_SYSTEM_PATH=OFF -DCMAKE_FIND_USE_SYSTEM_ENVIRONMENT_PATH=OFF
        -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF)
endif()

run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${WORK}/build -G ${GENERATOR}
    -DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM} -DCMAKE_CXX_COMPILER=${COMPILER}
    -DINTACT_FROM=${FROM} -DINTACT_KERNELS=${KERNELS} -DINTACT_SOURCE=${SOURCE} -DEigen3_DIR=${EIGEN_DIR}
    -DFETCHCONTENT_FULLY_DISCONNECTED=ON ${options})
file(STRINGS ${WORK}/build/CMakeCache.txt found REGEX "^Eigen3_DIR:[A-Z]+=${EIGEN_DIR}$")
if(NOT found)
    message(FATAL_ERROR "the package of Eigen in ${EIGEN_DIR} was not taken")
endif()
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/consumer)
if(KERNELS)
    run(${WORK}/build/consumer_of_kernels)
endif()
