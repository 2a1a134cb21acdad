#include "examples/quantize_network/page.hpp"

#include <cstddef>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "examples/quantize_network/table.hpp"
#include "tests/occurrences.hpp"

using namespace example;

namespace {

std::vector<Row> two_rows() {
    return {{.kind = Kind::float32,
             .name = "float32",
             .accuracy = 0.9083,
             .bytes = 226856,
             .microseconds_batch_1 = 100.0,
             .microseconds_batch_64 = 60.0},
            {.kind = Kind::static_ranges,
             .name = "static, <min-max>",
             .accuracy = 0.9071,
             .agreement = 0.9949,
             .sqnr_db = 38.7,
             .bytes = 57922,
             .microseconds_batch_1 = 50.0,
             .microseconds_batch_64 = 20.0}};
}

HistogramPicture four_bins() {
    return {.name = "c1",
            .edges = {0.0, 1.0, 2.0, 3.0, 4.0},
            .counts = {100.0, 0.0, 10.0, 10.0},
            .marks = {{"min-max", 0.0, 4.0, {}}, {"percentile", 0.0, 3.5, {}}}};
}

PageInputs small_page() {
    const GreyImage image{.rows = 2, .columns = 3, .pixels = {0, 50, 100, 150, 200, 255}};
    NetworkResults network;
    network.name = "The plain network";
    network.description = "Two layers.";
    network.rows = two_rows();
    network.chosen = 1;
    network.weights = {{.name = "d1", .channels = {{-1.0, 0.5}, {0.0, 0.1}}}};
    network.activations = {four_bins(), four_bins()};
    network.layers = {{"c1", 44.0, 44.0}, {"fc", std::numeric_limits<double>::infinity(), 38.7}};
    network.samples = {{.image = image,
                        .truth = "coat",
                        .float_answer = "coat",
                        .float_confidence = 0.9,
                        .int8_answer = "shirt",
                        .int8_confidence = 0.8}};
    return {.test_images = 10000,
            .calibration_images = 256,
            .machine = "a processor",
            .command = "quantize_network",
            .shades = {{8, 50.0, image}, {1, 6.0, image}},
            .networks = {network}};
}

}  // namespace

TEST_CASE("Page: it is complete in itself and holds every number as a number") {
    const std::string page = page_text(small_page());
    for (const std::string outside : {"http", "<script", "<link", "url(", "@import"}) {
        CAPTURE(outside);
        CHECK(page.find(outside) == std::string::npos);
    }
    CHECK(page.find("\"nan\"") == std::string::npos);
    CHECK(page.find("\"inf\"") == std::string::npos);
    CHECK(page.find("static, <min-max>") == std::string::npos);
    CHECK(page.find("static, &lt;min-max&gt;") != std::string::npos);
    for (const std::string element : {"svg", "figure", "div", "table", "text", "title", "p"}) {
        CAPTURE(element);
        const std::size_t opened =
            occurrences(page, "<" + element + ">") + occurrences(page, "<" + element + " ");
        CHECK(opened > 0);
        CHECK(opened == occurrences(page, "</" + element + ">"));
    }
}

TEST_CASE("Page: fewer bits have a table of their own, with the best of each column in bold") {
    PageInputs inputs = small_page();
    CHECK(page_text(inputs).find("fewer bits the choice") == std::string::npos);
    inputs.networks[0].fewer_bits = {
        {.name = "<min-max>", .results = {{{0.91, 38.0}, {0.9, 26.3}, {0.7, 8.0}}}},
        {.name = "squared error", .results = {{{0.9, 39.0}, {0.9, 27.3}, {0.8, 15.6}}}}};
    const std::string page = page_text(inputs);
    const std::size_t table = page.find("fewer bits the choice");
    REQUIRE(table != std::string::npos);
    const auto row = [&](const std::string& name) {
        const std::size_t from = page.find(name, table);
        REQUIRE(from != std::string::npos);
        return page.substr(from, page.find("</tr>", from) - from);
    };
    CHECK(row(">&lt;min-max&gt;<") ==
          ">&lt;min-max&gt;</td><td><b>91.00</b></td><td>38.0</td><td><b>90.00</b></td>"
          "<td>26.3</td><td>70.00</td><td>8.0</td>");
    CHECK(row(">squared error<") ==
          ">squared error</td><td>90.00</td><td><b>39.0</b></td><td><b>90.00</b></td>"
          "<td><b>27.3</b></td><td><b>80.00</b></td><td><b>15.6</b></td>");
}

TEST_CASE("Page: inputs that do not fit together are refused") {
    PageInputs no_row = small_page();
    no_row.networks[0].chosen = 2;
    CHECK_THROWS_AS((void)page_text(no_row), std::invalid_argument);
    PageInputs short_of_edges = small_page();
    short_of_edges.networks[0].activations[0].edges.pop_back();
    CHECK_THROWS_AS((void)page_text(short_of_edges), std::invalid_argument);
    PageInputs no_channels = small_page();
    no_channels.networks[0].weights[0].channels.clear();
    CHECK_THROWS_AS((void)page_text(no_channels), std::invalid_argument);
    CHECK_THROWS_AS(write_page("/nonexistent/folder/page.html", small_page()), std::runtime_error);
}

TEST_CASE("Weight picture: a channel ten times smaller is left with a tenth of the codes") {
    CHECK(codes_reached({-1.0, 0.5}, 1.0) == 255);
    CHECK(codes_reached({0.0, 0.1}, 1.0) == 27);
    CHECK(codes_reached({0.0, 0.0}, 1.0) == 1);
    CHECK(codes_reached({0.0, 0.0}, 0.0) == 1);
}

TEST_CASE("Bitmap: the file has the size its header says, and base64 is that of RFC 4648") {
    const std::vector<std::uint8_t> file =
        bmp({.rows = 2, .columns = 3, .pixels = {0, 50, 100, 150, 200, 255}});
    CHECK(file.size() == 14 + 40 + 1024 + 2 * 4);
    CHECK(file[2] + 256 * file[3] == static_cast<int>(file.size()));
    CHECK(file[1078] == 150);  // the bottom row comes first
    CHECK(base64({}).empty());
    CHECK(base64({'f'}) == "Zg==");
    CHECK(base64({'f', 'o'}) == "Zm8=");
    CHECK(base64({'f', 'o', 'o', 'b', 'a', 'r'}) == "Zm9vYmFy");
}

TEST_CASE("Table: every line has the same length, and speed-up is over the first row") {
    std::ostringstream out;
    print_table(out, "title", two_rows());
    std::istringstream lines(out.str());
    std::string line;
    std::getline(lines, line);
    CHECK(line == "title");
    std::size_t length = 0;
    std::string last;
    while (std::getline(lines, line)) {
        if (length == 0) length = line.size();
        CHECK(line.size() == length);
        last = line;
    }
    CHECK(last.find("226,856") == std::string::npos);
    CHECK(last.find("57,922") != std::string::npos);
    CHECK(last.find("2.00x") != std::string::npos);
    CHECK(last.ends_with("3.00x"));
}
