# What intact builds on: Eigen always, doctest for the tests, Google Benchmark for the benchmarks,
# and, where they happen to be installed, SIMDe for kernels that the machine cannot run, oneDNN and
# gemmlowp to be measured beside ours.
#
# Each is looked for on this machine first. If it is absent a pinned release is fetched and its hash
# checked; INTACT_<NAME>_URL points at a mirror, FETCHCONTENT_SOURCE_DIR_<NAME> at an unpacked copy.
# If that fails too, one sentence says what to do.
include(FetchContent)
set(INTACT_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})

set(INTACT_EIGEN_URL
    https://gitlab.com/libeigen/eigen/-/archive/3.4.0/eigen-3.4.0.tar.gz
    CACHE STRING "Where Eigen comes from if it is not installed")
set(INTACT_EIGEN_SHA256
    8586084f71f9bde545ee7fa6d00288b264a2b7ac3607b974e54d13e7162c1c72
    CACHE STRING "SHA-256 of that archive")
set(INTACT_DOCTEST_URL
    https://github.com/doctest/doctest/archive/refs/tags/v2.4.11.tar.gz
    CACHE STRING "Where doctest comes from if it is not installed")
set(INTACT_DOCTEST_SHA256
    632ed2c05a7f53fa961381497bf8069093f0d6628c5f26286161fbd32a560186
    CACHE STRING "SHA-256 of that archive")
set(INTACT_BENCHMARK_URL
    https://github.com/google/benchmark/archive/refs/tags/v1.8.3.tar.gz
    CACHE STRING "Where Google Benchmark comes from if it is not installed")
set(INTACT_BENCHMARK_SHA256
    6bc180a57d23d4d9515519f92b0c83d61b05b5bab188961f36ac7b06b0d9e9ce
    CACHE STRING "SHA-256 of that archive")
mark_as_advanced(
    INTACT_EIGEN_URL INTACT_EIGEN_SHA256 INTACT_DOCTEST_URL INTACT_DOCTEST_SHA256
    INTACT_BENCHMARK_URL INTACT_BENCHMARK_SHA256)

set(intact_debian_eigen libeigen3-dev)
set(intact_debian_doctest doctest-dev)
set(intact_debian_benchmark libbenchmark-dev)
set(intact_debian_simde libsimde-dev)
set(intact_debian_onednn libdnnl-dev)
set(intact_debian_gemmlowp libgemmlowp-dev)

# Looks for NAME (eigen, doctest, benchmark, simde, onednn or gemmlowp) on this machine; RESULT tells
# whether it is there. A copy that the user points at goes before what is installed.
function(intact_find name result)
    string(TOUPPER ${name} upper)
    set(${result} FALSE PARENT_SCOPE)
    if(name STREQUAL "simde")
        find_path(INTACT_SIMDE_DIR simde/x86/avx512.h DOC "Folder that holds simde/x86/avx512.h")
        if(INTACT_SIMDE_DIR)
            set(${result} TRUE PARENT_SCOPE)
        endif()
        return()
    endif()
    if(name STREQUAL "gemmlowp")
        find_path(INTACT_GEMMLOWP_DIR gemmlowp/public/gemmlowp.h
            DOC "Folder that holds gemmlowp/public/gemmlowp.h")
        if(INTACT_GEMMLOWP_DIR)
            set(${result} TRUE PARENT_SCOPE)
        endif()
        return()
    endif()
    if(name STREQUAL "onednn")
        find_path(INTACT_ONEDNN_DIR oneapi/dnnl/dnnl.hpp
            DOC "Folder that holds oneapi/dnnl/dnnl.hpp")
        find_library(INTACT_ONEDNN_LIBRARY dnnl DOC "The library of oneDNN")
        if(INTACT_ONEDNN_DIR AND INTACT_ONEDNN_LIBRARY)
            set(${result} TRUE PARENT_SCOPE)
        endif()
        return()
    endif()
    if(name STREQUAL "eigen")
        set(target Eigen3::Eigen)
        if(NOT FETCHCONTENT_SOURCE_DIR_EIGEN)
            include(${INTACT_CMAKE_DIR}/find_eigen.cmake)
        endif()
    else()
        set(target ${name}::${name})
        if(NOT TARGET ${target} AND NOT FETCHCONTENT_SOURCE_DIR_${upper})
            find_package(${name} QUIET NO_MODULE)
        endif()
    endif()
    if(TARGET ${target})
        set(${result} TRUE PARENT_SCOPE)
    endif()
