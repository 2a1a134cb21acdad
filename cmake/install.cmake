# Install rules: the headers and a package that find_package(intact) finds.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/intact)
configure_package_config_file(
    ${CMAKE_CURRENT_LIST_DIR}/intact-config.cmake.in ${PROJECT_BINARY_DIR}/intact-config.cmake
    INSTALL_DESTINATION ${package_dir})
# Before 1.0 a new minor version may break users.
write_basic_package_version_file(
    ${PROJECT_BINARY_DIR}/intact-config-version.cmake
    COMPATIBILITY SameMinorVersion
    ARCH_INDEPENDENT)

install(TARGETS intact EXPORT intact-targets)
install(EXPORT intact-targets NAMESPACE intact:: DESTINATION ${package_dir})
install(
    FILES
        ${PROJECT_BINARY_DIR}/intact-config.cmake
        ${PROJECT_BINARY_DIR}/intact-config-version.cmake
        ${CMAKE_CURRENT_LIST_DIR}/find_eigen.cmake
        ${CMAKE_CURRENT_LIST_DIR}/kernels.cmake
        ${CMAKE_CURRENT_LIST_DIR}/kernels.cpp
    DESTINATION ${package_dir})
install(DIRECTORY include/intact DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
