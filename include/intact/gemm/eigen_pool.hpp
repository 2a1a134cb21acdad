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
        Job<F> job{f, Eigen::Barrier(static_cast<unsigned>(count - 1)), {}, {}};
        for (gemm::Index i = 1; i < count; ++i) {
            const auto task = [&job, i] {  // so small that a function object needs no memory for it
                job.run(i);
                job.others.Notify();
            };
            try {
                pool_->Schedule(task);
            } catch (...) {  // out of memory: those before it still use the job
                task();
            }
        }
        job.run(0);
        job.others.Wait();
        if (job.error) std::rethrow_exception(job.error);
    }

private:
    /// What the parts of one call share.
    template <class F>
    struct Job {
        const F& f;
        Eigen::Barrier others;
        std::mutex mutex;
        std::exception_ptr error;

        void run(gemm::Index i) noexcept {
            try {
                f(i);
            } catch (...) {
                const std::lock_guard lock(mutex);
                if (!error) error = std::current_exception();
            }
        }
    };

    Eigen::ThreadPoolInterface* pool_;
};

static_assert(Executor<EigenPool>);

}  // namespace intact
