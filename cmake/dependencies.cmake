# What intact builds on: Eigen always, doctest for the tests, Google Benchmark for the benchmarks.
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

# The three searches; afterwards the target exists if the package does.
macro(intact_find_eigen)
    include(${INTACT_CMAKE_DIR}/find_eigen.cmake)
endmacro()

macro(intact_find_doctest)
    if(NOT TARGET doctest::doctest)
        find_package(doctest QUIET NO_MODULE)
    endif()
endmacro()

macro(intact_find_benchmark)
    if(NOT TARGET benchmark::benchmark)
        find_package(benchmark QUIET NO_MODULE)
    endif()
endmacro()

# Puts the pinned archive of NAME into `archive`, or stops with one sentence.
function(intact_download name title debian_package)
    string(TOUPPER ${name} upper)
    set(url ${INTACT_${upper}_URL})
    set(expected ${INTACT_${upper}_SHA256})
    set(file ${CMAKE_BINARY_DIR}/_deps/${name}-${expected}.tar.gz)
    set(archive ${file} PARENT_SCOPE)

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
            "(${reason}): install it (Debian: ${debian_package}) or unpack it and pass "
            "-DFETCHCONTENT_SOURCE_DIR_${upper}=<folder>.")
    endif()
endfunction()

# Fetches NAME without running its own build if HEADERS_ONLY is true; sets <name>_SOURCE_DIR.
macro(intact_fetch name title debian_package headers_only)
    string(TOUPPER ${name} upper_name)
    set(archive "")
    if(NOT FETCHCONTENT_SOURCE_DIR_${upper_name})
        intact_download(${name} "${title}" ${debian_package})
    endif()
    set(subfolder "")
    if(${headers_only})
        set(subfolder SOURCE_SUBDIR no_build_of_its_own)
    endif()
    FetchContent_Declare(${name}
        URL "${archive}"
        URL_HASH SHA256=${INTACT_${upper_name}_SHA256}
        DOWNLOAD_EXTRACT_TIMESTAMP ON
        ${subfolder})
    FetchContent_MakeAvailable(${name})
endmacro()

function(intact_require_eigen)
    intact_find_eigen()
    if(NOT TARGET Eigen3::Eigen)
        intact_fetch(eigen "Eigen 3.4 or newer" libeigen3-dev TRUE)
        add_library(Eigen3::Eigen INTERFACE IMPORTED GLOBAL)
        target_include_directories(Eigen3::Eigen INTERFACE ${eigen_SOURCE_DIR})
    endif()
endfunction()

function(intact_require_doctest)
    intact_find_doctest()
    if(NOT TARGET doctest::doctest)
        intact_fetch(doctest doctest doctest-dev TRUE)
        add_library(doctest::doctest INTERFACE IMPORTED GLOBAL)
        target_include_directories(doctest::doctest INTERFACE ${doctest_SOURCE_DIR})
    endif()
endfunction()

function(intact_require_benchmark)
    intact_find_benchmark()
    if(NOT TARGET benchmark::benchmark)
        set(BENCHMARK_ENABLE_TESTING OFF)
        set(BENCHMARK_ENABLE_INSTALL OFF)
        set(BENCHMARK_ENABLE_WERROR OFF)
        set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)
        intact_fetch(benchmark "Google Benchmark" libbenchmark-dev FALSE)
    endif()
endfunction()
