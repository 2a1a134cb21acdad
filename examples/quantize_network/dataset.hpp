// Labelled images, checked, and cut into batches as the networks take them.
//
// Shapes   a batch is [batch, 1, 28, 28]; values are pixel / 255
// Errors   std::runtime_error  images and labels do not match, or are not Fashion-MNIST's
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <unsupported/Eigen/CXX11/Tensor>

#include "examples/quantize_network/idx.hpp"
#include "intact/core/error.hpp"

namespace example {

using Batch = Eigen::Tensor<float, 4, Eigen::RowMajor>;

inline constexpr std::array<const char*, 10> class_names{
    "T-shirt", "trouser", "pullover", "dress", "coat",
    "sandal",  "shirt",   "sneaker",  "bag",   "ankle boot"};

inline constexpr std::size_t side = 28;  // pixels

struct Dataset {
    Images images;
    Labels labels;

    [[nodiscard]] std::size_t size() const { return labels.size(); }

    /// Pixels of image `i`, row-major.
    [[nodiscard]] const std::uint8_t* pixels(std::size_t i) const {
        return images.pixels.data() + i * side * side;
    }

    /// Images [first, first + count), fewer at the end of the set.
    [[nodiscard]] Batch batch(std::size_t first, std::size_t count) const {
        const std::size_t last = std::min(first + count, size());
        Batch values(static_cast<Eigen::Index>(last - first), 1, Eigen::Index{side},
                     Eigen::Index{side});
        std::transform(pixels(first), pixels(last), values.data(),
                       [](std::uint8_t pixel) { return static_cast<float>(pixel) / 255.0F; });
        return values;
    }
};

/// Path of an idx file in `folder`, as it stands or with ".gz" after it.
[[nodiscard]] inline std::filesystem::path find_idx(const std::filesystem::path& folder,
                                                    const std::string& name) {
    const std::filesystem::path plain = folder / name;
    if (std::filesystem::exists(plain)) return plain;
    const std::filesystem::path packed = folder / (name + ".gz");
    intact::require<std::runtime_error>(std::filesystem::exists(packed), folder.string().c_str(),
                                        "lacks a file, expected ", name, " or ", name,
                                        ".gz, given neither");
    return packed;
}

/// The set "<name>-images-idx3-ubyte" and "<name>-labels-idx1-ubyte" of a folder.
[[nodiscard]] inline Dataset read_dataset(const std::filesystem::path& folder,
                                          const std::string& name) {
    using Error = std::runtime_error;
    const std::filesystem::path images_path = find_idx(folder, name + "-images-idx3-ubyte");
    const std::filesystem::path labels_path = find_idx(folder, name + "-labels-idx1-ubyte");
    Dataset set{.images = read_images(images_path), .labels = read_labels(labels_path)};
    intact::require<Error>(set.images.rows == side && set.images.columns == side,
                           images_path.string().c_str(), "has images of another size, expected ",
                           side, " x ", side, ", given ", set.images.rows, " x ",
                           set.images.columns);
    intact::require<Error>(set.images.count > 0, images_path.string().c_str(),
                           "is empty, expected at least one image, given none");
    intact::require<Error>(set.images.count == set.labels.size(), labels_path.string().c_str(),
                           "does not belong to the images, expected ", set.images.count,
                           " labels, given ", set.labels.size());
    const std::uint8_t largest = *std::max_element(set.labels.begin(), set.labels.end());
    intact::require<Error>(largest < class_names.size(), labels_path.string().c_str(),
                           "has labels of another set, expected 0 to ", class_names.size() - 1,
                           ", given ", int{largest});
    return set;
}

}  // namespace example
