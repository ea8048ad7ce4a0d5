#include "host/preprocess/panel_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <span>

#include "host/core/distribution.hpp"
#include "host/preprocess/compensation_state.hpp"
#include "host/preprocess/scale_check.hpp"
#include "host/preprocess/stain_check.hpp"

namespace gateless::preprocess {
namespace {

constexpr double kNearlyAllZero = 0.99;
constexpr double kUsuallyNotZero = 0.8;

bool says_compensated(const FileOfPanel& file) {
  const std::vector<PanelChannel> markers = file.panel->markers();
  const auto named = std::count_if(markers.begin(), markers.end(), [](const PanelChannel& channel) {
    return channel.is_compensated;
  });
  return 2 * static_cast<std::size_t>(named) > markers.size();
}

/// Whether a file without a matrix still holds the spillover of a file of its panel that has one.
CompensationState state_by(const FileOfPanel& donor, const FileOfPanel& file) {
  std::map<std::string, std::string> marker_of;
  for (const PanelChannel& channel : donor.panel->channels) {
    if (channel.role == ChannelRole::kMarker) marker_of[channel.name] = channel.marker;
  }
  return compensation_state(*donor.spillover,
                            [&](const std::string& name) -> std::span<const float> {
                              const auto marker = marker_of.find(name);
                              return marker == marker_of.end() ? std::span<const float>()
                                                               : column_of(file, marker->second);
                            });
}

void check_compensation(const std::vector<FileOfPanel>& files, PanelCheck& check) {
  const auto donor = std::find_if(files.begin(), files.end(), [](const FileOfPanel& file) {
    return file.prepared->is_compensated && file.spillover != nullptr &&
           file.prepared->compensation.find("none") == std::string::npos;
  });
  if (donor == files.end()) return;
  std::vector<std::string> raw, already, unclear;
  for (const FileOfPanel& file : files) {
    if (file.prepared->is_compensated || !file.prepared->scale.empty()) continue;
    const CompensationState state =
        says_compensated(file) ? CompensationState::kCompensated : state_by(*donor, file);
    (state == CompensationState::kRaw           ? raw
     : state == CompensationState::kCompensated ? already
                                                : unclear)
        .push_back(file.name);
  }
  const std::size_t others = files.size() - raw.size() - already.size() - unclear.size();
  if (!raw.empty()) {
    check.refusals.push_back(fmt::format(
        "{}: no spillover matrix can be used, and the values are not compensated, those "
        "of the other {} files of the panel are (spilt light would pass for markers); "
        "export with the matrix, or compensated, or take the file out of the study",
        listed(raw), others + already.size()));
  }
  if (!already.empty()) {
    check.warnings.push_back(
        fmt::format("{}: compensated already when exported; the other {} files of the panel are "
                    "compensated by their matrix",
                    listed(already), others));
  }
  if (!unclear.empty()) {
    check.warnings.push_back(
        fmt::format("{}: without a spillover matrix, and whether the values are compensated cannot "
                    "be seen; the other {} files of the panel are compensated: check that the "
                    "exports are alike",
                    listed(unclear), others));
  }
}

/// Before compensation, which mixes other channels' values into it.
bool is_constant(const FileOfPanel& file, const std::string& marker) {
  const std::vector<std::string>& constant = file.prepared->constant;
  return std::find(constant.begin(), constant.end(), marker) != constant.end();
}

double share_of_zeros(std::span<const float> values) {
  const auto zeros = std::count(values.begin(), values.end(), 0.0F);
  return values.empty() ? 0.0 : static_cast<double>(zeros) / static_cast<double>(values.size());
}

/// Files in which a marker says nothing although it does in others.
std::vector<std::size_t> silent_files(const std::vector<FileOfPanel>& files,
                                      const std::string& marker) {
  std::vector<std::size_t> silent;
  std::vector<double> zeros;
  for (const FileOfPanel& file : files) zeros.push_back(share_of_zeros(column_of(file, marker)));
  std::vector<double> sorted = zeros;
  const bool is_usually_seen = upper_median(sorted) < kUsuallyNotZero;
  const auto least = *std::min_element(zeros.begin(), zeros.end());
  for (std::size_t file = 0; file < files.size(); ++file) {
    const std::span<const float> values = column_of(files[file], marker);
    const bool is_nearly_zero =
        zeros[file] >= kNearlyAllZero && (is_usually_seen || least < kUsuallyNotZero);
    if (values.size() > 1 && (is_constant(files[file], marker) || is_nearly_zero))
      silent.push_back(file);
  }
  return silent;
}

void check_constants(const std::vector<FileOfPanel>& files, const std::vector<std::string>& markers,
                     PanelCheck& check) {
  std::map<std::vector<std::size_t>, std::vector<std::string>>
      markers_of;  // silent files -> markers
  for (const std::string& marker : markers) {
    const std::vector<std::size_t> silent = silent_files(files, marker);
    if (!silent.empty()) markers_of[silent].push_back(marker);
    if (silent.size() == files.size()) continue;
    for (const std::size_t file : silent) check.doubts.push_back({file, marker});
  }
  for (const auto& [silent, names] : markers_of) {
    std::vector<std::string> of;
    for (const std::size_t file : silent) of.push_back(files[file].name);
    if (silent.size() == files.size()) {
      check.warnings.push_back(
          fmt::format("{} {} one value in every event of all files (not stained?)", listed(names),
                      names.size() == 1 ? "has" : "have"));
    } else {
      check.warnings.push_back(
          fmt::format("{} {} one value in (nearly) every event of {} (not stained, or lost on "
                      "export?): no change is called there in subsets that need {}",
                      listed(names), names.size() == 1 ? "has" : "have", listed(of),
                      names.size() == 1 ? "it" : "them"));
    }
  }
}

/// An unstained or single-stained control among the samples, or a stain that failed.
void check_stained(const std::vector<FileOfPanel>& files, const std::vector<std::string>& markers,
                   PanelCheck& check) {
  for (const NegativeMarkers& negative : find_negative_markers(files, markers)) {
    const std::string& name = files[negative.file].name;
    if (negative.are_nearly_all) {
      check.refusals.push_back(fmt::format(
          "{}: {} of {} markers stay at the level of negative cells (an unstained control, or "
          "stained with one dye? nothing can be measured in it, and it would move every level); "
          "take it out of the sample sheet",
          name, negative.markers.size(), markers.size()));
      continue;
    }
    const bool is_one = negative.markers.size() == 1;
    check.warnings.push_back(fmt::format(
        "{}: {} {} at the level of negative cells, where the other files have bright ones (not "
        "stained, or are the cells that have {} missing?): no change is called there in subsets of "
        "a lineage that need {}",
        name, listed(negative.markers), is_one ? "stays" : "stay", is_one ? "it" : "them",
        is_one ? "it" : "them"));
    for (const std::string& marker : negative.markers)
      check.doubts.push_back({negative.file, marker, true});
  }
}

void check_swaps(const std::vector<FileOfPanel>& files, const std::vector<std::string>& markers,
                 PanelCheck& check) {
  const StainCheck stains = compare_stains(files, markers);
  for (const MovedStains& moved : stains.moved) {
    check.refusals.push_back(fmt::format(
        "{}: {} stains ({}) are on other detectors than in the other files, the values are not "
        "({}: a list of stains that slipped?); correct the stains ($PnS) of this file, or take it "
        "out of the study",
        files[moved.file].name, moved.markers.size(), listed(moved.markers), moved.example));
  }
  if (!check.refusals.empty()) return;
  for (const SwappedStains& swap : stains.swapped) {
    const std::string& name = files[swap.file].name;
    if (swap.by_name) {
      check.refusals.push_back(fmt::format(
          "{}: the stains {} and {} are swapped against the other files: their detectors are "
          "exchanged, the values are not (every cell would be taken for another); correct the "
          "stains ($PnS) of this file, or take it out of the study",
          name, swap.one, swap.other));
      continue;
    }
    check.warnings.push_back(fmt::format(
        "{}: {} looks as {} does in the other files, and {} as {} (stains swapped?): no change is "
        "called there in subsets that need them",
        name, swap.one, swap.other, swap.other, swap.one));
    check.doubts.push_back({swap.file, swap.one});
    check.doubts.push_back({swap.file, swap.other});
  }
}

/// Unknown columns that only number files.
void leave_out_labels(const std::vector<FileOfPanel>& files,
                      const std::vector<std::string>& markers, PanelCheck& check) {
  if (files.size() < 2) return;
  for (const std::string& marker : markers) {
    const auto channels = files.front().panel->channels;
    const bool is_known = std::any_of(channels.begin(), channels.end(), [&](const auto& channel) {
      return channel.marker == marker && (channel.is_known || !channel.dump.empty());
    });
    const bool is_label =
        !is_known && std::all_of(files.begin(), files.end(),
                                 [&](const auto& file) { return is_constant(file, marker); });
    if (is_label) check.left_out.push_back(marker);
  }
  if (check.left_out.empty() || check.left_out.size() == markers.size()) return;
  check.warnings.push_back(
      fmt::format("{} has one value in each file: not used", listed(check.left_out)));
}

}  // namespace

PanelCheck check_panel(std::vector<FileOfPanel> files, const std::vector<std::string>& markers,
                       std::size_t threads) {
  look_at_files(files, threads);
  PanelCheck check;
  check_stained(files, markers, check);
  if (check.refusals.empty()) check_scales(files, check);
  if (check.refusals.empty()) check_factors(files, markers, check);
  if (check.refusals.empty()) check_single_scales(files, markers, check);
  if (check.refusals.empty()) check_swaps(files, markers, check);
  check_compensation(files, check);
  leave_out_labels(files, markers, check);
  std::vector<std::string> rest = markers;
  std::erase_if(rest, [&](const std::string& marker) {
    return std::find(check.left_out.begin(), check.left_out.end(), marker) != check.left_out.end();
  });
  check_constants(files, rest, check);
  return check;
}

}  // namespace gateless::preprocess
