// Trial reads of HDF5 files. The library (1.10) can crash or loop on damaged files whatever its caller checks, so a file is
// read in a child process first; what the child survives is survived here too.
#pragma once

#include <string>

namespace gateless::io {

/// A read that can be tried: which function reads which file.
struct Hdf5Trial {
  enum class Read { kEvents, kObsColumn, kObsColumns, kModel, kPart };
  Read read = Read::kEvents;
  std::string path;
  std::string column;  ///< of kObsColumn
};

/// Reads a file in a child process first. The child is this program, started again, where the program answers trials;
/// else a copy of this process.
/// Errors: Hdf5Failure when the child does not come to an end in good order.
void try_in_child(const Hdf5Trial& trial);

/// To be called first in main(): from then on this program is started again for each trial, and where it was started
/// for one, tries the read and exits. A copy of a process with several threads may wait for ever for what another
/// thread held: glibc's malloc can be copied, that of the address sanitizer (clang 14) and others cannot.
void answer_trials(int argc, char** argv) noexcept;

}  // namespace gateless::io
