// Memory that ends where a page begins that may not be touched: whoever reads or writes behind it
// is stopped by the system.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/emulated.hpp"

/// Pages before a fence; kept until the end and used again, for the system takes longer to give
/// them than a kernel to fill them.
class FencedPages {
public:
    /// Where that many pages end, of some that are free.
    [[nodiscard]] static char* take(std::size_t pages) {
        std::vector<char*>& ends = free()[pages];
        if (ends.empty()) return make(pages);
        char* const end = ends.back();
        ends.pop_back();
        return end;
    }
    static void give_back(std::size_t pages, char* end) { free()[pages].push_back(end); }

    [[nodiscard]] static std::size_t page_bytes() {
        return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    }

private:
    [[nodiscard]] static std::map<std::size_t, std::vector<char*>>& free() {
        static std::map<std::size_t, std::vector<char*>> ends;
        return ends;
    }

    [[nodiscard]] static char* make(std::size_t pages) {
        const std::size_t page = page_bytes();
        void* const start = mmap(nullptr, (pages + 1) * page, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        REQUIRE(start != MAP_FAILED);
        char* const fence = static_cast<char*>(start) + pages * page;
        if (!is_emulated()) REQUIRE(mprotect(fence, page, PROT_NONE) == 0);
        return fence;
    }
};

/// `count` values of T in front of a fence.
template <class T>
class Fenced {
public:
    explicit Fenced(std::size_t count)
        : pages_(count * sizeof(T) / FencedPages::page_bytes() + 1),
          end_(FencedPages::take(pages_)),
          data_(reinterpret_cast<T*>(end_) - count) {}
    explicit Fenced(std::ptrdiff_t count) : Fenced(static_cast<std::size_t>(count)) {}
    Fenced(const Fenced&) = delete;
    Fenced& operator=(const Fenced&) = delete;
    ~Fenced() { FencedPages::give_back(pages_, end_); }

    [[nodiscard]] T* data() const { return data_; }

private:
    std::size_t pages_;
    char* end_;
    T* data_;
};
