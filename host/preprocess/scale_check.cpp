#include "host/preprocess/scale_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "host/core/distribution.hpp"
#include "host/preprocess/value_scale.hpp"

namespace gateless::preprocess {
namespace {

constexpr double kOtherScale = 8.0;  ///< no change of voltage or lot moves a whole panel so far

// Of values that are transformed already a factor or a shift is another transform, or another display.
constexpr double kOtherTransform = 1.6;
constexpr double kShifted = 0.35;  ///< of the width of a marker

constexpr const char* kWayOut =
    "export all files of the panel alike, take them out of the study, or give them a word of their "
    "own in the sample sheet's column 'panel'";

/// The brightest event of any marker, but for the brightest thousandth.
double top_of(const FileOfPanel& file) {
  double top = 0.0;
  for (const PanelChannel& channel : file.panel->markers())
    top = std::max(top, looks_of(file, channel.marker).quantile(0.999));
  return top;
}

/// log2 of how wide each marker spreads in one file against the median of all (of two: against the other); the median over
/// markers.
std::optional<double> log_factor(const std::vector<std::vector<double>>& widths, std::size_t file) {
  std::vector<double> factors;
  for (std::size_t marker = 0; marker < widths[file].size(); ++marker) {
    std::vector<double> others;
    for (std::size_t other = 0; other < widths.size(); ++other) {
      const bool counts = other != file || widths.size() > 2;
      if (counts && widths[other][marker] > 0.0) others.push_back(widths[other][marker]);
    }
    if (others.empty() || !(widths[file][marker] > 0.0)) continue;
    factors.push_back(std::log2(widths[file][marker] / upper_median(others)));
  }
  if (factors.empty()) return {};
  // Of the two in the middle the smaller change: most markers must have it.
  std::sort(factors.begin(), factors.end());
  const double upper = factors[factors.size() / 2], lower = factors[(factors.size() - 1) / 2];
  return std::abs(lower) < std::abs(upper) ? lower : upper;
}

/// By which share of a marker's width the bright events of one file lie elsewhere than in the others: the middle marker's,
/// where nearly all go the same way. On transformed values a cofactor moves all of them.
double shift_of(const std::vector<std::vector<double>>& bright,
                const std::vector<std::vector<double>>& widths, std::size_t file) {
  constexpr double kNearlyAll = 0.8;
  std::vector<double> shifts;
  std::size_t up = 0;
  for (std::size_t marker = 0; marker < bright[file].size(); ++marker) {
    std::vector<double> usual, usual_width;
    for (std::size_t other = 0; other < bright.size(); ++other) {
      if (other == file && bright.size() <= 2) continue;
      usual.push_back(bright[other][marker]);
      usual_width.push_back(widths[other][marker]);
    }
    const double width = upper_median(usual_width);
    if (!(width > 0.0)) continue;
    shifts.push_back((bright[file][marker] - upper_median(usual)) / width);
    up += shifts.back() > 0.0 ? 1U : 0U;
  }
  const std::size_t same_way = std::max(up, shifts.size() - up);
  const bool is_clear =
      static_cast<double>(same_way) >= kNearlyAll * static_cast<double>(shifts.size());
  return is_clear ? upper_median(shifts) : 0.0;
}

}  // namespace

void check_scales(const std::vector<FileOfPanel>& files, PanelCheck& check) {
  std::vector<std::string> transformed, linear;
  std::string shown;
  double largest_transformed = 0.0;
  double largest_linear = 0.0;
  for (const FileOfPanel& file : files) {
    if (file.prepared->kept < kFewestEventsOfFile) continue;
    const bool is_linear = file.prepared->scale.empty();
    (is_linear ? linear : transformed).push_back(file.name);
    double& largest = is_linear ? largest_linear : largest_transformed;
    largest = std::max(largest, top_of(file));
    if (!is_linear) shown = file.prepared->scale;
  }
  if (transformed.empty() || largest_linear < kOtherScale * largest_transformed) return;
  check.refusals.push_back(
      fmt::format("{}: values are transformed already ({}), those of {} are linear (files of one "
                  "panel are pooled, so every fraction would be wrong); {}",
                  listed(transformed), shown, listed(linear), kWayOut));
}

void check_factors(const std::vector<FileOfPanel>& files, const std::vector<std::string>& markers,
                   PanelCheck& check) {
  std::vector<const FileOfPanel*> large;
  // Widths of all events and of the dim ones, and where the bright ones are: [large][markers].
  std::vector<std::vector<double>> whole, lower, bright;
  for (const FileOfPanel& file : files) {
    if (file.prepared->kept < kFewestEventsOfFile) continue;
    large.push_back(&file);
    whole.emplace_back();
    lower.emplace_back();
    bright.emplace_back();
    for (const std::string& marker : markers) {
      const MarkerValues& values = looks_of(file, marker);
      bright.back().push_back(values.quantile(0.99));
      whole.back().push_back(bright.back().back() - values.quantile(0.05));
      lower.back().push_back(values.quantile(0.25) - values.quantile(0.02));
    }
  }
  const bool all_transformed = std::all_of(large.begin(), large.end(), [](const FileOfPanel* file) {
    return !file->prepared->scale.empty();
  });
  const double other_scale = all_transformed ? kOtherTransform : kOtherScale;
  std::vector<std::string> unlike, bent, moved;
  double factor = 1.0;
  for (std::size_t file = 0; file < large.size(); ++file) {
    const auto log = log_factor(whole, file), log_of_dim = log_factor(lower, file);
    if (!log) continue;
    if (std::abs(*log) >= std::log2(other_scale)) {
      unlike.push_back(large[file]->name);
      factor = std::exp2(*log);
    } else if (log_of_dim && std::abs(*log - *log_of_dim) >= std::log2(kOtherScale)) {
      bent.push_back(large[file]->name);
    } else if (all_transformed && std::abs(shift_of(bright, whole, file)) >= kShifted) {
      moved.push_back(large[file]->name);
    }
  }
  if (!unlike.empty()) {
    check.refusals.push_back(fmt::format(
        "{}: values of all markers are about {:.3g} times those of the other files of the "
        "panel (another scale: files of one panel are pooled, so every fraction would be "
        "wrong); {}",
        listed(unlike), factor, kWayOut));
  }
  if (!moved.empty()) {
    check.refusals.push_back(fmt::format(
        "{}: the bright cells of nearly all markers lie elsewhere than in the other files of the "
        "panel (transformed with another cofactor? files of one panel are pooled, so every "
        "fraction would be wrong); {}",
        listed(moved), kWayOut));
  }
  if (!bent.empty()) {
    check.refusals.push_back(fmt::format(
        "{}: bright and dim cells of all markers lie apart otherwise than in the other files of "
        "the "
        "panel (transformed already, or exported for display? files of one panel are pooled, so "
        "every fraction would be wrong); {}",
        listed(bent), kWayOut));
  }
}

void check_single_scales(const std::vector<FileOfPanel>& files,
                         const std::vector<std::string>& markers, PanelCheck& check) {
  for (const std::string& marker : markers) {
    std::vector<std::size_t> large;
    std::vector<double> whole, lower;  // widths, [large]
    for (std::size_t file = 0; file < files.size(); ++file) {
      if (files[file].prepared->kept < kFewestEventsOfFile) continue;
      const MarkerValues& values = looks_of(files[file], marker);
      large.push_back(file);
      whole.push_back(values.quantile(0.99) - values.quantile(0.05));
      lower.push_back(values.quantile(0.5) - values.quantile(0.05));
    }
    if (large.size() < 3) return;  // of two, which is unlike cannot be said
    for (std::size_t look = 0; look < large.size(); ++look) {
      const auto factor = [&](std::vector<double> widths) {
        const double own = widths[look], usual = upper_median(widths);
        return own > 0.0 && usual > 0.0 ? own / usual : 1.0;
      };
      const double upper = factor(whole), below = factor(lower);
      const bool is_wider = std::min(upper, below) >= kOtherScale;
      const bool is_narrower = std::max(upper, below) <= 1.0 / kOtherScale;
      if (!is_wider && !is_narrower) continue;
      check.doubts.push_back({large[look], marker});
      check.warnings.push_back(fmt::format(
          "{}: values of {} are about {:.2g} times those of the other files (another scale or "
          "voltage?): no change is called there in subsets that need it",
          files[large[look]].name, marker, upper));
    }
  }
}

}  // namespace gateless::preprocess
