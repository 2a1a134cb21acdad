// One number over quantize -> multiply -> requantize -> dequantize, calibration and a network, on
// fixed inputs. It is the same for every kernel, number of threads, compiler, optimization level
// and processor, and equal to what the numeric contract gives in wide integers, computed here a
// second time.
//
// A number that changes is a change of the contract: a decision, never an accident. Prints each
// part; ends with 1 where one of them is wrong, with 77 where this machine lacks INTACT_ISA.
#include <cstdlib>
#include <string_view>

#include "contract.hpp"
#include "inputs.hpp"
#include "network.hpp"
#include "policies.hpp"
#include "products.hpp"
#include "ranges.hpp"
#include "record.hpp"
#include "residuals.hpp"
#include "variants.hpp"

#include "intact/intact.hpp"

namespace {

/// Codes of x and their reals, for parameters by hand.
template <class Quantizer>
void record_codes(Record& record, Random& random) {
    const intact::Grid grid = Quantizer().grid();
    for (int trial = 0; trial < 24; ++trial) {
        const float scale = trial % 4 == 3 ? random.positive(-126, 100) : random.positive(-14, 10);
        const Params params{
            .scale = scale,
            .zero_point = grid.symmetric ? grid.zero_point : random.integer(grid.qmin, grid.qmax),
            .qmin = grid.qmin,
            .qmax = grid.qmax};
        const Eigen::RowVectorXf x = hard_reals(random, scale, 100 + trial);
        const Quantizer quantizer(library(params));
        const auto q = quantizer.quantize(x);
        const auto back = q.dequantize();
        const auto fake = quantizer.fake_quantize(x);
        for (Index i = 0; i < x.size(); ++i) {
            const std::int64_t code = wide::code_of(x[i], params);
            record.add(std::int64_t{q.codes()(0, i)}, code);
            record.add(back(0, i), wide::real_bits(code, params));
            record.add(fake(0, i), wide::real_bits(code, params));
        }
    }
}

bool is_skipped() {
    const char* wanted = std::getenv("INTACT_ISA");
    for (const intact::simd::Isa isa : intact::simd::all_isas) {
        if (wanted == nullptr || std::string_view(wanted) != intact::simd::name(isa)) continue;
        if (!intact::simd::supports(isa)) return true;
    }
    return false;
}

}  // namespace

int main() {
    if (is_skipped()) return 77;
    std::cout << intact::simd::describe() << '\n';
    bool good = true;

    Record codes("codes");
    Random random(1);
    record_codes<intact::AffineQuantizer<std::uint8_t>>(codes, random);
    record_codes<intact::AffineQuantizer<std::int8_t>>(codes, random);
    record_codes<intact::AffineQuantizer<std::uint16_t>>(codes, random);
    record_codes<intact::AffineQuantizer<intact::Int<4>>>(codes, random);
    record_codes<intact::SymmetricQuantizer<std::int8_t>>(codes, random);
    record_codes<intact::SymmetricQuantizer<std::int16_t>>(codes, random);
    record_codes<intact::SymmetricQuantizer<intact::UInt<3>>>(codes, random);
    good = codes.agrees(0xb23a9edb9e4fdb59U) && good;

    const std::uint64_t of_products = 0x8a0b981eeca15de4U;
    Record products("products");
    intact::CallersThread here;
    record_products(products, here);
    good = products.agrees(of_products) && good;

    Record threads("products on three threads");
    intact::ThreadTeam team(3);
    record_products(threads, team);
    good = threads.agrees(of_products) && good;

    Record long_sums("long sums");
    record_long_sums(long_sums);
    good = long_sums.agrees(0x6e344591abe46096U) && good;

    Record residuals("residuals");
    record_residuals(residuals);
    good = residuals.agrees(0x945dfd3aaaebe585U) && good;

    Record roundings("policies");
    policies::record(roundings);
    good = roundings.agrees(0x1b0f6d956c1fb289U) && good;

    Record ranges("ranges");
    record_ranges(ranges);
    good = ranges.agrees(0x624aad41b33ed1a7U) && good;

    Record criteria("criteria");
    record_observer<intact::Histogram<intact::FullRange>>(criteria);
    record_observer<intact::Histogram<intact::Percentile<>>>(criteria);
    record_observer<intact::Histogram<intact::MeanSquaredError>>(criteria);
    record_observer<intact::Histogram<intact::Entropy>>(criteria);
    good = criteria.agrees(0xb448a056a8d8a21cU) && good;

    Record variants("variants");
    record_variants(variants);
    good = variants.agrees(0xbced3f91c1807539U) && good;

    Record errors("errors");
    record_observer<intact::Histogram<intact::MeanAbsoluteError>>(errors);
    record_observer<intact::Histogram<intact::LpError<3>>>(errors);
    record_observer<intact::Values<intact::MeanSquaredError>>(errors);
    record_observer<intact::Values<intact::LpError<4>>>(errors);
    record_observer<intact::Values<intact::Percentile<>>>(errors);
    good = errors.agrees(0x015750038598349eU) && good;

    Record networks("network");
    network::record(networks);
    good = networks.agrees(0xdb34f2f5c1e25eb6U) && good;
    return good ? 0 : 1;
}
