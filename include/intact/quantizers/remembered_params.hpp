// Parameters that are worked out at most once, also where several threads ask a const object.
#pragma once

#include <mutex>
#include <utility>
#include <vector>

#include "intact/core/quant_params.hpp"

namespace intact::detail {

class RememberedParams {
public:
    RememberedParams() = default;
    RememberedParams(const RememberedParams& other) : params_(other.known()) {}
    RememberedParams& operator=(const RememberedParams& other) {
        if (this != &other) set(other.known());
        return *this;
    }
    ~RememberedParams() = default;

    /// The parameters; choose() makes them where there are none yet.
    template <class Choose>
    [[nodiscard]] std::vector<QuantParams> get(Choose&& choose) const {
        const std::lock_guard lock(mutex_);
        if (params_.empty()) params_ = choose();
        return params_;
    }

    /// The parameters, or nothing.
    [[nodiscard]] std::vector<QuantParams> known() const {
        const std::lock_guard lock(mutex_);
        return params_;
    }

    void set(std::vector<QuantParams> params) {
        const std::lock_guard lock(mutex_);
        params_ = std::move(params);
    }

    void clear() { set({}); }

private:
    mutable std::mutex mutex_;
    mutable std::vector<QuantParams> params_;  // empty: not chosen
};

}  // namespace intact::detail
