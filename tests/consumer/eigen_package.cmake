# Writes a package of Eigen around an existing include folder: for machines where Eigen was fetched,
# and to see versions accepted that this machine does not have. It accepts requests for its own
# major version only, as the real ones do.
function(write_eigen_package folder include_folder version)
    file(WRITE ${folder}/Eigen3Config.cmake
"if(NOT TARGET Eigen3::Eigen)
    add_library(Eigen3::Eigen INTERFACE IMPORTED)
    target_include_directories(Eigen3::Eigen INTERFACE ${include_folder})
endif()
")
    string(REGEX MATCH "^[0-9]+" major ${version})
    file(WRITE ${folder}/Eigen3ConfigVersion.cmake
"set(PACKAGE_VERSION ${version})
if(PACKAGE_FIND_VERSION_MAJOR EQUAL ${major} AND NOT PACKAGE_FIND_VERSION VERSION_GREATER ${version})
    set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()
")
endfunction()
