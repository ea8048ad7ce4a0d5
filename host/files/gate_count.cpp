#include "host/files/gate_count.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>

#include "host/core/layers.hpp"
#include "host/core/parallel.hpp"
#include "host/preprocess/channel_values.hpp"

namespace gateless::files {
namespace {

constexpr std::size_t kBlock = 4096;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The events beside a bound.
struct Neighbours {
  double below = -kInfinity, above = kInfinity;

  /// What is not a number is on neither side.
  void look_at(double x, double bound) {
    below = std::max(below, x < bound ? x : -kInfinity);
    above = std::min(above, x >= bound ? x : kInfinity);
  }
  Neighbours& operator+=(const Neighbours& other) {
    below = std::max(below, other.below);
    above = std::min(above, other.above);
    return *this;
  }
};

struct SideNeighbours {
  Neighbours low, high;
};

struct FileCount {
  std::vector<GateCount> counts;                    ///< [gates]
  std::vector<std::vector<SideNeighbours>> beside;  ///< [gates][sides]
};

/// Places in a block of the events that each gate holds. [gates][inside]
using Inside = std::vector<std::vector<std::uint16_t>>;

/// Leaves those of `events` that the side holds.
template <bool HasLow, bool HasHigh>
void keep_within(const GateBounds& bounds, const std::vector<double>& x, SideNeighbours& beside,
                 std::vector<std::uint16_t>& events) {
  const double from = bounds.low.value_or(0.0), to = bounds.high.value_or(0.0);
  SideNeighbours found = beside;
  std::size_t kept = 0;
  for (const std::uint16_t event : events) {
    const double value = x[event];
    bool is_held = true;
    if constexpr (HasLow) {
      found.low.look_at(value, from);
      is_held = value >= from;
    }
    if constexpr (HasHigh) {
      found.high.look_at(value, to);
      is_held &= value < to;
    }
    events[kept] = event;
    kept += is_held ? 1U : 0U;
  }
  events.resize(kept);
  beside = found;
}

void look_at_block(const GatePanel& panel, const std::vector<std::vector<double>>& values,
                   const std::vector<std::uint16_t>& everything, Inside& inside, FileCount& found) {
  for (std::size_t g = 0; g < panel.gates.size(); ++g) {
    const RectangleGate& gate = panel.gates[g];
    std::vector<std::uint16_t>& own = inside[g];
    own = gate.parent < 0 ? everything : inside[static_cast<std::size_t>(gate.parent)];
    for (std::size_t s = 0; s < gate.sides.size(); ++s) {
      const GateBounds& bounds = gate.sides[s];
      const std::vector<double>& x = values[bounds.axis];
      SideNeighbours& beside = found.beside[g][s];
      if (bounds.low && bounds.high) {
        keep_within<true, true>(bounds, x, beside, own);
      } else if (bounds.low) {
        keep_within<true, false>(bounds, x, beside, own);
      } else if (bounds.high) {
        keep_within<false, true>(bounds, x, beside, own);
      }
    }
  }
}

/// Adds what the labels say of a block's events in the gate.
void count_inside(const std::vector<std::uint16_t>& inside, const GateTarget& target,
                  const FileLabels& labels, std::size_t first, GateCount& count) {
  const auto add = [&](const auto& said) {
    for (const std::uint16_t event : inside) {
      const LabelSays what = said(first + event);
      count.labelled_inside += what == LabelSays::kInside ? 1U : 0U;
      count.untold_inside += what == LabelSays::kNothing ? 1U : 0U;
    }
  };
  const auto inside_if = [](bool is_it) {
    return is_it ? LabelSays::kInside : LabelSays::kOutside;
  };
  count.inside += inside.size();
  if (target.metacluster >= 0) {
    add([&](std::size_t event) { return inside_if(labels.refined[event] == target.metacluster); });
  } else if (!target.profiles.empty()) {
    add([&](std::size_t event) {
      const std::int32_t profile = labels.profile[event];
      return inside_if(profile >= 0 && target.profiles[static_cast<std::size_t>(profile)]);
    });
  } else if (target.labels.empty()) {
    add([&](std::size_t event) { return inside_if(labels.is_kept[event]); });
  } else {
    add([&](std::size_t event) {
      const std::int16_t subset = labels.subset[event];
      return subset < 0 ? LabelSays::kOutside : target.labels[static_cast<std::size_t>(subset)];
    });
  }
}

/// Events of a file that a gate is to hold; `by_label` [subsets] counts its labels.
std::uint64_t labelled(const GateTarget& target, const FileLabels& labels,
                       const std::vector<std::uint64_t>& by_label) {
  const auto count = [](const auto& values, auto value) {
    return static_cast<std::uint64_t>(std::count(values.begin(), values.end(), value));
  };
  if (target.metacluster >= 0) return count(labels.refined, target.metacluster);
  if (!target.profiles.empty()) {
    return static_cast<std::uint64_t>(
        std::count_if(labels.profile.begin(), labels.profile.end(), [&](std::int32_t profile) {
          return profile >= 0 && target.profiles[static_cast<std::size_t>(profile)];
        }));
  }
  if (target.labels.empty()) return count(labels.is_kept, true);
  std::uint64_t events = 0;
  for (std::size_t label = 0; label < by_label.size(); ++label)
    if (target.labels[label] == LabelSays::kInside) events += by_label[label];
  return events;
}

FileCount count_file(const GatePanel& panel, const RawSample& raw, const GateFile& file,
                     bool is_unmixed, const std::vector<GateTarget>& targets,
                     const FileLabels& labels, std::size_t subsets) {
  FileCount found;
  std::vector<std::uint64_t> by_label(subsets);
  for (const std::int16_t label : labels.subset)
    if (label >= 0) ++by_label[static_cast<std::size_t>(label)];
  found.counts.resize(panel.gates.size());
  for (const RectangleGate& gate : panel.gates) found.beside.emplace_back(gate.sides.size());
  const ChannelValues source(raw, is_unmixed && raw.spillover ? &*raw.spillover : nullptr,
                             file.channels);
  std::vector<std::vector<double>> values(source.channels());  // empty: no gate asks for them
  for (const RectangleGate& gate : panel.gates)
    for (const GateBounds& bounds : gate.sides) values[bounds.axis].resize(kBlock);
  const std::vector<std::span<double>> asked(values.begin(), values.end());
  std::vector<std::uint16_t> everything;
  Inside inside(panel.gates.size());
  for (std::size_t first = 0; first < raw.events; first += kBlock) {
    const std::size_t events = std::min(kBlock, raw.events - first);
    source.read_block(first, events, asked);
    everything.resize(events);
    std::iota(everything.begin(), everything.end(), std::uint16_t{0});
    look_at_block(panel, values, everything, inside, found);
    for (std::size_t g = 0; g < inside.size(); ++g)
      count_inside(inside[g], targets[g], labels, first, found.counts[g]);
  }
  for (std::size_t g = 0; g < targets.size(); ++g)
    found.counts[g].labelled = labelled(targets[g], labels, by_label);
  return found;
}

/// The shortest decimal number in the middle half of what lies between two events.
double number_between(double below, double above, double bound) {
  if (below == -kInfinity || above == kInfinity) return bound;
  const double middle = below + 0.5 * (above - below);
  const double quarter = 0.25 * (above - below);
  for (int digits = 1; digits <= 16; ++digits) {
    const double rounded = std::strtod(fmt::format("{:.{}e}", middle, digits - 1).c_str(), nullptr);
    if (std::abs(rounded - middle) <= quarter) return rounded;
  }
  return middle;
}

GateSample describe(const GateFile& file, RawSample&& raw, bool is_unmixed) {
  GateSample sample;
  sample.name = file.name;
  sample.path = file.path;
  sample.version = raw.version;
  sample.events = raw.events;
  if (is_unmixed) sample.spillover = std::move(raw.spillover);
  sample.keywords = std::move(raw.keywords);
  return sample;
}

}  // namespace

void count_gates(GatePanel& panel, const GateFiles& files, const std::vector<GateTarget>& targets,
                 const PanelAnalysis& analysis, const std::vector<std::int32_t>& refined,
                 std::size_t threads) {
  std::vector<FileCount> found(files.files.size());
  std::vector<std::vector<double>> ranges(files.files.size());
  panel.samples.resize(files.files.size());
  parallel_for(threads, files.files.size(), [&](std::size_t f) {
    const GateFile& file = files.files[f];
    RawSample raw = read_again(file);
    found[f] = count_file(panel, raw, file, files.is_unmixed, targets,
                          labels_of(file, analysis, refined), analysis.subsets.subsets.size());
    for (const std::size_t channel : file.channels)
      ranges[f].push_back(raw.channels[channel].range);
    panel.samples[f] = describe(file, std::move(raw), files.is_unmixed);
    panel.samples[f].counts = found[f].counts;
  });
  for (std::size_t axis = 0; axis < panel.axes.size(); ++axis) {
    for (const std::vector<double>& own : ranges)
      panel.axes[axis].range = std::max(panel.axes[axis].range, own[axis]);
  }
  for (std::size_t g = 0; g < panel.gates.size(); ++g) {
    for (std::size_t s = 0; s < panel.gates[g].sides.size(); ++s) {
      SideNeighbours beside;
      for (const FileCount& file : found) {
        beside.low += file.beside[g][s].low;
        beside.high += file.beside[g][s].high;
      }
      GateBounds& bounds = panel.gates[g].sides[s];
      if (bounds.low) bounds.low = number_between(beside.low.below, beside.low.above, *bounds.low);
      if (bounds.high)
        bounds.high = number_between(beside.high.below, beside.high.above, *bounds.high);
    }
  }
}

}  // namespace gateless::files
