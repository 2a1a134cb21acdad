# Finds an installed Eigen, 3.4 or 5: a request for 3.4 rejects 5, so it takes two.
# Used by our own build and, installed beside it, by intact-config.cmake.
if(NOT TARGET Eigen3::Eigen)
    set(intact_given_eigen_dir "${Eigen3_DIR}")
    find_package(Eigen3 3.4 QUIET NO_MODULE)
    if(NOT Eigen3_FOUND)
        # The first request forgets a folder that it rejects.
        if(intact_given_eigen_dir)
            set(Eigen3_DIR "${intact_given_eigen_dir}" CACHE PATH "Folder of Eigen3Config.cmake" FORCE)
        endif()
        find_package(Eigen3 5 QUIET NO_MODULE)
    endif()
    unset(intact_given_eigen_dir)
endif()
