// An executor of plain std::threads that live as long as it does.
//
// The caller works too. A thread that has nothing to do watches for work a little while before it
// sleeps, because the next product often follows at once and waking up takes longer than many
// products do. It begins with the parts that it had the last time: what they read and write is
// still in its caches.
//
// Errors   std::invalid_argument  fewer than one thread; std::system_error if none can be started
//
//   intact::ThreadTeam team(4);   // the caller and three more
//   intact::multiply(x8, packed, intact::Dequantize(bias), y, team);
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "intact/core/error.hpp"
#include "intact/gemm/executor.hpp"

namespace intact {

class ThreadTeam {
public:
    /// While the threads are awake; one that sleeps is not waited for.
    static constexpr gemm::Index hand_over_ns = 1000;

    explicit ThreadTeam(gemm::Index size) {
        require(size >= 1, "ThreadTeam", "the size is out of range, expected at least 1, given ",
                size);
        shares_ = std::vector<std::atomic<std::uint64_t>>(static_cast<std::size_t>(size));
        try {
            for (gemm::Index i = 1; i < size; ++i) threads_.emplace_back([this, i] { work(i); });
        } catch (...) {
            end();
            throw;
        }
    }
    ~ThreadTeam() { end(); }
    ThreadTeam(const ThreadTeam&) = delete;
    ThreadTeam& operator=(const ThreadTeam&) = delete;

    [[nodiscard]] gemm::Index size() const noexcept { return std::ssize(threads_) + 1; }

    /// One call at a time: another thread that calls meanwhile waits for its turn, unless there
    /// is but one part or one thread. A part must not call the team that runs it.
    template <class F>
    void run(gemm::Index count, const F& f) {
        if (threads_.empty() || count <= 1) {
            CallersThread::run(count, f);
            return;
        }
        const std::lock_guard turn(turn_);
        const auto call = [](const void* task, gemm::Index i) {
            (*static_cast<const F*>(task))(i);
        };
        error_ = nullptr;
        {
            const std::lock_guard lock(mutex_);
            job_ = {job_.number + 1, call, &f, static_cast<std::uint32_t>(count)};
            done_.store(0, std::memory_order_relaxed);
            for (auto& share : shares_) {
                share.store(std::uint64_t{job_.number} << 32, std::memory_order_relaxed);
            }
            number_.store(job_.number, std::memory_order_release);
        }
        wake_.notify_all();
        take_parts(job_, 0);
        while (done_.load(std::memory_order_acquire) < count) pause();
        if (error_) std::rethrow_exception(error_);
    }

private:
    struct Job {
        std::uint32_t number = 0;
        void (*call)(const void*, gemm::Index) = nullptr;
        const void* task = nullptr;
        std::uint32_t count = 0;
    };

    static void pause() noexcept {
#if INTACT_X86
        __builtin_ia32_pause();
#else
        std::this_thread::yield();
#endif
    }

    /// Runs parts of `job` until none is left, those of one's own share first; a job that has ended
    /// meanwhile has none.
    void take_parts(const Job& job, std::size_t own) noexcept {
        for (std::size_t i = 0; i < shares_.size(); ++i) {
            take_share(job, (own + i) % shares_.size());
        }
    }

    /// Runs what is left of a share: parts `number`, `number` + size() and so on.
    void take_share(const Job& job, std::size_t number) noexcept {
        std::atomic<std::uint64_t>& share = shares_[number];
        std::uint64_t next = share.load(std::memory_order_acquire);
        while (next >> 32 == job.number) {
            const std::size_t part = static_cast<std::uint32_t>(next) * shares_.size() + number;
            if (part >= job.count) return;
            if (!share.compare_exchange_weak(next, next + 1, std::memory_order_acq_rel)) continue;
            try {
                job.call(job.task, static_cast<gemm::Index>(part));
            } catch (...) {
                const std::lock_guard lock(mutex_);
                if (!error_) error_ = std::current_exception();
            }
            done_.fetch_add(1, std::memory_order_release);
            next = share.load(std::memory_order_acquire);
        }
    }

    void work(gemm::Index own) noexcept {
        std::uint32_t seen = 0;
        while (true) {
            constexpr int patience = 20'000;  // some 100 microseconds
            for (int i = 0; i < patience; ++i) {
                if (number_.load(std::memory_order_acquire) != seen) break;
                pause();
            }
            Job job;
            {
                std::unique_lock lock(mutex_);
                wake_.wait(lock, [&] { return job_.number != seen; });
                if (ends_) return;
                job = job_;
            }
            seen = job.number;
            take_parts(job, static_cast<std::size_t>(own));
        }
    }

    void end() noexcept {
        {
            const std::lock_guard lock(mutex_);
            ends_ = true;
            number_.store(++job_.number, std::memory_order_release);
        }
        wake_.notify_all();
        for (std::thread& thread : threads_) thread.join();
    }

    std::mutex turn_;   // of callers
    std::mutex mutex_;  // of what the threads read
    std::condition_variable wake_;
    Job job_;
    bool ends_ = false;
    std::atomic<std::uint32_t> number_ = 0;           // of the latest job
    std::atomic<gemm::Index> done_ = 0;               // parts of the latest job
    std::vector<std::atomic<std::uint64_t>> shares_;  // number of the job, index of the next part
    std::exception_ptr error_;
    std::vector<std::thread> threads_;
};

static_assert(Executor<ThreadTeam>);

}  // namespace intact
