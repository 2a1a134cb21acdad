// Loads arbitrary bytes as calibration: they are refused with std::runtime_error, or they are the
// very bytes that saving gives again, and what was loaded observes, merges and chooses parameters.
//
// Input    one byte that says what is loaded, its top bit whether the rest is a whole file or only
//          the contents, which then get their kind and a sound checksum: so damage is tried behind
//          the checksum too. The mutator starts from what random data give.
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <random>
#include <ratio>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "intact/io/calibration.hpp"
#include "intact/io/network_calibration.hpp"
#include "intact/observers/criteria/mean_squared_error.hpp"
#include "intact/observers/criteria/percentile.hpp"
#include "intact/observers/values.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

using namespace intact;

using Clipped = Histogram<Percentile<>, 8, 8>;
using Activations = AffineQuantizer<std::uint8_t>;
using Network = Watched<StaticRecipe<SymmetricQuantizer<std::int8_t>, Activations>>;
constexpr std::uint8_t whole_file = 0x80;

void check(bool holds, const char* what) {
    if (holds) return;
    std::cerr << "broken: " << what << '\n';
    std::abort();
}

template <class X>
std::string saved(const X& x) {
    std::ostringstream stream;
    save(stream, x);
    return stream.str();
}

Network empty_network() {
    const auto linear = [](Index out, Index in) {
        return Linear(Eigen::MatrixXf::Constant(out, in, 0.5F), Eigen::VectorXf::Zero(out));
    };
    return Network(sequential(linear(2, 3), Relu(), linear(2, 2)), {});
}

std::vector<float> random_values(std::mt19937& random) {
    std::vector<float> values(random() % 20);
    const auto highest = static_cast<std::uint32_t>(random() % 255);
    for (float& value : values) {
        const auto word = static_cast<std::uint32_t>(random());
        const std::uint32_t exponent = highest - std::min(highest, word >> 8 & 7U);
        value = std::bit_cast<float>((word & 0x807fffffU) | exponent << 23);
    }
    return values;
}

/// What each kind of thing can do: be made, be fed, be used.
template <class X>
struct Case {
    static X make() { return X(); }
    static void feed(X& x, std::span<const float> values) { x.observe(values); }
    static void use(X x) {
        const std::vector<float> more{-1.0F, 0.0F, 1e30F};
        if (!x.empty()) (void)x.range(Grid{});
        if constexpr (MergeableObserver<X>) x.merge(X(x));
        x.observe(more);
        (void)x.range(Grid{.qmin = -7, .qmax = 7, .symmetric = true});
    }
};

template <int Octaves, int BinBits>
struct Case<HistogramState<Octaves, BinBits>> {
    using X = HistogramState<Octaves, BinBits>;
    static X make() { return X(); }
    static void feed(X& x, std::span<const float> values) { x.add(values); }
    static void use(X x) {
        x.merge(X(x));
        x.add(std::vector<float>{-1.0F, 0.0F, 1e30F});
    }
};

template <class T, class S, class G, class Watch, class R>
struct Case<Quantizer<T, S, G, Watch, R>> {
    using X = Quantizer<T, S, G, Watch, R>;
    static X make() { return X(); }
    static void feed(X& x, std::span<const float> values) {
        const auto columns = static_cast<Index>(values.size() / 3);
        x.observe(Eigen::Map<const Eigen::MatrixXf>(values.data(), 3, columns));
    }
    static void use(const X& x) {
        if (x.observers().size() > 9) return;
        try {
            (void)X(x).params();
        } catch (const std::logic_error&) {  // nothing seen, or nothing finite
        }
    }
};

template <>
struct Case<Network> {
    static Network make() { return empty_network(); }
    /// Without running the network, which would be most of this program.
    static void feed(Network& x, std::span<const float> values) {
        std::vector<Activations> edges = x.edges();
        Case<Activations>::feed(edges[values.size() % edges.size()], values);
        x.set_edges(edges);
    }
    static void use(Network x) { x.merge(Network(x)); }
};

/// The bytes before the contents proper, or those of a sound file around them.
template <class X>
std::string file(std::string_view contents) {
    std::string kind = saved(Case<X>::make());
    io::Reader reader(std::string_view(kind).substr(io::magic.size() + 1 + 8));
    io::Writer all;
    all.text(reader.text());
    return io::framed(all.bytes() + std::string(contents));
}

template <class X>
void load_and_check(std::string_view rest, bool whole) {
    const std::string bytes = whole ? std::string(rest) : file<X>(rest);
    std::istringstream stream(bytes);
    X x = Case<X>::make();
    try {
        load(stream, x);
    } catch (const std::runtime_error&) {
        check(saved(x) == saved(Case<X>::make()), "a refused file changes nothing");
        return;
    }
    const auto end = static_cast<std::size_t>(stream.tellg());
    check(saved(x) == bytes.substr(0, end), "what is loaded is saved as the same bytes");
    try {
        Case<X>::use(x);
    } catch (const std::overflow_error&) {  // with itself more than 2^64 - 1 values, as documented
    }
}

/// Contents of a sound file, made from random data.
template <class X>
std::string sound_contents(std::mt19937& random, bool whole) {
    X x = Case<X>::make();
    for (auto batches = random() % 3; batches > 0; --batches) {
        const std::vector<float> values = random_values(random);
        try {
            Case<X>::feed(x, values);
        } catch (const std::invalid_argument&) {  // another number of channels
        }
    }
    const std::string bytes = saved(x);
    if (whole) return bytes;
    const std::size_t head = file<X>("").size() - 4;
    return bytes.substr(head, bytes.size() - head - 4);
}

struct Kind {
    void (*load)(std::string_view rest, bool whole);
    std::string (*example)(std::mt19937& random, bool whole);
};

template <class X>
constexpr Kind kind{load_and_check<X>, sound_contents<X>};

constexpr Kind kinds[] = {
    kind<MinMax>,
    kind<MovingAverage>,
    kind<BasicMovingAverage<std::ratio<1, 3>, true>>,
    kind<Clipped>,
    kind<Histogram<MeanSquaredError, 2, 1>>,
    kind<HistogramState<32, 1>>,
    kind<SkipNonFinite<Histogram<Percentile<>, 3, 2>>>,
    kind<Values<Percentile<>>>,
    kind<AffineQuantizer<std::uint8_t>>,
    kind<SymmetricQuantizer<Int<4>, PerChannel<0>, Histogram<Percentile<>, 2, 2>>>,
    kind<AffineQuantizer<std::int8_t, PerGroup<1, 4>, SkipNonFinite<MovingAverage>>>,
    kind<Network>,
};

const Kind& kind_of(std::uint8_t byte) { return kinds[(byte & ~whole_file) % std::size(kinds)]; }

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
    std::mt19937 random(seed);
    if (size > 0 && random() % 8 != 0) {
        if (random() % 16 == 0) return LLVMFuzzerMutate(data, size, most);
        return 1 + (most > 1 ? LLVMFuzzerMutate(data + 1, size - 1, most - 1) : 0);
    }
    const auto byte = static_cast<std::uint8_t>(random());
    const std::string rest = kind_of(byte).example(random, (byte & whole_file) != 0);
    if (rest.size() + 1 > most) return size;
    data[0] = byte;
    std::memcpy(data + 1, rest.data(), rest.size());
    return rest.size() + 1;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    kind_of(data[0]).load(rest, (data[0] & whole_file) != 0);
    return 0;
}
