// The commands that analyse nothing: inspect, convert, simulate, devices, and text.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>

#include "host/app/commands.hpp"
#include "host/app/session.hpp"
#include "host/core/error.hpp"
#include "host/core/printable.hpp"
#include "host/files/convert_files.hpp"
#include "host/files/folders.hpp"
#include "host/files/inspect_files.hpp"
#include "host/simulate/simulate.hpp"

namespace gateless::app {
namespace {

/// To stdout; whether it arrived is asked once, at the end (main.cpp).
template <class... Arguments>
void print(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  std::cout << printable(fmt::format(format, std::forward<Arguments>(arguments)...));
}

}  // namespace

void execute(const InspectCommand& command, Ranks& /*ranks*/) {
  if (!inspect_files(command.plan, shipped_knowledge()))
    throw InputError("some files cannot be read (they would stop a run); see the problems listed");
}

void execute(const ConvertCommand& command, Ranks& /*ranks*/) {
  Console console(command.shared.is_quiet, command.shared.log_level);
  const std::vector<EventPath> files = event_paths(command.paths);
  check_names(files, command.plan.to);
  check_folder(command.plan.out);
  make_folder(command.plan.out);
  const FolderLock lock(command.plan.out);
  const Conversion done = timed(console, Stage::kConvert, [&] {
    return convert_files(files, command.plan, shipped_knowledge(), threads_of(command.shared),
                         console);
  });
  if (!done.errors.empty())
    throw InputError(fmt::format("{}", fmt::join(done.errors, "\n          ")));
  console.say(fmt::format("{} files, {} events, each read back and compared: {}/convert.csv",
                          files.size(), done.events, command.plan.out));
}

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
  options.threads = threads_of(command.shared);
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

}  // namespace gateless::app
