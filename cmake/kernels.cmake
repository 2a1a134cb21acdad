# intact::kernels: intact::intact for programs of more than one file. The kernels are compiled once, in
# a library of the program's own build, and optimized whatever its build type.
if(NOT TARGET intact::kernels)
    add_library(intact_kernels STATIC EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/kernels.cpp)
    add_library(intact::kernels ALIAS intact_kernels)
    target_compile_definitions(intact_kernels PUBLIC INTACT_KERNELS_APART)
    target_compile_options(intact_kernels PRIVATE -O3)
    target_link_libraries(intact_kernels PUBLIC intact::intact)
    set_target_properties(intact_kernels PROPERTIES POSITION_INDEPENDENT_CODE ON)
endif()
