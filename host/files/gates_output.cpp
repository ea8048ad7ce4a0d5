#include "host/files/gates_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "host/annotate/subset_axes.hpp"
#include "host/core/gates.hpp"
#include "host/core/large_blocks.hpp"
#include "host/core/layers.hpp"
#include "host/files/folders.hpp"
#include "host/files/gate_count.hpp"
#include "host/files/gate_lesson.hpp"
#include "io/flowjo_workspace.hpp"
#include "io/gating_ml.hpp"

namespace gateless::files {
namespace {

/// The abnormal clusters of a panel that are metaclusters; abnormal subsets have gates as subsets.
std::vector<ClusterOfInterest> clusters_of(const PanelAnalysis& analysis,
                                           const std::vector<AbnormalRow>& abnormal) {
  std::vector<ClusterOfInterest> clusters;
  for (const AbnormalRow& row : abnormal) {
    for (const ClusterRow& cluster : analysis.clusters) {
      if (cluster.map.empty() || std::to_string(cluster.metacluster) != row.cluster) continue;
      clusters.push_back({.id = fmt::format("metacluster_{}", row.cluster),
                          .name = fmt::format("Metacluster {} ({})", row.cluster, row.name),
                          .parent = cluster.map,
                          .metacluster = cluster.metacluster});
    }
  }
  return clusters;
}

std::vector<GateBounds> bounds_of(const LearnedGate& gate, const std::vector<AxisScale>& scales) {
  std::vector<GateBounds> sides;
  for (const PlacedSide& placed : gate.sides) {
    auto side = std::find_if(sides.begin(), sides.end(),
                             [&](const GateBounds& one) { return one.axis == placed.side.axis; });
    if (side == sides.end())
      side = sides.insert(sides.end(), {.axis = placed.side.axis, .low = {}, .high = {}});
    (placed.side.is_upper ? side->high : side->low) = scales[placed.side.axis].edge(placed.edge);
  }
  return sides;
}

GateTarget target_of(const LearnedGate& gate, const PanelAnalysis& analysis,
                     const Knowledge& knowledge, const std::vector<ClusterOfInterest>& clusters) {
  const SubsetModel& model = analysis.subsets;
  for (std::size_t subset = 0; subset < model.subsets.size(); ++subset) {
    if (model.subsets[subset].id != gate.subset) continue;
    if (is_overlaid(SubsetId::at(subset), model)) {
      return {.labels = {},
              .metacluster = -1,
              .profiles = profiles_inside(SubsetId::at(subset), model, analysis.calls.profiles)};
    }
    return {.labels = labels_say(subset, model, knowledge), .metacluster = -1};
  }
  for (const ClusterOfInterest& cluster : clusters) {
    if (cluster.id == gate.subset)
      return {.labels = {}, .metacluster = static_cast<std::int32_t>(cluster.metacluster)};
  }
  return {};
}

GatePanel make_panel(const PanelAnalysis& analysis, const GateFiles& files, const Outcome& outcome,
                     const std::vector<AbnormalRow>& abnormal, std::size_t threads) {
  const std::vector<ClusterOfInterest> clusters = clusters_of(analysis, abnormal);
  const std::vector<std::int32_t> refined = refined_of(analysis, clusters);
  const ScaledLesson drawn = draw_lesson(files, clusters, analysis, refined, threads);
  GatePanel panel;
  panel.panel = analysis.events.panel.name;
  panel.axes = files.axes;
  std::vector<GateTarget> targets;
  for (const LearnedGate& gate :
       learn_gates(drawn.lesson, analysis.subsets, outcome.study.knowledge)) {
    panel.gates.push_back({.id = gate.id,
                           .subset = gate.subset,
                           .name = gate.name,
                           .parent = gate.parent,
                           .is_last = gate.is_last,
                           .sides = bounds_of(gate, drawn.scales)});
    targets.push_back(target_of(gate, analysis, outcome.study.knowledge, clusters));
  }
  count_gates(panel, files, targets, analysis, refined, threads);
  return panel;
}

/// A panel's name as the name of a file; no two panels get the same.
std::string file_name(const std::string& panel, std::set<std::string>& taken) {
  std::string name;
  for (const char letter : panel) {
    const bool is_plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                          (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
    name += is_plain ? letter : '_';
  }
  if (name.empty()) name = "panel";
  std::string free = name;
  for (int number = 2; !taken.insert(free).second; ++number)
    free = fmt::format("{}_{}", name, number);
  return free;
}

void add_rows(const GatePanel& panel, std::vector<GateRow>& rows) {
  for (const GateSample& sample : panel.samples) {
    for (std::size_t g = 0; g < panel.gates.size(); ++g) {
      const RectangleGate& gate = panel.gates[g];
      const GateCount& count = sample.counts[g];
      GateRow row;
      row.sample = sample.name;
      row.panel = panel.panel;
      row.gate = gate.id;
      row.subset = gate.subset;
      row.name = gate.name;
      row.path = panel.parent_path(g);
      row.is_last = gate.is_last;
      const GateBounds& x = gate.sides.front();
      row.x_channel = panel.axes[x.axis].channel;
      row.x_marker = panel.axes[x.axis].marker;
      row.x_low = x.low;
      row.x_high = x.high;
      if (gate.sides.size() > 1) {
        const GateBounds& y = gate.sides.back();
        row.y_channel = panel.axes[y.axis].channel;
        row.y_marker = panel.axes[y.axis].marker;
        row.y_low = y.low;
        row.y_high = y.high;
      }
      row.events = count.inside;
      row.labelled = count.labelled;
      row.labelled_inside = count.labelled_inside;
      row.untold_inside = count.untold_inside;
      row.precision = count.precision();
      row.recall = count.recall();
      row.f1 = count.f1();
      rows.push_back(std::move(row));
    }
  }
}

void write_files(const GatePanel& panel, const std::string& name, const std::string& dir) {
  const std::filesystem::path folder = std::filesystem::path(dir) / "gates";
  make_folder(folder.string());
  write_gating_ml(panel, (folder / (name + ".gating.xml")).string());
  const bool has_fcs = std::any_of(panel.samples.begin(), panel.samples.end(),
                                   [](const GateSample& sample) { return sample.is_fcs(); });
  if (has_fcs) write_flowjo_workspace(panel, (folder / (name + ".wsp")).string());
}

}  // namespace

std::vector<GateRow> tell_gates(const Outcome& outcome, const std::vector<AbnormalRow>& abnormal,
                                std::size_t threads, Progress& progress) {
  std::vector<GateRow> rows;
  const std::vector<std::string> names = sample_names(outcome.study.samples);
  std::set<std::string> taken;
  std::uint64_t counted = 0;
  const KeepFreedBlocks keep;
  for (const PanelAnalysis& analysis : outcome.study.panels) {
    if (!analysis.is_named() || analysis.events.samples.empty()) continue;
    const GateFiles files = gate_files(analysis, outcome.study.samples, names);
    if (!files.left_out.empty()) {
      progress.warn(fmt::format(
          "panel '{}': gates are not counted in {} (channels or compensation differ "
          "from those of {})",
          analysis.events.panel.name, fmt::join(files.left_out, ", "), files.files.front().name));
    }
    const GatePanel panel = make_panel(analysis, files, outcome, abnormal, threads);
    if (panel.gates.empty()) continue;
    add_rows(panel, rows);
    write_files(panel, file_name(panel.panel, taken), outcome.dir);
    for (const GateSample& sample : panel.samples) counted += sample.events;
  }
  progress.looks_at(counted, 0);
  return rows;
}

}  // namespace gateless::files
