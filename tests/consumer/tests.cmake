# The three ways to get intact::intact, each tried by a project of its own; the first two once more
# with an Eigen of version 5, which a request for 3.4 does not accept.
function(add_consumer_test name from)
    add_test(NAME consumer.${name} COMMAND ${CMAKE_COMMAND}
        -DFROM=${from}
        -DSOURCE=${PROJECT_SOURCE_DIR}
        -DBUILT=${PROJECT_BINARY_DIR}
        -DWORK=${CMAKE_CURRENT_BINARY_DIR}/consumer/${name}
        -DGENERATOR=${CMAKE_GENERATOR}
        -DMAKE_PROGRAM=${CMAKE_MAKE_PROGRAM}
        -DCOMPILER=${CMAKE_CXX_COMPILER}
        -DEIGEN=$<TARGET_PROPERTY:Eigen3::Eigen,INTERFACE_INCLUDE_DIRECTORIES>
        -DEIGEN_DIR=${Eigen3_DIR}
        ${ARGN}
        -P ${CMAKE_CURRENT_SOURCE_DIR}/consumer/run.cmake)
endfunction()

add_consumer_test(package package -DKERNELS=ON)
add_consumer_test(subdirectory subdirectory)
add_consumer_test(fetch fetch)
add_consumer_test(package_eigen_5 package -DEIGEN_VERSION=5.0.0)
add_consumer_test(subdirectory_eigen_5 subdirectory -DEIGEN_VERSION=5.0.0)
