# Finds an installed Eigen, 3.4 or 5: a request for 3.4 rejects 5, so it takes two.
# Used by our own build and, installed beside it, by intact-config.cmake.
if(NOT TARGET Eigen3::Eigen)
    find_package(Eigen3 3.4 QUIET NO_MODULE)
    if(NOT Eigen3_FOUND)
        find_package(Eigen3 5 QUIET NO_MODULE)
    endif()
endif()
