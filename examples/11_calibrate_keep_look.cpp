// Calibrate, keep, look: what quantizers have seen goes to a file and on from there, the search
// says what its choice costs, and a page shows why.
//
//   11_calibrate_keep_look [FOLDER]    where the files go; the working folder if not said
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include <intact/intact.hpp>
#include <intact/io/calibration.hpp>

namespace {

std::vector<Eigen::MatrixXf> batches(unsigned seed) {
    std::mt19937 generator(seed);
    std::normal_distribution<float> normal;
    std::vector<Eigen::MatrixXf> made(10, Eigen::MatrixXf(32, 64));
    for (Eigen::MatrixXf& batch : made) {
        for (float& value : batch.reshaped()) value = normal(generator);
    }
    return made;
}

}  // namespace

int main(int argc, char** argv) {
    std::cout << intact::simd::describe() << '\n';
    const std::string folder = argc > 1 ? std::string(argv[1]) + "/" : "";
    const std::vector<Eigen::MatrixXf> monday = batches(1);
    const std::vector<Eigen::MatrixXf> tuesday = batches(2);
    const Eigen::MatrixXf w = Eigen::MatrixXf::Random(16, 64);  // weights [out, in]

    // [README]
    using Activations = intact::AffineQuantizer<std::uint8_t, intact::PerTensor,
                                                intact::Histogram<intact::MeanSquaredError>>;
    Activations first;
    for (const auto& batch : monday) first.observe(batch);
    std::ofstream kept(folder + "activations", std::ios::binary);
    intact::save(kept, first);  // from <intact/io/calibration.hpp>
    kept.close();

    Activations activations;  // another day, or another machine
    std::ifstream file(folder + "activations", std::ios::binary);
    intact::load(file, activations);
    for (const auto& batch : tuesday) activations.observe(batch);  // merge() takes another's in

    const auto seen = activations.observers().front().state().view();
    intact::Curve curve;  // every scale that was tried, and its cost
    const auto choice =
        intact::search_range<intact::MeanSquaredError>(seen, activations.grid(), &curve);
    std::cout << choice.range.min << " to " << choice.range.max << ", mean squared error "
              << choice.cost << ", the best of " << curve.size() << " scales\n";

    // Inputs that are larger count for more in the choice of the scales of their weights.
    intact::SymmetricQuantizer<intact::Int<4>, intact::PerChannel<0>,
                               intact::Values<intact::MeanSquaredError>>
        weights;
    const Eigen::VectorXf squares = tuesday.front().colwise().squaredNorm();
    weights.observe(w, intact::Importance<1>(intact::whole_weights({squares.data(), 64})));
    const auto inspected = intact::inspect(w, "the weights", weights);
    std::cout << inspected;  // histogram, criteria, use of the codes, advice
    std::ofstream(folder + "weights.html") << intact::html_page("Weights", {inspected});
    // [README end]

    Activations all;
    for (const auto& batch : tuesday) all.observe(batch);
    all.merge(first);
    const bool ok = all.params() == activations.params() && inspected.use.sqnr_db() > 15.0;
    std::cout << (ok ? "as expected: in any order the same parameters\n" : "NOT as expected\n");
    return ok ? 0 : 1;
}
