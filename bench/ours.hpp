// Our product of a problem, weights packed beforehand, on one thread or on a team, with activations
// and outputs row- or column-major.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "bench/problem.hpp"
#include "bench/race.hpp"
#include "intact/gemm/dequantize_sums.hpp"
#include "intact/gemm/multiply.hpp"
#include "intact/gemm/requantize_sums.hpp"
#include "intact/gemm/thread_team.hpp"

namespace bench {

/// Runs products of one problem with one kernel; all three must outlive what is returned.
class OurProducts {
public:
    OurProducts(const Problem& problem, const intact::gemm::Kernel& kernel,
                intact::ThreadTeam* team = nullptr, bool is_row_major = true)
        : problem_(problem), kernel_(kernel), team_(team), is_row_major_(is_row_major) {}

    [[nodiscard]] Run of(Kind kind) const {
        switch (kind) {
            case Kind::u8_s32:
                return product<std::uint8_t>(intact::gemm::Raw(), nullptr);
            case Kind::s8_s32:
                return product<std::int8_t>(intact::gemm::Raw(), nullptr);
            case Kind::u8_u8:
                return requantized<std::uint8_t>();
            case Kind::s8_s8:
                return requantized<std::int8_t>();
            case Kind::f32:
                break;
        }
        return {};
    }

    /// uint8 activations, floats out.
    [[nodiscard]] Run to_reals() const {
        auto scales = std::make_shared<std::vector<float>>(columns(), 0x1p-12F);
        const intact::gemm::DequantizeSums epilogue{.scales = scales->data()};
        return product<std::uint8_t>(epilogue, std::move(scales));
    }

private:
    using Index = intact::gemm::Index;

    /// The default requantization, with a factor for each column.
    template <class T>
    [[nodiscard]] Run requantized() const {
        using Policy = intact::elementwise::ExactRounding;
        auto factors = std::make_shared<std::vector<Policy::Factor>>(
            columns(), Policy::factor(code_factor(problem_.shape.k)));
        const intact::gemm::RequantizeSums<T> epilogue{.factors = factors->data(), .zero_point = 3};
        return product<T>(epilogue, std::move(factors));
    }

    /// `kept` lives as long as what is returned: the memory of the epilogue.
    template <class T, class E>
    [[nodiscard]] Run product(const E& epilogue, std::shared_ptr<const void> kept) const {
        const Shape& shape = problem_.shape;
        const intact::gemm::Operand<std::int8_t> w{.data = problem_.w.as<std::int8_t>(),
                                                   .rows = shape.n,
                                                   .k = shape.k,
                                                   .row_stride = shape.k};
        const intact::gemm::Operand<T> a{.data = problem_.a.as<T>(),
                                         .rows = shape.m,
                                         .k = shape.k,
                                         .row_stride = is_row_major_ ? shape.k : 1,
                                         .column_stride = is_row_major_ ? 1 : shape.m};
        const Index row_step = is_row_major_ ? shape.n : 1;
        const Index column_step = is_row_major_ ? 1 : shape.m;
        auto packed = std::make_shared<const intact::gemm::Packed>(intact::gemm::pack(w));
        auto* out = problem_.out.as<typename E::Output>();
        if (team_ != nullptr) {
            return [=, kept = std::move(kept), team = team_, &kernel = kernel_] {
                intact::gemm::multiply_with(*team, a, *packed, epilogue, out, row_step, column_step,
                                            kernel);
            };
        }
        return [=, kept = std::move(kept), &kernel = kernel_] {
            intact::gemm::multiply(a, *packed, epilogue, out, row_step, column_step, kernel);
        };
    }

    [[nodiscard]] std::size_t columns() const noexcept {
        return static_cast<std::size_t>(problem_.shape.n);
    }

    const Problem& problem_;
    const intact::gemm::Kernel& kernel_;
    intact::ThreadTeam* team_;
    bool is_row_major_;
};

}  // namespace bench
