#include "intact/simd/large_pages.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <new>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#if defined(__linux__)
#include <sys/mman.h>
#endif

using namespace intact;

namespace {

/// Memory that starts on a large page, in small ones if nothing is asked.
class Memory {
public:
    explicit Memory(std::size_t bytes) : data_(::operator new(bytes, on_a_page)) {}
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
    ~Memory() { ::operator delete(data_, on_a_page); }

    [[nodiscard]] std::uintptr_t place() const { return reinterpret_cast<std::uintptr_t>(data_); }
    [[nodiscard]] void* data() const { return data_; }

private:
    static constexpr std::align_val_t on_a_page{simd::large_page_bytes};
    void* data_;
};

/// Whether Linux says of the mapping that holds `place` that large pages are wished for.
bool is_asked(std::uintptr_t place) {
    std::ifstream file("/proc/self/smaps");
    std::string line;
    bool is_it = false;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::uintptr_t first = 0;
        std::uintptr_t end = 0;
        char dash = 0;
        if (words >> std::hex >> first >> dash >> end && dash == '-') {
            is_it = first <= place && place < end;
        } else if (is_it && line.starts_with("VmFlags")) {
            return line.find(" hg") != std::string::npos;
        }
    }
    return false;
}

}  // namespace

TEST_CASE("large pages: the system knows of the wish, for whole pages only") {
    constexpr std::size_t page = simd::large_page_bytes;
    const Memory large(2 * page + 4096);
    const Memory small(page);
    simd::ask_for_large_pages(large.data(), 2 * page + 4096);
    simd::ask_for_large_pages(small.data(), page - 1);
    std::memset(large.data(), 5, 2 * page + 4096);
    std::memset(small.data(), 5, page);

    bool takes_wishes = false;  // emulators and other systems do not, or do not tell
#if defined(MADV_HUGEPAGE)
    const Memory other(page);
    madvise(other.data(), page, MADV_HUGEPAGE);
    takes_wishes = is_asked(other.place());
#endif
    CHECK(is_asked(large.place()) == takes_wishes);
    CHECK(is_asked(large.place() + 2 * page - 1) == takes_wishes);
    CHECK_FALSE(is_asked(large.place() + 2 * page));
    CHECK_FALSE(is_asked(small.place()));
}
