// What every command that analyses events starts with: what is said, who computes, and the folder that is written.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "host/app/console.hpp"
#include "host/compute/backend.hpp"
#include "host/compute/ranks.hpp"
#include "host/core/layers.hpp"
#include "host/files/folder_lock.hpp"
#include "host/files/memory_share.hpp"
#include "host/files/outcome.hpp"
#include "host/options/options.hpp"
#include "host/stages/ranked_reading.hpp"

namespace gateless::app {

struct Session {
  /// Errors: UsageError; InputError where another process writes into the folder; DeviceError.
  Session(const SharedOptions& shared, const std::string& out, Ranks& ranks);

  Console console;
  FolderLock lock;
  std::unique_ptr<Backend> backend;
  std::size_t threads = 1;
  RankedReaders readers;  ///< all ranks read samples
  MemoryWish memory;
};

/// All threads of the machine unless the command line says otherwise.
[[nodiscard]] std::size_t threads_of(const SharedOptions& shared);

/// The knowledge file that travels inside the program.
[[nodiscard]] Knowledge shipped_knowledge();

/// Writes the files of the results, then the report with what the console has counted and said, then the record.
void finish(Session& session, const Outcome& outcome, Results&& results);

}  // namespace gateless::app
