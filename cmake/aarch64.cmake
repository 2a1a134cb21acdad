# Toolchain file: compiles for AArch64 with the cross compiler, runs the programs in QEMU.
#
# Debian: g++-aarch64-linux-gnu, qemu-user. QEMU_CPU in the environment names the processor.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64)

# Programs carry their libraries, so that QEMU needs no folder of them. Headers without code, Eigen
# and doctest, are those of the host; its libraries are of no use.
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
