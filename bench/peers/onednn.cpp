// oneDNN's matmul primitive on the same codes. Weights are reordered once into the layout that the
// primitive asks for; int8 outputs have a scale for each column.
//
// Where it saturates (AVX2 and AVX-512 BW: vpmaddubsw) the table says so, from the results.
#include <dlfcn.h>

#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

#include "bench/peers/peers.hpp"

namespace bench {

namespace {

using Type = dnnl::memory::data_type;

Type input_type(Kind kind) {
    return kind == Kind::u8_s32 || kind == Kind::u8_u8 ? Type::u8 : Type::s8;
}

Type output_type(Kind kind) {
    if (kind == Kind::u8_u8) return Type::u8;
    if (kind == Kind::s8_s8) return Type::s8;
    return Type::s32;
}

dnnl::primitive_attr scaled_outputs(const Shape& shape) {
    constexpr int each_column = 1 << 1;
    dnnl::primitive_attr attributes;
    attributes.set_output_scales(each_column,
                                 std::vector<float>(static_cast<std::size_t>(shape.n),
                                                    static_cast<float>(code_factor(shape.k))));
    return attributes;
}

}  // namespace

void cap_onednn(const std::string& isa) {
    static const std::map<std::string, dnnl::cpu_isa> caps{
        {"portable", dnnl::cpu_isa::sse41},
        {"sse41", dnnl::cpu_isa::sse41},
        {"avx2", dnnl::cpu_isa::avx2},
        {"avx_vnni", dnnl::cpu_isa::avx2_vnni},
        {"avx512_bw", dnnl::cpu_isa::avx512_core},
        {"avx512_vnni", dnnl::cpu_isa::avx512_core_vnni},
        {"amx_int8", dnnl::cpu_isa::avx512_core_amx}};
    if (const auto cap = caps.find(isa); cap != caps.end()) dnnl::set_max_cpu_isa(cap->second);
    // Of the OpenMP that it was built with, whichever that is.
    if (void* set = dlsym(RTLD_DEFAULT, "omp_set_num_threads")) {
        reinterpret_cast<void (*)(int)>(set)(1);
    }
}

std::string onednn_version() {
    const dnnl_version_t& version = *dnnl::version();
    return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
           std::to_string(version.patch);
}

Run onednn(const Problem& problem, Kind kind, std::string& implementation) try {
    using dnnl::memory;
    if (kind == Kind::f32) return {};
    const auto& [m, k, n] = problem.shape;
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    static dnnl::stream stream(engine);

    const memory::desc a({m, k}, input_type(kind), {k, 1});
    const memory::desc w({k, n}, Type::s8, {1, k});
    const memory::desc any({k, n}, Type::s8, memory::format_tag::any);
    const memory::desc out({m, n}, output_type(kind), {n, 1});
    const bool scales = output_type(kind) != Type::s32;
    const dnnl::matmul::primitive_desc choice(
        {a, any, out}, scales ? scaled_outputs(problem.shape) : dnnl::primitive_attr(), engine);
    implementation = choice.impl_info_str();

    memory plain(w, engine, problem.w.as<void>());
    memory packed(choice.weights_desc(), engine);
    dnnl::reorder(plain, packed).execute(stream, plain, packed);
    stream.wait();

    const std::unordered_map<int, memory> arguments{
        {DNNL_ARG_SRC, memory(a, engine, problem.a.as<void>())},
        {DNNL_ARG_WEIGHTS, packed},
        {DNNL_ARG_DST, memory(out, engine, problem.out.as<void>())}};
    return [arguments, matmul = dnnl::matmul(choice)] {
        matmul.execute(stream, arguments);
        stream.wait();
    };
} catch (const dnnl::error&) {
    return {};
}

}  // namespace bench
