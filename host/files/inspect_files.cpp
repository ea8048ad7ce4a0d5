#include "host/files/inspect_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "host/annotate/channel_naming.hpp"
#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/core/parallel.hpp"
#include "host/core/printable.hpp"
#include "host/files/event_reading.hpp"
#include "host/stages/channel_table.hpp"
#include "host/stages/panel_preview.hpp"
#include "io/event_csv.hpp"
#include "io/inspect.hpp"

namespace gateless::files {
namespace {

/// Whether a file in a folder is looked at: by its ending, and tables only where their first row is of numbers.
bool holds_events(const std::filesystem::path& path) {
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  if (ending == ".fcs" || ending == ".lmd" || ending == ".h5ad") return true;
  if (ending != ".csv" && ending != ".tsv" && ending != ".txt") return false;
  std::error_code ignored;
  const bool is_result = std::filesystem::exists(path.parent_path() / "run.json", ignored);
  return !is_result && looks_like_events(path.string());
}

/// Files as given, and in folders every file that looks like events, in name order.
std::vector<std::string> files_in(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code failure;
    if (!fs::is_directory(path, failure)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    for (auto entry = fs::recursive_directory_iterator(
             path, fs::directory_options::skip_permission_denied, failure);
         !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
      if (holds_events(entry->path())) found.push_back(entry->path().string());
    }
    if (found.empty()) {
      throw InputError(fmt::format(
          "{}: no .fcs, .lmd or .h5ad file and no table of events in this folder (nothing to look "
          "at); name the files themselves",
          path));
    }
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

/// To stdout; whether it arrived is asked once, at the end (main.cpp).
template <class... Arguments>
void print(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  std::cout << printable(fmt::format(format, std::forward<Arguments>(arguments)...));
}

/// A file as its header says, and as `run` would take it.
struct Looked {
  FileSummary summary;
  FilePreview preview;
};

/// Where the events were not looked at, the channels are named by the header alone.
void name_by_header(Looked& file, const Knowledge& knowledge) {
  if (!file.preview.channels.channels.empty()) return;
  file.preview.channels =
      name_channels(file.summary.channels, knowledge, {}, file.summary.cytometer);
}

/// What the header said already is not said again.
void leave_out_repeats(Looked& file) {
  const std::vector<std::string>& known = file.summary.problems;
  std::erase_if(file.preview.told, [&](const std::string& text) {
    return std::find(known.begin(), known.end(), text) != known.end();
  });
}

std::vector<Looked> look_at_files(const InspectPlan& plan, const Knowledge& knowledge) {
  std::vector<Looked> files;
  std::vector<std::string> readable;
  for (const std::string& path : files_in(plan.paths)) {
    files.push_back({inspect_file(path), {}});
    if (files.back().summary.readable) readable.push_back(path);
  }
  if (!plan.is_quick) {
    std::vector<FilePreview> previews =
        preview_files(readable, read_sample, knowledge, hardware_threads());
    std::size_t next = 0;
    for (Looked& file : files) {
      if (file.summary.readable) file.preview = std::move(previews[next++]);
    }
  }
  for (Looked& file : files) {
    name_by_header(file, knowledge);
    leave_out_repeats(file);
  }
  return files;
}

nlohmann::json json_of(const Looked& file, bool is_quick) {
  const auto& [summary, preview] = file;
  nlohmann::json channels = nlohmann::json::array();
  for (const PanelChannel& read : preview.channels.channels) {
    const Channel& channel = summary.channels[read.channel];
    channels.push_back({{"name", channel.name},
                        {"stain", channel.stain},
                        {"range", channel.range},
                        {"role", word_of(read.role)},
                        {"marker", read.marker},
                        {"known", read.is_known},
                        {"why", read.reason}});
  }
  nlohmann::json result = {
      {"path", summary.path},
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
      {"instrument", preview.channels.instrument == Instrument::kMass ? "mass" : "flow"},
      {"panel_warnings", preview.channels.warnings},
      {"problems", summary.problems}};
  if (!is_quick) {
    result["panel"] = preview.panel;
    result["kept"] = preview.kept;
    result["fits"] = preview.fits;
    result["told"] = preview.told;
  }
  return result;
}

std::string channel_lines(const Looked& file) {
  std::string lines;
  for (const PanelChannel& read : file.preview.channels.channels) {
    const Channel& channel = file.summary.channels[read.channel];
    const bool is_marker = read.role == ChannelRole::kMarker;
    lines += fmt::format("    {:<20} {:<20} {}{}{}\n", channel.name, channel.stain,
                         word_of(read.role), is_marker ? " " + read.marker : "",
                         read.reason.empty() ? "" : ": " + read.reason);
  }
  return lines;
}

/// Channels of a file, or the file before it that has the same ones. `shown` is lines -> path.
void print_channels(const Looked& file, std::map<std::string, std::string>& shown) {
  const std::string lines = channel_lines(file);
  const auto [at, is_new] = shown.try_emplace(lines, file.summary.path);
  if (is_new || lines.empty()) {
    print("{}", lines);
  } else {
    print("    channels as in {}\n", at->second);
  }
}

void print_file(const Looked& file, bool is_quick, std::map<std::string, std::string>& shown) {
  const auto& [summary, preview] = file;
  print("{}\n", summary.path);
  if (!summary.version.empty()) {
    print("  {} {} {}  {} events x {} channels{}{}{}\n", summary.version, summary.value_type,
          summary.byte_order, summary.events, summary.channels.size(),
          summary.has_spillover ? "  with spillover" : "",
          summary.cytometer.empty() ? "" : "  " + summary.cytometer,
          summary.data_sets > 1 ? fmt::format("  ({} data sets)", summary.data_sets) : "");
  }
  print_channels(file, shown);
  if (!is_quick && summary.readable) {
    print("  {}{}, {} events kept\n",
          preview.panel.empty() ? "no panel" : fmt::format("panel '{}'", preview.panel),
          preview.fits ? "" : ": a run would refuse it", preview.kept);
  }
  for (const auto* said : {&preview.channels.warnings, &summary.problems, &preview.told}) {
    for (const std::string& text : *said) print("  ! {}\n", text);
  }
}

}  // namespace

bool inspect_files(const InspectPlan& plan, const Knowledge& knowledge) {
  nlohmann::json all = nlohmann::json::array();
  bool are_readable = true;
  std::map<std::string, std::string> shown;
  for (const Looked& file : look_at_files(plan, knowledge)) {
    are_readable = are_readable && file.summary.readable;
    if (plan.is_json) {
      all.push_back(json_of(file, plan.is_quick));
    } else {
      print_file(file, plan.is_quick, shown);
    }
  }
  using nlohmann::json;
  if (plan.is_json) std::cout << all.dump(2, ' ', false, json::error_handler_t::replace) << "\n";
  return are_readable;
}

}  // namespace gateless::files
