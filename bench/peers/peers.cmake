# bench_peers: the products of other libraries, as far as they are installed. Each is a shared
# library that shows only its functions in peers.hpp; what it inlines cannot replace ours.
include(CheckCXXCompilerFlag)
include(CheckSymbolExists)

add_library(bench_peers INTERFACE)

# Adds SOURCE as peer NAME, compiled with the options that follow; C++ sees INTACT_HAS_<NAME>. What
# the compiler thinks of a peer's own code is not asked.
function(add_peer name source)
    add_library(bench_${name} SHARED ${CMAKE_CURRENT_SOURCE_DIR}/peers/${source})
    target_include_directories(bench_${name} PRIVATE ${PROJECT_SOURCE_DIR})
    target_compile_features(bench_${name} PRIVATE cxx_std_20)
    set_target_properties(bench_${name} PROPERTIES
        CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON)
    target_compile_options(bench_${name} PRIVATE -O3 ${ARGN})
    target_link_libraries(bench_peers INTERFACE bench_${name})
    string(TOUPPER ${name} upper)
    target_compile_definitions(bench_peers INTERFACE INTACT_HAS_${upper}=1)
endfunction()

check_cxx_compiler_flag(-march=native intact_has_march_native)
add_peer(eigen_native eigen_float.cpp $<$<BOOL:${intact_has_march_native}>:-march=native>)
target_link_libraries(bench_eigen_native PRIVATE Eigen3::Eigen)
target_compile_definitions(bench_eigen_native PRIVATE INTACT_EIGEN=eigen_native)

check_symbol_exists(__x86_64__ "" intact_is_x86)
if(intact_is_x86)
    add_peer(eigen_sse41 eigen_float.cpp -msse4.1)
    add_peer(eigen_avx2 eigen_float.cpp -mavx2 -mfma)
    foreach(isa sse41 avx2)
        target_link_libraries(bench_eigen_${isa} PRIVATE Eigen3::Eigen)
        target_compile_definitions(bench_eigen_${isa} PRIVATE INTACT_EIGEN=eigen_${isa})
    endforeach()

    intact_find(onednn has_onednn)
    if(has_onednn)
        add_peer(onednn onednn.cpp)
        target_include_directories(bench_onednn SYSTEM PRIVATE ${INTACT_ONEDNN_DIR})
        target_link_libraries(bench_onednn PRIVATE ${INTACT_ONEDNN_LIBRARY} ${CMAKE_DL_LIBS})
    else()
        message(STATUS "Not measured beside: oneDNN, which is not installed (Debian: libdnnl-dev)")
    endif()

    intact_find(gemmlowp has_gemmlowp)
    if(has_gemmlowp)
        find_package(Threads REQUIRED)
        add_peer(gemmlowp gemmlowp.cpp -mavx2 -mfma -DGEMMLOWP_ENABLE_AVX2)
        target_include_directories(bench_gemmlowp SYSTEM PRIVATE ${INTACT_GEMMLOWP_DIR})
        target_link_libraries(bench_gemmlowp PRIVATE Threads::Threads)
    else()
        message(STATUS
            "Not measured beside: gemmlowp, which is not installed (Debian: libgemmlowp-dev)")
    endif()
endif()
