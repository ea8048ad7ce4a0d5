// Stands in for ranks_mpi.cpp in a build without MPI.
#include "host/compute/ranks.hpp"

namespace gateless::compute {

std::unique_ptr<Ranks> join_ranks(int& /*argc*/, char**& /*argv*/) {
  return std::make_unique<OneRank>();
}

std::string mpi_of_build() { return ""; }

}  // namespace gateless::compute
