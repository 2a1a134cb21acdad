# What demo.cmake, test.cmake and bench.cmake share: one line a stage, missing packages installed where that is
# allowed, output shown only of what fails.
#
# Given before -P: -DBUILD=<folder> builds there instead of below build/; FETCHCONTENT_SOURCE_DIR_<NAME>
# and INTACT_<NAME>_URL (dependencies.cmake) are passed on.

set(INTACT_ROOT ${CMAKE_CURRENT_LIST_DIR}/..)
cmake_path(NORMAL_PATH INTACT_ROOT)
string(TIMESTAMP stages_start "%s")

set(passed_on "")
foreach(name EIGEN DOCTEST BENCHMARK)
    foreach(variable FETCHCONTENT_SOURCE_DIR_${name} INTACT_${name}_URL)
        if(DEFINED ${variable})
            list(APPEND passed_on -D${variable}=${${variable}})
        endif()
    endforeach()
endforeach()

# Prints one line, marked with the seconds since the start.
function(say text)
    string(TIMESTAMP now "%s")
    math(EXPR seconds "${now} - ${stages_start}")
    string(LENGTH "${seconds}" length)
    math(EXPR length "5 - ${length}")
    string(REPEAT " " ${length} space)
    execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${space}${seconds} s  ${text}")
endfunction()

# Puts what stands after "--" on the command line into RESULT.
function(words_after_dashes result)
    set(words "")
    set(is_word FALSE)
    math(EXPR last "${CMAKE_ARGC} - 1")
    foreach(i RANGE ${last})
        if(is_word)
            list(APPEND words "${CMAKE_ARGV${i}}")
        elseif("${CMAKE_ARGV${i}}" STREQUAL "--")
            set(is_word TRUE)
        endif()
    endforeach()
    set(${result} "${words}" PARENT_SCOPE)
endfunction()

# Ends the script with one sentence.
function(stop text)
    message(FATAL_ERROR "${text}")
endfunction()

# Runs a command that is expected to be short: silent, its output shown only if it fails.
function(run_quietly what)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
    if(NOT result EQUAL 0)
        message(NOTICE "${said}")
        stop("${what} failed; its output is above.")
    endif()
endfunction()

