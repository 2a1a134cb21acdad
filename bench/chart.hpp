// Results as bars: for each instruction set one panel a kind of product, for each shape one bar a
// contestant, as long as its percentage of the peak. Eigen's float rate stands on the same axis.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "bench/results.hpp"
#include "intact/metrics/drawing/svg.hpp"

namespace bench {

class Chart {
public:
    /// `note` stands at the bottom.
    Chart(const std::vector<Result>& results, const std::string& note)
        : results_(results), drawing_(total_width, total_height(), label, style) {
        drawing_.box({0, 0}, total_width, total_height(), "page");
        draw_legend();
        double y = head_height;
        for (std::size_t first = 0; first < results.size();) {
            std::size_t last = first;
            while (last < results.size() && results[last].isa == results[first].isa) ++last;
            draw_set({results.begin() + static_cast<std::ptrdiff_t>(first),
                      results.begin() + static_cast<std::ptrdiff_t>(last)},
                     y);
            y += set_height(last - first);
            first = last;
        }
        drawing_.text({8, y + 8}, note + "; one thread, weights packed beforehand", "small");
    }

    [[nodiscard]] std::string str() const { return drawing_.str(); }

private:
    struct Contestant {
        const char* who;
        const char* style;
        const char* title;
    };
    static constexpr std::array<Contestant, 4> contestants{{{us, "us", "intact"},
                                                            {"oneDNN", "onednn", "oneDNN"},
                                                            {"gemmlowp", "gemmlowp", "gemmlowp"},
                                                            {"Eigen", "eigen", "Eigen, float"}}};
    static constexpr std::array panel_kinds{Kind::u8_s32, Kind::s8_s8};
    static constexpr std::array panel_titles{"uint8 x int8 to int32",
                                             "int8 x int8 to int8, requantized"};

    static constexpr double total_width = 900;
    static constexpr double label_width = 112;
    static constexpr double plot_width = 340;  // of 100 %
    static constexpr double plot_distance = 400;
    static constexpr double head_height = 44;
    static constexpr double title_height = 48;
    static constexpr double row_height = 24;
    static constexpr double bar_height = 5;

    static constexpr const char* label =
        "Rate of the int8 product by shape, in percent of the peak of the instructions";
    static constexpr const char* style =
        "text{font:11px system-ui,sans-serif;fill:#1f2328}.page{fill:#fff}"
        ".title{font-size:14px;font-weight:600}.small{font-size:9px;fill:#59636e}"
        ".end{text-anchor:end}.middle{text-anchor:middle}"
        ".grid{stroke:#d1d9e0;stroke-width:1}.bound{stroke:#1f2328;stroke-width:1.5}"
        ".us{fill:#0969da}.onednn{fill:#e08700}.gemmlowp{fill:#2da44e}.eigen{fill:#9aa4af}"
        ".wrong{fill-opacity:.3;stroke-width:.8;stroke:#e08700}"
        "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.page{fill:#0d1117}"
        ".small{fill:#9198a1}.grid{stroke:#30363d}.bound{stroke:#e6edf3}.us{fill:#4493f8}}";

    static double set_height(std::size_t rows) {
        return title_height + row_height * static_cast<double>(rows) + 14;
    }

    [[nodiscard]] double total_height() const {
        const double height = head_height + 20;
        std::size_t sets = 0;
        for (std::size_t i = 0; i < results_.size(); ++i) {
            if (i == 0 || results_[i].isa != results_[i - 1].isa) ++sets;
        }
        return height + row_height * static_cast<double>(results_.size()) +
               set_height(0) * static_cast<double>(sets);
    }

    void draw_legend() {
        double x = label_width;
        for (const Contestant& one : contestants) {
            drawing_.box({x, 17}, 12, 8, one.style);
            drawing_.text({x + 17, 25}, one.title, "");
            x += 95;
        }
        drawing_.box({x, 17}, 12, 8, "onednn wrong");
        drawing_.text({x + 17, 25}, "saturated: wrong sums", "");
        drawing_.line({x + 152, 15}, {x + 152, 27}, "bound");
        drawing_.text({x + 159, 25}, "reading the weights allows", "");
    }

    /// One instruction set from `top` on.
    void draw_set(const std::vector<Result>& results, double top) {
        const auto highest = std::ranges::max_element(results, {}, &Result::peak);
        drawing_.text({8, top + 16},
                      results.front().isa + ", percent of the peak beside each shape, at most " +
                          std::to_string(std::lround(highest->peak * 1e-9)) + " GOPS",
                      "title");
        for (std::size_t panel = 0; panel < panel_kinds.size(); ++panel) {
            const double left = label_width + plot_distance * static_cast<double>(panel);
            const double bottom =
                top + title_height + row_height * static_cast<double>(results.size());
            drawing_.text({left, top + 34}, panel_titles[panel], "");
            drawing_.text({left + plot_width + 44, top + title_height - 4}, "intact, GOPS",
                          "small end");
            for (int percent = 0; percent <= 100; percent += 25) {
                const double x = left + plot_width * percent / 100;
                drawing_.line({x, top + title_height - 4}, {x, bottom}, "grid");
                drawing_.text({x, bottom + 10}, std::to_string(percent), "small middle");
            }
        }
        for (std::size_t i = 0; i < results.size(); ++i) {
            const double y = top + title_height + row_height * static_cast<double>(i);
            drawing_.text({label_width - 8, y + 13}, text(results[i].shape), "end");
            for (std::size_t panel = 0; panel < panel_kinds.size(); ++panel) {
                draw_bars(results[i], panel_kinds[panel],
                          label_width + plot_distance * static_cast<double>(panel), y);
            }
        }
    }

    void draw_bars(const Result& result, Kind kind, double left, double y) {
        if (!(result.peak > 0)) return;
        const double top = y;
        for (const Contestant& one : contestants) {
            const Kind theirs = std::string(one.who) == "Eigen" ? Kind::f32 : kind;
            const Entry* entry = result.find(one.who, theirs);
            if (entry == nullptr) continue;
            const double width = plot_width * std::min(entry->rate / result.peak, 1.06);
            const auto gops = std::to_string(std::lround(entry->rate * 1e-9));
            drawing_.box({left, y}, width, bar_height,
                         one.style + std::string(entry->is_exact ? "" : " wrong"),
                         text(result.shape) + " " + one.title + ": " + gops + " GOPS");
            if (entry->who == us) {
                drawing_.text({left + plot_width + 44, top + 13}, gops, "small end");
            }
            y += bar_height;
        }
        if (result.bound() < result.peak) {
            const double x = left + plot_width * result.bound() / result.peak;
            drawing_.line({x, top - 2}, {x, y + 2}, "bound");
        }
    }

    const std::vector<Result>& results_;
    intact::drawing::Svg drawing_;
};

}  // namespace bench
