#include "intact/gemm/kernels/end_of_row.hpp"

#include <cstdint>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

using namespace intact;
using gemm::EndOfRow;
using gemm::Index;

TEST_CASE("EndOfRow: the codes behind the last whole eight, flipped, then zeros") {
    for (const std::uint8_t flip : {std::uint8_t{0}, std::uint8_t{0x80}}) {
        for (Index count = 0; count <= 40; ++count) {
            std::vector<std::uint8_t> row(static_cast<std::size_t>(count));
            std::iota(row.begin(), row.end(), std::uint8_t{200});
            const EndOfRow end(count, flip);
            CHECK(end.first() == count - count % 8);
            CHECK(end.is_there() == (count % 8 != 0));
            if (!end.is_there()) continue;
            std::uint64_t expected = 0;
            for (Index i = count; i > end.first(); --i) {
                const std::uint8_t code = row[static_cast<std::size_t>(i - 1)] ^ flip;
                expected = expected << 8 | code;
            }
            CAPTURE(count);
            CHECK(end.of(row.data()) == expected);
        }
    }
}
