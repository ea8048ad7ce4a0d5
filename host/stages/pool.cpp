#include "host/stages/pool.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "host/core/layers.hpp"
#include "host/core/transform_curve.hpp"
#include "host/preprocess/transform_estimate.hpp"
#include "host/stages/file_warnings.hpp"

namespace gateless::stages {
namespace {

std::uint64_t bytes_of(const PanelEvents& panel) {
  return std::uint64_t{panel.store.events()} * panel.markers.size() * sizeof(float);
}

std::vector<std::vector<float>> columns_of(PreparedSample& prepared,
                                           const std::vector<std::string>& markers) {
  std::vector<std::vector<float>> columns;
  for (const std::string& marker : markers) {
    const auto found = std::find(prepared.markers.begin(), prepared.markers.end(), marker);
    columns.push_back(
        std::move(prepared.columns[static_cast<std::size_t>(found - prepared.markers.begin())]));
  }
  prepared.columns.clear();
  return columns;
}

QcRow qc_row(const std::string& sample, const std::string& panel, const Ingested& file) {
  QcRow row;
  row.sample = sample;
  row.panel = panel;
  row.events = file.prepared.events;
  row.kept = file.prepared.kept;
  for (std::size_t reason = 1; reason < kDropReasons; ++reason) {
    row.dropped.emplace_back(kDropReasonNames[reason], file.prepared.counts[reason]);
  }
  row.compensation = file.prepared.compensation;
  std::vector<std::string> words = file.warnings;
  words.insert(words.end(), file.prepared.warnings.begin(), file.prepared.warnings.end());
  row.warnings = fmt::format("{}", fmt::join(words, "; "));
  row.signal = file.prepared.signal;
  row.thresholds = fmt::format("{}", fmt::join(file.prepared.notes, "; "));
  return row;
}

std::string words_of(const Transform& transform) {
  switch (transform.kind) {
    case TransformKind::kNone:
      return "none";
    case TransformKind::kArcsinh:
      return fmt::format("arcsinh({:.4g})", transform.cofactor);
    case TransformKind::kLogicle:
      return fmt::format("logicle(T={:.6g},W={:.3g},M={:.3g},A={:.3g})", transform.t, transform.w,
                         transform.m, transform.a);
  }
  return {};
}

}  // namespace

PanelEvents pool_panel(const PanelMembers& group, const std::vector<Sample>& samples,
                       std::vector<Ingested>& files, CheckedMarkers&& checked, std::size_t threads,
                       Progress& progress) {
  const auto& [name, members] = group;
  PanelEvents panel;
  panel.panel = files[members.front()].panel;
  panel.panel.name = name;
  for (const std::string& warning : panel.panel.warnings)
    progress.warn(fmt::format("panel '{}': {}", name, warning));
  panel.markers = std::move(checked.markers);
  panel.doubts = std::move(checked.doubts);
  panel.store = EventStore(panel.markers);
  progress.expect(members.size());
  for (const std::size_t member : members) {
    Ingested& file = files[member];
    progress.step();
    panel.qc.push_back(qc_row(samples[member].file, name, file));
    PooledSample pooled;
    pooled.sample = member;
    pooled.events = file.prepared.events;
    pooled.kept_events = std::move(file.prepared.event_index);
    pooled.sha256 = file.sha256;
    pooled.bytes = file.bytes;
    pooled.panel = file.panel;
    pooled.is_unmixed = file.prepared.is_unmixed;
    pooled.is_doubtful = file.prepared.is_doubtful;
    panel.samples.push_back(std::move(pooled));
    panel.store.append(member, columns_of(file.prepared, panel.markers));
    file.prepared.reasons = {};
  }
  warn_of_files(samples, files, members, progress);
  panel.store.seal(threads);
  progress.looks_at(panel.store.events(), bytes_of(panel));
  return panel;
}

void transform_panel(PanelEvents& panel, const std::vector<double>& ranges,
                     const IngestOptions& options, Progress& progress) {
  if (options.frozen != nullptr) {
    panel.transforms = options.frozen->transforms;
  } else {
    TransformEstimate estimate = estimate_transforms(panel.store, panel.panel.instrument, ranges,
                                                     options.transform, panel.panel.side_scatter());
    panel.transforms = std::move(estimate.transforms);
    for (const std::string& warning : estimate.warnings) {
      progress.warn(fmt::format("panel '{}': {}", panel.panel.name, warning));
    }
  }
  const std::vector<TransformCurve> curves(panel.transforms.begin(), panel.transforms.end());
  Columns columns;
  for (std::size_t marker = 0; marker < panel.markers.size(); ++marker) {
    columns.push_back(panel.store.marker(marker));
  }
  transform_columns(columns, curves, options.threads);
  std::vector<std::string> words;
  for (std::size_t marker = 0; marker < panel.markers.size(); ++marker) {
    words.push_back(panel.markers[marker] + " " + words_of(panel.transforms[marker]));
  }
  for (QcRow& row : panel.qc) row.transforms = fmt::format("{}", fmt::join(words, "; "));
  progress.looks_at(panel.store.events(), bytes_of(panel));
}

std::vector<double> ranges_of(const Ingested& file, const std::vector<std::string>& markers) {
  std::vector<double> ranges;
  for (const std::string& marker : markers) {
    const auto found =
        std::find(file.prepared.markers.begin(), file.prepared.markers.end(), marker);
    ranges.push_back(
        file.prepared.ranges[static_cast<std::size_t>(found - file.prepared.markers.begin())]);
  }
  return ranges;
}

}  // namespace gateless::stages
