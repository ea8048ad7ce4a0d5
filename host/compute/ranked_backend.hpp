// A backend over ranks: rank 0 runs the program, every rank holds an equal stretch of the events and passes over it
// with a backend of its own. What crosses: the events once at load, then codebooks, node sums and labels.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/compute/backend.hpp"
#include "host/compute/rank_work.hpp"
#include "host/compute/ranks.hpp"

namespace gateless::compute {

using BackendMaker =
    std::function<std::unique_ptr<Backend>(const std::string& name, const BackendOptions& options)>;

/// The backend that rank 0 computes with; with one rank, the named backend itself. `ranks` must outlive it. Node sums
/// are integers, so the bytes do not depend on the number of ranks.
/// Errors: as make_backend; a failure on another rank is thrown here, with its status and message.
[[nodiscard]] std::unique_ptr<Backend> make_ranked_backend(Ranks& ranks, const std::string& name,
                                                           const BackendOptions& options,
                                                           const BackendMaker& make = make_backend);

/// What every other rank does until rank 0 dismisses it; `workers` do what is no pass.
void serve(Ranks& ranks, const RankWorkers& workers = {}, const BackendMaker& make = make_backend);

/// Rank 0 needs the others no more; their serve() returns.
void dismiss(Ranks& ranks);

}  // namespace gateless::compute
