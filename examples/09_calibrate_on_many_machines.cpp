// Calibrate on many machines: under MPI each rank observes its shard of the data, one reduction
// merges the observers, and every rank holds the very bytes of one process that saw all data.
//
//   mpirun -n 4 09_calibrate_on_many_machines
#include <array>
#include <iostream>
#include <random>
#include <sstream>
#include <string>

#include <mpi.h>
#include <intact/intact.hpp>
#include <intact/io/calibration.hpp>

namespace {

using Activations = intact::AffineQuantizer<std::uint8_t, intact::PerTensor,
                                            intact::Histogram<intact::MeanSquaredError>>;

/// A saved quantizer, which ends where it says; zeros follow. No histogram of one tensor is larger;
/// observers of many channels want a larger one.
using Message = std::array<char, 65536>;

Message packed(const Activations& activations) {
    std::ostringstream file;
    save(file, activations);
    Message message{};
    const std::string bytes = file.str();
    if (bytes.size() > message.size()) {
        std::cerr << "the quantizer takes " << bytes.size() << " bytes, a message holds "
                  << message.size() << ": make Message larger\n";
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    bytes.copy(message.data(), message.size());
    return message;
}

Activations unpacked(const Message& message) {
    std::istringstream file(std::string(message.data(), message.size()));
    Activations activations;
    load(file, activations);
    return activations;
}

/// What MPI calls to reduce: into[i] becomes from[i] merged with into[i].
void merge(void* from, void* into, int* count, MPI_Datatype* /*type*/) {
    for (int i = 0; i < *count; ++i) {
        Activations merged = unpacked(static_cast<Message*>(from)[i]);
        merged.merge(unpacked(static_cast<Message*>(into)[i]));
        static_cast<Message*>(into)[i] = packed(merged);
    }
}

/// What a process has seen of the batches first, first + step, ... each wider than the one before.
Activations observed(int first, int step) {
    Activations activations;
    for (int i = first; i < 50; i += step) {
        std::mt19937 generator(static_cast<unsigned>(i));
        std::normal_distribution<float> normal(0.0F, 1.0F + static_cast<float>(i));
        activations.observe(Eigen::VectorXf::NullaryExpr(10000, [&] { return normal(generator); }));
    }
    return activations;
}

}  // namespace

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    int rank = 0;
    int ranks = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    MPI_Datatype type = MPI_DATATYPE_NULL;
    MPI_Type_contiguous(sizeof(Message), MPI_BYTE, &type);
    MPI_Type_commit(&type);
    MPI_Op merge_all = MPI_OP_NULL;
    MPI_Op_create(merge, 1, &merge_all);  // 1: in any order

    const Message shard = packed(observed(rank, ranks));
    Message all{};
    MPI_Allreduce(shard.data(), all.data(), 1, type, merge_all, MPI_COMM_WORLD);
    const bool same = all == packed(observed(0, 1));
    if (rank == 0) std::cout << intact::simd::describe() << '\n';
    std::cout << "rank " << rank << " of " << ranks << ": scale "
              << unpacked(all).params().front().scale
              << (same ? ", byte-identical to" : ", NOT the bytes of") << " one process\n";
    MPI_Finalize();
    return same ? 0 : 1;
}
