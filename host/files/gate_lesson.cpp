#include "host/files/gate_lesson.hpp"

#include <algorithm>
#include <cmath>

#include "host/core/layers.hpp"
#include "host/core/parallel.hpp"
#include "host/core/transform_curve.hpp"
#include "host/preprocess/channel_values.hpp"

namespace gateless::files {
namespace {

/// Enough for a bound to 1 % of a subset that is one event in a thousand; search and memory stay small.
constexpr std::size_t kMostEvents = 200'000;
/// Files that are read for the lesson: gates serve all, and more files show no more of people.
constexpr std::size_t kMostFiles = 8;
/// Share of the events beyond either end of an axis that share its last bin.
constexpr double kBeyondEnds = 0.0005;
/// The ends are taken from every so-manieth event.
constexpr std::size_t kScaleStride = 4;

/// Indices of at most kMostFiles files, evenly spread.
std::vector<std::size_t> chosen_files(std::size_t files) {
  const std::size_t chosen = std::min(files, kMostFiles);
  std::vector<std::size_t> result;
  for (std::size_t index = 0; index < chosen; ++index) result.push_back(index * files / chosen);
  return result;
}

/// Every stride-th value of each axis, on its scale. [axes][taken]
std::vector<std::vector<float>> transformed_values(const RawSample& raw, const GateFiles& files,
                                                   const GateFile& file,
                                                   const std::vector<TransformCurve>& scales,
                                                   std::size_t stride) {
  const ChannelValues source(raw, files.is_unmixed && raw.spillover ? &*raw.spillover : nullptr,
                             file.channels);
  std::vector<std::vector<float>> result(source.channels());
  std::vector<double> values((raw.events + stride - 1) / stride);
  for (std::size_t axis = 0; axis < result.size(); ++axis) {
    const TransformCurve& scale = scales[axis];
    source.read(axis, 0, values, stride);
    for (const double linear : values) {
      const auto value = static_cast<float>(linear);
      result[axis].push_back(scale.is_identity() ? value : scale(value));
    }
  }
  return result;
}

AxisScale scale_of(const std::vector<float>& values, const Transform& transform) {
  std::vector<float> sorted;
  for (std::size_t index = 0; index < values.size(); index += kScaleStride)
    if (std::isfinite(values[index])) sorted.push_back(values[index]);
  AxisScale scale{.transform = transform, .low = 0.0, .high = 1.0};
  if (sorted.empty()) return scale;
  const auto beyond = static_cast<std::ptrdiff_t>(kBeyondEnds * static_cast<double>(sorted.size()));
  std::nth_element(sorted.begin(), sorted.begin() + beyond, sorted.end());
  scale.low = static_cast<double>(sorted[static_cast<std::size_t>(beyond)]);
  std::nth_element(sorted.begin(), sorted.end() - 1 - beyond, sorted.end());
  scale.high = static_cast<double>(*(sorted.end() - 1 - beyond));
  if (!(scale.high > scale.low)) scale.high = scale.low + 1.0;
  return scale;
}

std::vector<std::uint16_t> binned(const std::vector<float>& values, const AxisScale& scale) {
  std::vector<std::uint16_t> bins;
  bins.reserve(values.size());
  const double bins_per_unit = static_cast<double>(kGateBins) / (scale.high - scale.low);
  for (const float value : values) {
    const double bin = (static_cast<double>(value) - scale.low) * bins_per_unit;
    // What is not a number goes to the lowest bin.
    bins.push_back(
        bin > 0.0 ? static_cast<std::uint16_t>(std::min(bin, static_cast<double>(kGateBins - 1)))
                  : std::uint16_t{0});
  }
  return bins;
}

}  // namespace

double AxisScale::edge(std::size_t bin) const {
  const double share = static_cast<double>(bin) / static_cast<double>(kGateBins);
  return inverse_value(transform_coefficients(transform), low + share * (high - low));
}

ScaledLesson draw_lesson(const GateFiles& files, const std::vector<ClusterOfInterest>& clusters,
                         const PanelAnalysis& analysis, const std::vector<std::int32_t>& refined,
                         std::size_t threads) {
  const std::vector<std::size_t> chosen = chosen_files(files.files.size());
  std::size_t events = 0;
  for (const std::size_t file : chosen) events += files.files[file].pooled->events;
  const std::size_t stride = std::max<std::size_t>(1, (events + kMostEvents - 1) / kMostEvents);

  std::vector<TransformCurve> scales;
  for (const GateAxis& axis : files.axes) scales.emplace_back(axis.transform);
  std::vector<std::vector<std::vector<float>>> values(chosen.size());  // [files][axes][taken]
  parallel_for(threads, chosen.size(), [&](std::size_t index) {
    const GateFile& file = files.files[chosen[index]];
    values[index] = transformed_values(read_again(file), files, file, scales, stride);
  });

  ScaledLesson result;
  GateLesson& lesson = result.lesson;
  lesson.tells_cells = files.tells_cells;
  lesson.profiles = analysis.calls.profiles;
  for (const GateAxis& axis : files.axes) lesson.markers.push_back(axis.marker);
  for (const ClusterOfInterest& cluster : clusters)
    lesson.clusters.push_back({cluster.id, cluster.name, cluster.parent, {}});
  for (const std::size_t index : chosen) {
    const GateFile& file = files.files[index];
    const FileLabels labels = labels_of(file, analysis, refined);
    for (std::size_t event = 0; event < file.pooled->events; event += stride) {
      lesson.label.push_back(labels.subset[event]);
      lesson.is_kept.push_back(labels.is_kept[event]);
      if (!labels.profile.empty()) lesson.profile.push_back(labels.profile[event]);
      for (std::size_t c = 0; c < clusters.size(); ++c) {
        lesson.clusters[c].is_member.push_back(labels.refined[event] ==
                                               static_cast<std::int32_t>(clusters[c].metacluster));
      }
    }
  }
  lesson.table.events = lesson.label.size();
  result.scales.resize(files.axes.size());
  lesson.table.bins.resize(files.axes.size());
  parallel_for(threads, files.axes.size(), [&](std::size_t axis) {
    std::vector<float> column;
    column.reserve(lesson.table.events);
    for (const auto& file : values)
      column.insert(column.end(), file[axis].begin(), file[axis].end());
    result.scales[axis] = scale_of(column, files.axes[axis].transform);
    lesson.table.bins[axis] = binned(column, result.scales[axis]);
  });
  return result;
}

}  // namespace gateless::files
