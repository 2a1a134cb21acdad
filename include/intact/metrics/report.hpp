// Where the error of a quantized network is: layer by layer, against the float network.
//
//   std::cout << report(net, int8, test_set);
//
//   layer       form     bytes   SQNR dB   max error
//   conv2d_0    integer    224     44.10    0.012
//
// Shapes   a test set is one batch, or a range of batches
// Units    SQNR in dB of the reals behind each layer, all layers before it quantized too; sizes in
//          bytes as stored.
// Errors   std::invalid_argument  no batch, or one that does not fit
// Cost     both networks over the test set, and a copy of every layer's outputs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iomanip>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "intact/metrics/error_measures.hpp"
#include "intact/nn/integer_network.hpp"

namespace intact {

/// The error behind one layer.
struct LayerReport {
    std::string name;
    std::string form;  ///< integer, dynamic (its input has a range each time), weights (only they
                       ///< are codes), float; or - for a layer without weights
    bool quantized = false;
    std::size_t bytes = 0;
    double sqnr_db = 0.0;
    double max_abs_error = 0.0;
};

struct Report {
    std::vector<LayerReport> layers;
    std::size_t float_bytes = 0;
    std::size_t bytes = 0;

    /// As a table, one layer a line.
    friend std::ostream& operator<<(std::ostream& out, const Report& report) {
        std::size_t width = 5;
        for (const LayerReport& layer : report.layers) width = std::max(width, layer.name.size());
        const auto name_width = static_cast<int>(width) + 2;
        const std::ios_base::fmtflags flags = out.flags();
        const std::streamsize precision = out.precision();
        out << std::left << std::setw(name_width) << "layer" << std::setw(9) << "form" << std::right
            << std::setw(9) << "bytes" << std::setw(10) << "SQNR dB" << std::setw(12) << "max error"
            << '\n';
        for (const LayerReport& layer : report.layers) {
            out << std::left << std::setw(name_width) << layer.name << std::setw(9) << layer.form
                << std::right << std::setw(9) << layer.bytes << std::setw(10) << std::fixed
                << std::setprecision(2) << layer.sqnr_db << std::setw(12) << std::setprecision(4)
                << layer.max_abs_error << '\n';
        }
        out << report.bytes << " bytes, the float network " << report.float_bytes << '\n';
        out.flags(flags);
        out.precision(precision);
        return out;
    }
};

namespace detail {

/// LayerReport::form of a stage.
template <Recipe R>
[[nodiscard]] const char* form_of(const nn::CodeStage<R>& stage) {
    if (stage.stage().work != nn::Work::weighted) return "-";
    if (!stage.is_quantized()) return "float";
    return R::mode == nn::Mode::weight_only ? "weights"
           : R::mode == nn::Mode::dynamic   ? "dynamic"
                                            : "integer";
}

}  // namespace detail

/// Compares the outputs of every layer over batches of a test set.
template <Recipe R, class Batches>
[[nodiscard]] Report report(const Sequential& net, const IntegerNetwork<R>& quantized,
                            const Batches& batches) {
    if constexpr (EigenObject<Batches>) {
        const auto& batch = detail::evaluated(batches);
        return report(net, quantized, std::span(&batch, 1));
    } else {
        std::vector<detail::ErrorSums> sums(net.stages().size());
        for (const auto& batch : batches) {
            const auto expected = net.trace(batch);
            const auto given = quantized.trace(batch);
            for (std::size_t i = 0; i < sums.size(); ++i) {
                detail::add_errors(sums[i], expected[i], given[i], "report");
            }
        }
        require(sums.empty() || sums.front().count > 0.0, "report",
                "there is no batch, expected at least one");
        Report made{.layers = {}, .float_bytes = net.bytes(), .bytes = quantized.bytes()};
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const auto& stage = quantized.stages()[i];
            made.layers.push_back({.name = stage.name(),
                                   .form = detail::form_of(stage),
                                   .quantized = stage.is_quantized(),
                                   .bytes = stage.bytes(),
                                   .sqnr_db = sums[i].sqnr_db(),
                                   .max_abs_error = sums[i].max_abs_error()});
        }
        return made;
    }
}

}  // namespace intact
