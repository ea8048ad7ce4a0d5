// The commands that analyse nothing: inspect, simulate, report, devices, and text.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "host/annotate/channel_naming.hpp"
#include "host/app/commands.hpp"
#include "host/app/console.hpp"
#include "host/app/embedded.hpp"
#include "host/app/event_paths.hpp"
#include "host/app/folder_lock.hpp"
#include "host/app/outcome.hpp"
#include "host/core/error.hpp"
#include "host/core/parallel.hpp"
#include "host/core/printable.hpp"
#include "host/simulate/simulate.hpp"
#include "io/inspect.hpp"
#include "io/knowledge_file.hpp"

namespace gateless {
namespace {

const char* word_of(ChannelRole role) {
  switch (role) {
    case ChannelRole::kMarker:
      return "marker";
    case ChannelRole::kViability:
      return "viability";
    case ChannelRole::kForward:
      return "forward scatter";
    case ChannelRole::kSide:
      return "side scatter";
    case ChannelRole::kTime:
      return "time";
    case ChannelRole::kEventLength:
      return "event length";
    case ChannelRole::kDna:
      return "DNA";
    case ChannelRole::kBead:
      return "beads";
    case ChannelRole::kGaussian:
      return "pulse shape";
    case ChannelRole::kIgnored:
      return "not used";
  }
  return "";
}

/// What `run` makes of each channel, [channels], where the study file does not say otherwise.
Panel panel_of(const FileSummary& summary) {
  static const Knowledge knowledge = parse_knowledge(embedded::knowledge_text(), "pbmc.yaml");
  return name_channels(summary.channels, knowledge, {}, summary.cytometer);
}

/// To stdout; whether it arrived is asked once, at the end (main.cpp).
template <class... Arguments>
void print(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  std::cout << printable(fmt::format(format, std::forward<Arguments>(arguments)...));
}

nlohmann::json json_of(const FileSummary& summary) {
  nlohmann::json channels = nlohmann::json::array();
  const Panel panel = panel_of(summary);
  for (std::size_t index = 0; index < summary.channels.size(); ++index) {
    const Channel& channel = summary.channels[index];
    const PanelChannel& read = panel.channels[index];
    channels.push_back({{"name", channel.name},
                        {"stain", channel.stain},
                        {"range", channel.range},
                        {"role", word_of(read.role)},
                        {"marker", read.marker},
                        {"known", read.is_known}});
  }
  return {{"path", summary.path},
          {"readable", summary.readable},
          {"version", summary.version},
          {"value_type", summary.value_type},
          {"byte_order", summary.byte_order},
          {"events", summary.events},
          {"data_sets", summary.data_sets},
          {"channels", channels},
          {"cytometer", summary.cytometer},
          {"date", summary.date},
          {"spillover", summary.has_spillover},
          {"instrument", panel.instrument == Instrument::kMass ? "mass" : "flow"},
          {"panel_warnings", panel.warnings},
          {"problems", summary.problems}};
}

void print_summary(const FileSummary& summary) {
  print("{}\n", summary.path);
  if (!summary.version.empty()) {
    print("  {} {} {}  {} events x {} channels{}{}{}\n", summary.version, summary.value_type,
          summary.byte_order, summary.events, summary.channels.size(),
          summary.has_spillover ? "  with spillover" : "",
          summary.cytometer.empty() ? "" : "  " + summary.cytometer,
          summary.data_sets > 1 ? fmt::format("  ({} data sets)", summary.data_sets) : "");
  }
  const Panel panel = panel_of(summary);
  for (std::size_t index = 0; index < summary.channels.size(); ++index) {
    const Channel& channel = summary.channels[index];
    const PanelChannel& read = panel.channels[index];
    const bool is_marker = read.role == ChannelRole::kMarker;
    print("    {:<20} {:<20} {}{}{}\n", channel.name, channel.stain, word_of(read.role),
          is_marker ? " " + read.marker : "",
          is_marker && !read.is_known ? " (not in the knowledge file)" : "");
  }
  for (const std::string& warning : panel.warnings) print("  ! {}\n", warning);
  for (const std::string& problem : summary.problems) print("  ! {}\n", problem);
}

}  // namespace

void execute(const InspectCommand& command, Ranks& /*ranks*/) {
  nlohmann::json all = nlohmann::json::array();
  bool is_readable = true;
  for (const EventPath& event_path : event_paths(command.paths)) {
    const FileSummary summary = inspect_file(event_path.path);
    is_readable = is_readable && summary.readable;
    if (command.is_json) {
      all.push_back(json_of(summary));
    } else {
      print_summary(summary);
    }
  }
  using nlohmann::json;
  if (command.is_json) std::cout << all.dump(2, ' ', false, json::error_handler_t::replace) << "\n";
  if (!is_readable)
    throw InputError("some files cannot be read (they would stop a run); see the problems listed");
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
