// A progress bar on stderr, so that a long evaluation is never silent.
//
// On a terminal one line that is redrawn, and wiped at the end. Elsewhere (a log file) nothing, or
// a line every ten seconds if the work takes that long.
//
//   Progress progress("static, min-max", 10000);
//   for (...) progress.advance_to(done);
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iostream>
#include <string>
#include <utility>

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

namespace example {

class Progress {
public:
    Progress(std::string what, std::size_t total)
        : what_(std::move(what)), total_(std::max<std::size_t>(total, 1)) {}
    ~Progress() {
        if (is_drawn_) std::cerr << "\r\x1b[K" << std::flush;
    }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Says that `done` of the total are finished.
    void advance_to(std::size_t done) {
        const auto now = std::chrono::steady_clock::now();
        if (now - last_ < (on_terminal_ ? redraw : report)) return;
        last_ = now;
        const std::size_t percent = 100 * std::min(done, total_) / total_;
        if (on_terminal_) {
            const std::size_t filled = percent * width / 100;
            std::cerr << "\r  [" << std::string(filled, '#') << std::string(width - filled, '.')
                      << "] " << percent << " %  " << what_ << "\x1b[K" << std::flush;
            is_drawn_ = true;
        } else {
            std::cerr << what_ << ": " << percent << " %\n";
        }
    }

private:
    static constexpr std::size_t width = 30;
    static constexpr std::chrono::milliseconds redraw{100};
    static constexpr std::chrono::milliseconds report{10000};

    [[nodiscard]] static bool stderr_is_terminal() {
#if defined(__unix__) || defined(__APPLE__)
        return isatty(STDERR_FILENO) != 0;
#else
        return false;
#endif
    }

    std::string what_;
    std::size_t total_;
    bool on_terminal_ = stderr_is_terminal();
    bool is_drawn_ = false;
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace example
