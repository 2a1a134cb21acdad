#include "examples/quantize_network/networks.hpp"

#include <cstddef>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "examples/quantize_network/evaluation.hpp"
#include "examples/quantize_network/expectations.hpp"
#include "examples/quantize_network/quantize_with.hpp"
#include "intact/metrics/error_measures.hpp"

using namespace example;

namespace {

const std::filesystem::path fashion = std::filesystem::path(INTACT_EXAMPLES_DATA_DIR) / "fashion";

using PerChannel = intact::StaticRecipe<WeightsPerChannel, Activations<intact::MinMax>>;
using PerTensor = intact::StaticRecipe<WeightsPerTensor, Activations<intact::MinMax>>;

const Dataset& test_set() {
    static const Dataset set = read_dataset(fashion, "test640");
    return set;
}

/// Largest distance of the first 64 outputs from those of the framework that trained the network.
double distance_from_training(const intact::Sequential& net, const std::string& folder) {
    const intact::FeatureMatrix expected =
        detail::read_matrix(fashion / folder / "logits_first64.npy");
    return intact::max_abs_error(expected, net(test_set().batch(0, 64)));
}

/// Outputs of the float network against those of its static form, on all shipped images.
template <class Recipe>
double static_sqnr_db(const intact::Sequential& net) {
    const auto calibration = batches_of(read_dataset(fashion, "calib256"), 32);
    const IntegerForm form = quantize_with<Recipe>(net, calibration, {});
    const auto exact = outputs_of(test_set(), "float", [&](const Batch& x) { return net(x); });
    return intact::sqnr_db(exact, outputs_of(test_set(), "static", form.run));
}

}  // namespace

TEST_CASE("Networks: in float they answer what they did where they were trained") {
    CHECK(distance_from_training(plain_network(fashion / "cnn"), "cnn") < 1e-4);
    CHECK(distance_from_training(depthwise_network(fashion / "dw"), "dw") < 1e-4);
}

TEST_CASE("Networks: they have the parameters that their data says") {
    CHECK(plain_network(fashion / "cnn").bytes() == 56714 * sizeof(float));
    CHECK(depthwise_network(fashion / "dw").bytes() == 2714 * sizeof(float));
}

TEST_CASE("Networks: in integers the outputs keep their signal to error ratio") {
    const intact::Sequential depthwise = depthwise_network(fashion / "dw");
    CHECK(static_sqnr_db<PerChannel>(plain_network(fashion / "cnn")) >= 38.0);
    CHECK(static_sqnr_db<PerChannel>(depthwise) >= 33.0);
    const double per_tensor = static_sqnr_db<PerTensor>(depthwise);
    CHECK(per_tensor >= 21.0);
    CHECK(per_tensor <= 24.0);
}

TEST_CASE("Networks: a missing file and one of another rank are refused by name") {
    const auto message = [](const std::filesystem::path& folder) {
        try {
            (void)plain_network(folder);
        } catch (const std::runtime_error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    // The layers are read in no particular order, so any of them may be the first one missed.
    const std::string missing = message(fashion / "nowhere");
    CHECK(missing.find("nowhere") != std::string::npos);
    CHECK(missing.find("given a missing one") != std::string::npos);

    const auto folder = std::filesystem::temp_directory_path() / "intact_networks_test";
    std::filesystem::remove_all(folder);
    std::filesystem::copy(fashion / "cnn", folder);
    std::filesystem::copy_file(folder / "c1.b.npy", folder / "c1.W.npy",
                               std::filesystem::copy_options::overwrite_existing);
    const std::string of_rank_1 = message(folder);
    CHECK(of_rank_1.find("c1.W.npy: has another rank, expected 4 dimensions, given 1") !=
          std::string::npos);
    std::filesystem::remove_all(folder);
}

TEST_CASE("Evaluation: answers are the largest outputs, and shares count equal ones") {
    intact::FeatureMatrix outputs(3, 2);
    outputs << 1.0F, 2.0F,  //
        5.0F, -7.0F,        //
        -2.0F, -1.0F;
    CHECK(answers_of(outputs) == std::vector<std::size_t>{1, 0, 1});
    CHECK(share_equal({1, 0, 1}, std::vector<std::size_t>{1, 1, 1}) == doctest::Approx(2.0 / 3.0));
}

TEST_CASE("Expectations: limits include their ends, and a miss is told") {
    std::ostringstream out;
    CHECK(print_expectations(out, {{.what = "a", .found = 38.0, .least = 38.0}}));
    CHECK_FALSE(print_expectations(out, {{.what = "b", .found = 24.5, .least = 21.0, .most = 24.0},
                                         {.what = "c", .found = 1.0, .most = 2.0}}));
    CHECK(out.str().find("ok      a: 38.0 (expected at least 38.0)") != std::string::npos);
    CHECK(out.str().find("MISSED  b: 24.5 (expected 21.0 to 24.0)") != std::string::npos);
    CHECK(out.str().find("ok      c: 1.0 (expected at most 2.0)") != std::string::npos);
}

TEST_CASE("Expectations: integers are to be twice as fast as the float network") {
    const auto ratio = [](double integer) {
        return speed_expectation("plain",
                                 {{.name = "float32", .microseconds_batch_64 = 30.0},
                                  {.name = "static, min-max", .microseconds_batch_64 = integer}});
    };
    CHECK(ratio(6.0).found == 5.0);
    CHECK(ratio(15.0).holds());
    CHECK_FALSE(ratio(16.0).holds());
}
