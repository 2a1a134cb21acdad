// Everything that the page shows, as plain data: who measured it and how does not matter here.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "examples/quantize_network/drawing.hpp"
#include "examples/quantize_network/fewer_bits.hpp"
#include "examples/quantize_network/pictures/bitmap.hpp"
#include "examples/quantize_network/pictures/layer_picture.hpp"
#include "examples/quantize_network/pictures/weight_picture.hpp"
#include "examples/quantize_network/row.hpp"

namespace example {

/// One image after its pixels went to codes of that many bits and back.
struct Shades {
    int bits = 8;
    double sqnr_db = 0.0;
    GreyImage image;
};

/// One test image and what both networks say about it.
struct Sample {
    GreyImage image;
    std::string truth;
    std::string float_answer;
    double float_confidence = 0.0;  ///< softmax, 0 to 1
    std::string int8_answer;
    double int8_confidence = 0.0;
};

struct NetworkResults {
    std::string name;                           ///< "The plain network"
    std::string description;                    ///< one or two sentences
    std::vector<Row> rows;                      ///< the float32 row first
    std::vector<FewerBits> fewer_bits;          ///< each criterion at each width; may be empty
    std::vector<Row> narrower;                  ///< fewer bits: only in the picture of sizes
    std::size_t chosen = 0;                     ///< the row that headlines and samples speak of
    std::vector<WeightPicture> weights;         ///< layers whose channels differ; may be empty
    std::vector<HistogramPicture> activations;  ///< the first one is drawn large
    std::vector<LayerError> layers;             ///< the last one is the network's output
    std::vector<Sample> samples;
    bool has_opponent = false;  ///< whether float32 was timed as a program for this processor
};

struct PageInputs {
    std::size_t test_images = 0;
    std::size_t calibration_images = 0;
    std::string machine;  ///< processor and instruction set
    std::string command;  ///< what made this page
    std::vector<Shades> shades;
    std::vector<NetworkResults> networks;
};

}  // namespace example
