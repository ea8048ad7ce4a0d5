// The commands that analyse nothing: simulate, devices, and text.
#include <fmt/format.h>

#include <iostream>

#include "host/app/commands.hpp"
#include "host/app/console.hpp"
#include "host/app/folder_lock.hpp"
#include "host/core/parallel.hpp"
#include "host/core/printable.hpp"
#include "host/simulate/simulate.hpp"

namespace gateless {
namespace {

/// To stdout; whether it arrived is asked once, at the end (main.cpp).
template <class... Arguments>
void print(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  std::cout << printable(fmt::format(format, std::forward<Arguments>(arguments)...));
}

}  // namespace

void execute(const SimulateCommand& command, Ranks& /*ranks*/) {
  Console console(command.shared.is_quiet, command.shared.log_level);
  const FolderLock lock(command.out);
  SimulationOptions options;
  options.out = command.out;
  options.seed = command.shared.seed.value_or(options.seed);
  options.patients = command.patients;
  options.controls = command.controls;
  options.panels = command.panels;
  options.events = command.events;
  options.is_null = command.is_null;
  options.has_unnamed = command.has_unnamed;
  options.threads =
      command.shared.compute.threads == 0 ? hardware_threads() : command.shared.compute.threads;
  const SimulationSummary summary = simulate_trial(options, console);
  console.say(fmt::format("simulated {} files, {} events: {}", summary.files, summary.events,
                          summary.study_path));
}

void execute(const DevicesCommand&, Ranks& ranks) {
  for (const BackendInfo& backend : list_backends()) {
    print("{:<10} {:<12} {}\n", backend.name, backend.available ? "available" : "not here",
          backend.available
              ? (backend.memory_gib > 0.0
                     ? fmt::format("{}, {:.1f} GiB", backend.device, backend.memory_gib)
                     : backend.device)
              : backend.reason);
  }
  const std::string mpi = mpi_of_build();
  print("{:<10} {:<12} {}\n", "ranks", mpi.empty() ? "not here" : "available",
        mpi.empty() ? "this program was built without MPI"
                    : fmt::format("{}, {} rank{}, {} on this machine", mpi, ranks.count(),
                                  ranks.count() == 1 ? "" : "s", ranks.count_here()));
}

void execute(const TextCommand& command, Ranks& /*ranks*/) { std::cout << command.text; }

}  // namespace gateless
