# cmake -DROOT=<project> -P readme.cmake
#
# Fails unless each block of code in README.md that follows a line "<!-- examples/<file> -->" is that
# file, or what stands in it between "// [README]" and "// [README end]", and unless README.md names
# each numbered example.
cmake_minimum_required(VERSION 3.25)

file(READ ${ROOT}/README.md readme)
set(problems "")
set(blocks 0)

# What README.md should show of FILE.
function(shown_part file result)
    file(READ ${file} text)
    string(FIND "${text}" "// [README]\n" start)
    if(NOT start EQUAL -1)
        string(LENGTH "// [README]" length)
        math(EXPR start "${start} + ${length}")
        string(SUBSTRING "${text}" ${start} -1 text)
        string(FIND "${text}" "    // [README end]" end)
        string(SUBSTRING "${text}" 0 ${end} text)
        string(REPLACE "\n    " "\n" text "${text}")
        string(SUBSTRING "${text}" 1 -1 text)
    endif()
    set(${result} "${text}" PARENT_SCOPE)
endfunction()

set(rest "${readme}")
while(TRUE)
    string(FIND "${rest}" "<!-- examples/" start)
    if(start EQUAL -1)
        break()
    endif()
    string(SUBSTRING "${rest}" ${start} -1 rest)
    string(REGEX MATCH "^<!-- (examples/[a-z0-9_]+\\.cpp) -->\n```cpp\n" opening "${rest}")
    if(opening STREQUAL "")
        message(FATAL_ERROR "README.md: no block of C++ follows a comment that names an example")
    endif()
    set(name ${CMAKE_MATCH_1})
    string(LENGTH "${opening}" length)
    string(SUBSTRING "${rest}" ${length} -1 rest)
    string(FIND "${rest}" "```\n" end)
    string(SUBSTRING "${rest}" 0 ${end} block)
    math(EXPR blocks "${blocks} + 1")

    shown_part(${ROOT}/${name} expected)
    if(NOT block STREQUAL expected)
        string(APPEND problems "README.md: the block of ${name} differs from the file, which says\n"
            "${expected}")
    endif()
endwhile()
if(blocks EQUAL 0)
    string(APPEND problems "README.md: shows no example\n")
endif()

file(GLOB examples ${ROOT}/examples/[0-9]*.cpp)
foreach(example ${examples})
    cmake_path(GET example STEM name)
    string(FIND "${readme}" "${name}" place)
    if(place EQUAL -1)
        string(APPEND problems "README.md: does not name examples/${name}.cpp\n")
    endif()
endforeach()

if(problems)
    message(NOTICE "${problems}")
    message(FATAL_ERROR "README.md and the examples do not agree")
endif()
