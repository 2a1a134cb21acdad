// Tiles in plain C++, written from the pseudo-code of Intel's manual: palette 1, eight tiles of at
// most 16 rows of 64 bytes. Where the processor would raise an exception, the first one is noted.
//
// Source   Intel SDM volume 2, LDTILECFG, STTILECFG, TILERELEASE, TILELOADD, TILESTORED, TDPBSSD,
//          TDPBUSD
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

namespace gemm_emulated {

class Tiles {
public:
    static constexpr int count = 8;
    static constexpr int most_rows = 16;
    static constexpr int most_row_bytes = 64;

    /// The tiles of the calling thread.
    static Tiles& of_thread() {
        thread_local Tiles tiles;
        return tiles;
    }

    /// The first exception that a processor would have raised, and forgets it; empty if there is
    /// none.
    std::string take_fault() {
        std::string fault;
        std::swap(fault, fault_);
        return fault;
    }
    /// Products of tiles so far.
    [[nodiscard]] int products() const { return products_; }
    [[nodiscard]] bool is_configured() const { return bytes_[0] != 0; }

    void store_config(void* to) const { std::memcpy(to, bytes_, sizeof(bytes_)); }

    void load_config(const void* from) {
        std::uint8_t bytes[64];
        std::memcpy(bytes, from, sizeof(bytes));
        if (bytes[0] == 0) return release();
        if (bytes[0] != 1) return fault("ldtilecfg: #GP, unknown palette");
        for (int i = 2; i < 16; ++i) {
            if (bytes[i] != 0) return fault("ldtilecfg: #GP, reserved bytes");
        }
        for (int i = 0; i < 16; ++i) {
            const int row_bytes = bytes[16 + 2 * i] | bytes[17 + 2 * i] << 8;
            const int rows = bytes[48 + i];
            if (i >= count && (row_bytes != 0 || rows != 0)) {
                return fault("ldtilecfg: #GP, a tile that does not exist");
            }
            if (row_bytes > most_row_bytes || rows > most_rows) {
                return fault("ldtilecfg: #GP, too large a tile");
            }
            if ((row_bytes == 0) != (rows == 0)) return fault("ldtilecfg: #GP, half a shape");
        }
        std::memcpy(bytes_, bytes, sizeof(bytes_));
        std::memset(data_, 0, sizeof(data_));
    }

    void release() {
        std::memset(bytes_, 0, sizeof(bytes_));
        std::memset(data_, 0, sizeof(data_));
    }

    void load(int tile, const void* from, std::ptrdiff_t stride) {
        if (!is_valid(tile)) return fault("tileloadd: #UD");
        std::memset(data_[tile], 0, sizeof(data_[tile]));
        for (int i = bytes_[1]; i < rows(tile); ++i) {
            std::memcpy(data_[tile][i], static_cast<const char*>(from) + i * stride,
                        static_cast<std::size_t>(row_bytes(tile)));
        }
    }

    void store(int tile, void* to, std::ptrdiff_t stride) {
        if (!is_valid(tile)) return fault("tilestored: #UD");
        for (int i = bytes_[1]; i < rows(tile); ++i) {
            std::memcpy(static_cast<char*>(to) + i * stride, data_[tile][i],
                        static_cast<std::size_t>(row_bytes(tile)));
        }
    }

    /// TDPBSSD (A is signed) or TDPBUSD: sums (m x n) += a (m x 4 k) * b (k x 4 n).
    void multiply(int sums, int a, int b, bool is_signed) {
        const char* name = is_signed ? "tdpbssd: #UD" : "tdpbusd: #UD";
        if (sums == a || sums == b || a == b) return fault(name);
        if (!is_valid(sums) || !is_valid(a) || !is_valid(b)) return fault(name);
        if (rows(sums) != rows(a) || row_bytes(sums) != row_bytes(b)) return fault(name);
        if (row_bytes(a) / 4 != rows(b)) return fault(name);
        ++products_;
        for (int m = 0; m < rows(sums); ++m) {
            for (int n = 0; n < row_bytes(sums) / 4; ++n) {
                std::uint32_t sum = 0;
                std::memcpy(&sum, &data_[sums][m][4 * n], sizeof(sum));
                for (int k = 0; k < rows(b); ++k) {
                    for (int i = 0; i < 4; ++i) {
                        const std::uint8_t left = data_[a][m][4 * k + i];
                        const auto right = static_cast<std::int8_t>(data_[b][k][4 * n + i]);
                        const int code = is_signed ? static_cast<std::int8_t>(left) : int{left};
                        sum += static_cast<std::uint32_t>(code * right);
                    }
                }
                std::memcpy(&data_[sums][m][4 * n], &sum, sizeof(sum));
            }
        }
    }

private:
    void fault(const char* what) {
        if (fault_.empty()) fault_ = what;
    }
    [[nodiscard]] int rows(int tile) const { return bytes_[48 + tile]; }
    [[nodiscard]] int row_bytes(int tile) const {
        return bytes_[16 + 2 * tile] | bytes_[17 + 2 * tile] << 8;
    }
    [[nodiscard]] bool is_valid(int tile) const {
        return is_configured() && 0 <= tile && tile < count && rows(tile) > bytes_[1] &&
               row_bytes(tile) > 0 && row_bytes(tile) % 4 == 0;
    }

    std::uint8_t bytes_[64] = {};  // as LDTILECFG reads them
    std::uint8_t data_[count][most_rows][most_row_bytes] = {};
    std::string fault_;
    int products_ = 0;
};

}  // namespace gemm_emulated