# Puts the words that start a command as root into RESULT: nothing for root, sudo where it asks for
# no password, "no" where neither is allowed or there is no apt-get.
function(root_prefix result)
    set(${result} no PARENT_SCOPE)
    find_program(apt_get apt-get)
    if(NOT apt_get)
        return()
    endif()
    execute_process(COMMAND id -u OUTPUT_VARIABLE user OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(user EQUAL 0)
        set(${result} "" PARENT_SCOPE)
        return()
    endif()
    execute_process(COMMAND sudo -n true RESULT_VARIABLE refused OUTPUT_QUIET ERROR_QUIET)
    if(refused EQUAL 0)
        set(${result} sudo -n PARENT_SCOPE)
    endif()
endfunction()

# Installs Debian packages if that is allowed; what stays missing is for CMakeLists.txt to fetch.
function(install_packages)
    list(JOIN ARGN " " names)
    root_prefix(root)
    if(root STREQUAL "no")
        say("not installed and not mine to install: ${names}")
        return()
    endif()
    say("installing with apt-get, after apt-get update: ${names}")
    set(apt ${root} ${CMAKE_COMMAND} -E env DEBIAN_FRONTEND=noninteractive
        apt-get -q -o DPkg::Lock::Timeout=300)
    foreach(arguments "update" "install;-y;--no-install-recommends;${ARGN}")
        execute_process(COMMAND ${apt} ${arguments}
            RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
    endforeach()
    if(NOT result EQUAL 0)
        string(REGEX MATCHALL "E: [^\n]*" reasons "${said}")
        list(JOIN reasons " " reasons)
        say("apt-get could not install them: ${reasons}")
    endif()
endfunction()

# Makes sure that there is a compiler, a build program and the Debian packages of PACKAGES, as far as
# this machine allows: a tiny project asks for them the way our CMakeLists.txt does.
function(provide packages)
    find_program(compiler NAMES $ENV{CXX} c++ g++ clang++)
    find_program(ninja ninja)
    find_program(make make)
    set(tools "")
    if(NOT compiler)
        list(APPEND tools g++)
    endif()
    if(NOT ninja AND NOT make)
        list(APPEND tools ninja-build)
    endif()
    if(tools)
        install_packages(${tools})
    endif()
    unset(compiler CACHE)
    find_program(compiler NAMES $ENV{CXX} c++ g++ clang++)
    if(NOT compiler)
        stop("intact needs a C++20 compiler, GCC 12 or Clang 14 or newer: install one (Debian: g++).")
    endif()

    set(probe ${BUILD}/probe)
    file(WRITE ${probe}/CMakeLists.txt
        "cmake_minimum_required(VERSION 3.25)\n"
        "project(probe LANGUAGES CXX)\n"
        "include(${INTACT_ROOT}cmake/dependencies.cmake)\n"
        "intact_missing_packages(missing ${packages})\n"
        "file(WRITE ${probe}/missing \"\${missing}\")\n")
    generator(options)
    run_quietly("Trying the compiler"
        ${CMAKE_COMMAND} -S ${probe} -B ${probe}/build ${options} ${passed_on})
    file(READ ${probe}/missing missing)
    file(REMOVE_RECURSE ${probe})
    if(missing)
        install_packages(${missing})
    endif()
endfunction()

# The generator to ask for: Ninja where there is one, CMake's own choice otherwise.
function(generator result)
    set(${result} "" PARENT_SCOPE)
    unset(ninja CACHE)
    find_program(ninja ninja)
    if(ninja AND NOT DEFINED ENV{CMAKE_GENERATOR})
        set(${result} -G Ninja PARENT_SCOPE)
    endif()
endfunction()

# Configures intact in BUILD with the given options, after providing the packages named first. A
# folder that has been configured keeps its compiler and needs nothing provided.
function(configure packages)
    if(EXISTS ${BUILD}/build.ninja OR EXISTS ${BUILD}/Makefile)
        set(options "")
    else()
        provide("${packages}")
        generator(options)
    endif()
    say("configuring in ${BUILD}")
    execute_process(
        COMMAND ${CMAKE_COMMAND} -S ${INTACT_ROOT} -B ${BUILD} ${options} ${passed_on} ${ARGN}
        RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
    if(NOT result EQUAL 0)
        # Our own sentence says it all; anything else is shown as it came.
        string(REGEX MATCH "intact needs .*<folder>\\." sentence "${said}")
        if(sentence)
            string(REGEX REPLACE "[ \n]+" " " sentence "${sentence}")
            stop("${sentence}")
        endif()
        message(NOTICE "${said}")
        stop("Configuring failed; its output is above.")
    endif()
endfunction()

# Builds the given targets, all without any. Says how far it is every quarter of a minute.
function(build)
    set(options "")
    if(ARGN)
        set(options --target ${ARGN})
    endif()
    say("building")
    set(log ${BUILD}/build.log)
    file(WRITE ${log} "")
    set(watch [[
        start=$1; log=$2; last=$(date +%s)
        while IFS= read -r line; do
            printf '%s\n' "$line" >> "$log"
            now=$(date +%s)
            if [ $((now - last)) -ge 15 ]; then
                case $line in
                    "["*/*"]"*) printf '%5d s  building: %s]\n' $((now - start)) "${line%%]*}"; last=$now ;;
                    "["*%"]"*) printf '%5d s  building: %s]\n' $((now - start)) "${line%%]*}"; last=$now ;;
                esac
            fi
        done]])
    execute_process(
        COMMAND sh -c "exec 2>&1; exec \"$@\"" sh ${CMAKE_COMMAND} --build ${BUILD} ${options}
        COMMAND sh -c "${watch}" sh ${stages_start} ${log}
        RESULTS_VARIABLE results)
    list(GET results 0 result)
    if(NOT result EQUAL 0)
        execute_process(COMMAND sh -c
            "grep -n -m 1 -e '^FAILED' -e 'rror: ' -e '\\*\\*\\*' \"$1\" | cut -d: -f1" sh ${log}
            OUTPUT_VARIABLE first OUTPUT_STRIP_TRAILING_WHITESPACE)
        if(NOT first)
            set(first 1)
        endif()
        execute_process(COMMAND sh -c "tail -n +$2 \"$1\" | head -n 60" sh ${log} ${first})
        stop("The build failed; all of its output is in ${log}.")
    endif()
endfunction()

if(BUILD)
    cmake_path(ABSOLUTE_PATH BUILD BASE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} NORMALIZE)
endif()