endfunction()

# Puts into RESULT the Debian packages of those named that are neither installed nor pointed at.
function(intact_missing_packages result)
    set(missing "")
    foreach(name ${ARGN})
        string(TOUPPER ${name} upper)
        intact_find(${name} found)
        if(NOT found AND NOT FETCHCONTENT_SOURCE_DIR_${upper})
            list(APPEND missing ${intact_debian_${name}})
        endif()
    endforeach()
    set(${result} "${missing}" PARENT_SCOPE)
endfunction()

# Puts the pinned archive of NAME into RESULT, or stops with one sentence.
function(intact_download name title result)
    string(TOUPPER ${name} upper)
    set(url ${INTACT_${upper}_URL})
    set(expected ${INTACT_${upper}_SHA256})
    set(file ${CMAKE_BINARY_DIR}/_deps/${name}-${expected}.tar.gz)
    set(${result} ${file} PARENT_SCOPE)

    set(given "")
    if(EXISTS ${file})
        file(SHA256 ${file} given)
    endif()
    if(given STREQUAL expected)
        return()
    endif()

    set(reason "")
    if(FETCHCONTENT_FULLY_DISCONNECTED)
        set(reason "FETCHCONTENT_FULLY_DISCONNECTED is set")
    else()
        message(STATUS "Fetching ${title} from ${url}")
        file(DOWNLOAD ${url} ${file} STATUS status INACTIVITY_TIMEOUT 20 TIMEOUT 300)
        list(GET status 0 code)
        if(NOT code EQUAL 0)
            list(GET status 1 reason)
        else()
            file(SHA256 ${file} given)
            if(NOT given STREQUAL expected)
                set(reason "its SHA-256 is ${given}, expected ${expected}")
            endif()
        endif()
    endif()
    if(NOT reason STREQUAL "")
        file(REMOVE ${file})
        message(FATAL_ERROR
            "intact needs ${title}, which is not installed and could not be fetched from ${url} "
            "(${reason}): install it (Debian: ${intact_debian_${name}}) or unpack it and pass "
            "-DFETCHCONTENT_SOURCE_DIR_${upper}=<folder>.")
    endif()
endfunction()

# Fetches NAME; further arguments go to FetchContent_Declare. RESULT is the folder of its sources.
function(intact_fetch name title result)
    string(TOUPPER ${name} upper)
    set(archive "")
    if(NOT FETCHCONTENT_SOURCE_DIR_${upper})
        intact_download(${name} "${title}" archive)
    endif()
    FetchContent_Declare(${name}
        URL "${archive}"
        URL_HASH SHA256=${INTACT_${upper}_SHA256}
        DOWNLOAD_EXTRACT_TIMESTAMP ON
        ${ARGN})
    FetchContent_MakeAvailable(${name})
    set(${result} ${${name}_SOURCE_DIR} PARENT_SCOPE)
endfunction()

# Makes TARGET out of the headers of NAME, found or fetched; a build of its own is not run.
function(intact_require_headers name title target)
    intact_find(${name} found)
    if(NOT found)
        intact_fetch(${name} "${title}" folder SOURCE_SUBDIR no_build_of_its_own)
        add_library(${target} INTERFACE IMPORTED GLOBAL)
        target_include_directories(${target} INTERFACE ${folder})
    endif()
endfunction()

function(intact_require_eigen)
    intact_require_headers(eigen "Eigen 3.4 or newer" Eigen3::Eigen)
endfunction()

function(intact_require_doctest)
    intact_require_headers(doctest doctest doctest::doctest)
endfunction()

function(intact_require_benchmark)
    intact_find(benchmark found)
    if(NOT found)
        set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)  # so that its options can be set like this
        set(BENCHMARK_ENABLE_TESTING OFF)
        set(BENCHMARK_ENABLE_INSTALL OFF)
        set(BENCHMARK_ENABLE_WERROR OFF)
        intact_fetch(benchmark "Google Benchmark" folder)
    endif()
endfunction()
