// How many cases each kernel of this machine went through; structure/kernels_ran.cmake reads it.
#pragma once

#include <iostream>
#include <map>
#include <string>

/// Prints "kernel <name>: <count> cases" when the test program ends.
class KernelCounts {
public:
    void add(const std::string& kernel, int cases) { counts_[kernel] += cases; }

    KernelCounts() = default;
    KernelCounts(const KernelCounts&) = delete;
    KernelCounts& operator=(const KernelCounts&) = delete;
    ~KernelCounts() {
        for (const auto& [kernel, cases] : counts_) {
            std::cout << "kernel " << kernel << ": ";
            if (cases > 0) {
                std::cout << cases << " cases\n";
            } else {
                std::cout << "skipped, this machine lacks it\n";
            }
        }
    }

private:
    std::map<std::string, int> counts_;
};
