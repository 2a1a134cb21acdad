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
    RememberedParams(const RememberedParams& other) : held_(other.held()) {}
    RememberedParams& operator=(const RememberedParams& other) {
        if (this != &other) hold(other.held());
        return *this;
    }
    ~RememberedParams() = default;

    /// The parameters; choose() makes them where there are none yet.
    template <class Choose>
    [[nodiscard]] std::vector<QuantParams> get(Choose&& choose) const {
        const std::lock_guard lock(mutex_);
        if (held_.params.empty()) held_ = {choose(), false};
        return held_.params;
    }

    /// Whether those known are these; without a copy.
    [[nodiscard]] bool are(const std::vector<QuantParams>& params) const {
        const std::lock_guard lock(mutex_);
        return held_.params == params;
    }

    /// The parameters, or nothing.
    [[nodiscard]] std::vector<QuantParams> known() const { return held().params; }

    /// Those that set() gave, or nothing.
    [[nodiscard]] std::vector<QuantParams> given() const {
        Held now = held();
        return now.given ? std::move(now.params) : std::vector<QuantParams>{};
    }

    void set(std::vector<QuantParams> params) { hold({std::move(params), true}); }

    void clear() { hold({}); }

private:
    struct Held {
        std::vector<QuantParams> params;  // empty: not chosen
        bool given = false;
    };

    [[nodiscard]] Held held() const {
        const std::lock_guard lock(mutex_);
        return held_;
    }

    void hold(Held held) {
        const std::lock_guard lock(mutex_);
        held_ = std::move(held);
    }

    mutable std::mutex mutex_;
    mutable Held held_;
};

}  // namespace intact::detail
