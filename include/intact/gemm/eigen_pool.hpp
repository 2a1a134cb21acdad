// An executor over a thread pool of Eigen, for programs that have one.
//
// The caller works too, so the pool gives one thread less than there are parts.
//
// Errors   what a part throws, the first of them, once all parts are done
// Cost     some 20 us to wake the threads of the pool: products below some 80 us stay on one
//
//   Eigen::ThreadPool pool(3);
//   intact::EigenPool threads(pool);   // the caller and three more
//   intact::multiply(x8, packed, intact::Dequantize(bias), y, threads);
#pragma once

#include <atomic>
#include <exception>
#include <mutex>

#if __has_include(<Eigen/ThreadPool>)
#include <Eigen/ThreadPool>
#else
#include <unsupported/Eigen/CXX11/ThreadPool>
#endif

#include "intact/gemm/executor.hpp"

namespace intact {

class EigenPool {
public:
    /// Its threads sleep until they are asked.
    static constexpr gemm::Index hand_over_ns = 20'000;

    /// The pool must outlive this object.
    explicit EigenPool(Eigen::ThreadPoolInterface& pool) noexcept : pool_(&pool) {}

    [[nodiscard]] gemm::Index size() const noexcept { return pool_->NumThreads() + 1; }

    /// Must not be called from a thread of the pool.
    template <class F>
    void run(gemm::Index count, const F& f) {
        if (count <= 1) {
            CallersThread::run(count, f);
            return;
        }
        std::mutex mutex;
        std::exception_ptr error;
        const auto guarded = [&](gemm::Index i) noexcept {
            try {
                f(i);
            } catch (...) {
                const std::lock_guard lock(mutex);
                if (!error) error = std::current_exception();
            }
        };
        Eigen::Barrier barrier(static_cast<unsigned>(count - 1));
        for (gemm::Index i = 1; i < count; ++i) {
            const auto task = [&guarded, &barrier, i] {
                guarded(i);
                barrier.Notify();
            };
            try {
                pool_->Schedule(task);
            } catch (...) {  // out of memory: those before it still use what lies here
                task();
            }
        }
        guarded(0);
        barrier.Wait();
        if (error) std::rethrow_exception(error);
    }

private:
    Eigen::ThreadPoolInterface* pool_;
};

static_assert(Executor<EigenPool>);

}  // namespace intact
