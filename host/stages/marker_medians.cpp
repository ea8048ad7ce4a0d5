#include "host/stages/marker_medians.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "host/core/clones.hpp"
#include "host/core/parallel.hpp"
#include "host/stages/measure.hpp"
#include "host/stages/shown_values.hpp"

namespace gateless::stages {
namespace {

constexpr std::uint32_t kBins = 1024;
constexpr std::array kQuantiles{0.16, 0.5, 0.84};

/// The tree of a panel's subsets and the labels of one sample's events.
struct LabelledEvents {
  const std::vector<ResolvedSubset>& subsets;
  std::span<const std::int16_t> labels;  ///< [events]; -1: none
  std::vector<std::uint32_t>
      first_cell;  ///< [events], of the event's label in a table of labels and bins
  std::vector<std::uint64_t> counts;  ///< [subsets], those below each included

  LabelledEvents(const std::vector<ResolvedSubset>& tree, std::span<const std::int16_t> all)
      : subsets(tree), labels(all), first_cell(all.size()), counts(tree.size(), 0) {
    for (std::size_t event = 0; event < labels.size(); ++event) {
      first_cell[event] = static_cast<std::uint32_t>(labels[event] + 1) * kBins;
      if (labels[event] >= 0) ++counts[static_cast<std::size_t>(labels[event])];
    }
    for (std::size_t subset = counts.size(); subset-- > 0;) {  // children before parents
      const std::int16_t parent = subsets[subset].parent;
      if (parent >= 0) counts[static_cast<std::size_t>(parent)] += counts[subset];
    }
  }

  /// Calls visit(subset) for the label and all that it lies in.
  template <class Visit>
  void up_from(std::int16_t label, const Visit& visit) const {
    for (; label >= 0; label = subsets[static_cast<std::size_t>(label)].parent)
      visit(static_cast<std::size_t>(label));
  }
};

/// cells[e] += the bin of values[e].
GATELESS_CLONES
void add_bins(const float* values, std::size_t events, float low, float per_value,
              std::uint32_t* cells) {
  constexpr float kLast = static_cast<float>(kBins) - 1.0F;
  for (std::size_t event = 0; event < events; ++event) {
    const float bin = (values[event] - low) * per_value;
    const float from_first = bin > 0.0F ? bin : 0.0F;
    cells[event] += static_cast<std::uint32_t>(
        static_cast<std::int32_t>(from_first < kLast ? from_first : kLast));
  }
}

/// Writes the events whose cells are wanted to `wanted`, which has room for all; how many. On its own, as gcc keeps its
/// pointers on the stack where it is part of a large function.
[[gnu::noinline]] std::size_t choose_events(std::span<const std::uint32_t> cells,
                                            const std::uint8_t* is_wanted, std::uint32_t* wanted) {
  std::size_t count = 0;
  for (std::size_t event = 0; event < cells.size(); ++event) {
    wanted[count] = static_cast<std::uint32_t>(event);
    count += is_wanted[cells[event]];
  }
  return count;
}

/// Quantiles of one marker in every subset, exact in two looks at the events: one counts them by bins, the other gathers those
/// of the bins in which a quantile lies.
class SubsetQuantiles {
 public:
  SubsetQuantiles(const LabelledEvents& events, const MarkerRange& range,
                  std::span<const float> values)
      : events_(events),
        low_(static_cast<float>(range.low)),
        per_value_(static_cast<float>(static_cast<double>(kBins) / (range.high - range.low))) {
    count(values);
    choose_bins();
    gather(values);
  }

  /// Of a subset that has events. [kQuantiles]
  [[nodiscard]] std::array<double, kQuantiles.size()> of(std::size_t subset) {
    std::array<double, kQuantiles.size()> found{};
    for (std::size_t q = 0; q < kQuantiles.size(); ++q) {
      const Target& target = targets_[subset][q];
      std::vector<float>& values = gathered_[slots_[subset * kBins + target.bin]];
      const auto place = values.begin() + static_cast<std::ptrdiff_t>(target.rank);
      std::nth_element(values.begin(), place, values.end());
      found[q] = static_cast<double>(*place);
    }
    return found;
  }

 private:
  /// The `rank`-th of a bin's events.
  struct Target {
    std::size_t bin = 0, rank = 0;
  };

  void count(std::span<const float> values) {
    cells_ = events_.first_cell;
    add_bins(values.data(), values.size(), low_, per_value_, cells_.data());
    counts_.assign((events_.subsets.size() + 1) * kBins, 0);
    for (const std::uint32_t cell : cells_) ++counts_[cell];
    counts_.erase(counts_.begin(), counts_.begin() + kBins);            // of events without a label
    for (std::size_t subset = events_.subsets.size(); subset-- > 0;) {  // children before parents
      if (events_.subsets[subset].parent < 0) continue;
      const auto parent = static_cast<std::size_t>(events_.subsets[subset].parent);
      for (std::size_t bin = 0; bin < kBins; ++bin)
        counts_[parent * kBins + bin] += counts_[subset * kBins + bin];
    }
  }
  void choose_bins() {
    targets_.resize(events_.subsets.size());
    slots_.assign(counts_.size(), 0);
    gathered_.resize(1);  // what no quantile asks for
    for (std::size_t subset = 0; subset < targets_.size(); ++subset) {
      const auto first = counts_.begin() + static_cast<std::ptrdiff_t>(subset * kBins);
      std::size_t all = 0;
      for (std::size_t bin = 0; bin < kBins; ++bin) all += first[static_cast<std::ptrdiff_t>(bin)];
      for (std::size_t q = 0; q < kQuantiles.size() && all > 0; ++q) {
        Target& target = targets_[subset][q];
        target.rank = static_cast<std::size_t>(kQuantiles[q] * static_cast<double>(all - 1));
        while (target.rank >= first[static_cast<std::ptrdiff_t>(target.bin)])
          target.rank -= first[static_cast<std::ptrdiff_t>(target.bin++)];
        std::uint32_t& slot = slots_[subset * kBins + target.bin];
        if (slot > 0) continue;
        slot = static_cast<std::uint32_t>(gathered_.size());
        gathered_.emplace_back().reserve(first[static_cast<std::ptrdiff_t>(target.bin)]);
      }
    }
  }
  void gather(std::span<const float> values) {
    // Cells of labels whose bin the label, or what it lies in, asks for.
    std::vector<std::uint8_t> is_wanted((events_.subsets.size() + 1) * kBins, 0);
    for (std::size_t label = 0; label < targets_.size(); ++label) {
      events_.up_from(static_cast<std::int16_t>(label), [&](std::size_t above) {
        for (std::size_t bin = 0; bin < kBins; ++bin)
          if (slots_[above * kBins + bin] > 0) is_wanted[(label + 1) * kBins + bin] = 1;
      });
    }
    wanted_.resize(cells_.size());
    const std::size_t wanted = choose_events(cells_, is_wanted.data(), wanted_.data());
    for (const std::uint32_t event : std::span(wanted_).first(wanted)) {
      const std::size_t bin = cells_[event] % kBins;
      events_.up_from(events_.labels[event], [&](std::size_t subset) {
        const std::size_t slot = slots_[subset * kBins + bin];
        if (slot > 0) gathered_[slot].push_back(values[event]);
      });
    }
  }

  const LabelledEvents& events_;
  float low_, per_value_;
  std::vector<std::uint32_t> cells_;                            ///< [events], by label and bin
  std::vector<std::uint32_t> wanted_;                           ///< events, rising
  std::vector<std::uint32_t> counts_;                           ///< [subsets][bins]
  std::vector<std::array<Target, kQuantiles.size()>> targets_;  ///< [subsets]
  std::vector<std::uint32_t> slots_;  ///< [subsets][bins] -> gathered_, 0: none
  std::vector<std::vector<float>> gathered_;
};

/// The rows of one sample; `row` names it.
std::vector<MarkerMediansRow> rows_of(const PanelAnalysis& analysis, const SampleRange& range,
                                      MarkerMediansRow row, double fewest) {
  const EventView view = analysis.events.store.view().slice(range.first, range.count);
  const LabelledEvents events(
      analysis.subsets.subsets,
      std::span(analysis.calls.subset_of_event).subspan(range.first, range.count));
  const std::vector<ShownScale> scales = shown_scales(analysis.events);
  const std::vector<std::uint64_t>& counts = events.counts;
  std::vector<MarkerMediansRow> rows;
  std::vector<std::size_t> subsets;
  for (std::size_t subset = 0; subset < counts.size(); ++subset) {
    if (static_cast<double>(counts[subset]) < std::max(fewest, 1.0)) continue;
    subsets.push_back(subset);
    row.subset = events.subsets[subset].id;
    row.name = events.subsets[subset].name;
    row.events = counts[subset];
    rows.push_back(row);
  }
  for (std::size_t marker = 0; marker < view.markers; ++marker) {
    SubsetQuantiles quantiles(events, analysis.subsets.ranges[marker], view.marker(marker));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto [low, median, high] = quantiles.of(subsets[i]);
      const ShownScale& shown = scales[marker];
      rows[i].markers.push_back({.marker = analysis.events.markers[marker],
                                 .median = shown(median),
                                 .spread = 0.5 * (shown(high) - shown(low))});
    }
  }
  return rows;
}

}  // namespace

std::vector<MarkerMediansRow> marker_medians(const StudyAnalysis& study,
                                             const DetectionLimits& limits, std::size_t threads) {
  const std::vector<Sample> samples = named_samples(study.samples);
  std::vector<MarkerMediansRow> all;
  for (const PanelAnalysis& analysis : study.panels) {
    if (!analysis.is_named()) continue;
    const std::vector<SampleRange>& ranges = analysis.events.store.ranges();
    std::vector<std::vector<MarkerMediansRow>> of_sample(ranges.size());
    parallel_for(threads, ranges.size(), [&](std::size_t s) {
      const Sample& sample = samples[analysis.events.samples[s].sample];
      MarkerMediansRow row;
      row.sample = sample.file;
      row.patient = sample.patient;
      row.visit = sample.visit;
      row.group = sample.group;
      row.panel = analysis.events.panel.name;
      of_sample[s] = rows_of(analysis, ranges[s], std::move(row), limits.detected);
    });
    for (std::vector<MarkerMediansRow>& rows : of_sample)
      all.insert(all.end(), std::make_move_iterator(rows.begin()),
                 std::make_move_iterator(rows.end()));
  }
  return all;
}

DefiningMarkers defining_markers(const StudyAnalysis& study) {
  DefiningMarkers defining;
  for (const PanelAnalysis& analysis : study.panels) {
    const SubsetModel& model = analysis.subsets;
    std::vector<std::set<std::string>> markers(model.subsets.size());
    const auto add = [&](std::set<std::string>& names, std::size_t row) {
      if (row < model.markers.size()) {
        names.insert(model.markers[row]);
      } else {
        const CornerAxis& corner = model.corners[row - model.markers.size()];
        names.insert({model.markers[corner.x], model.markers[corner.y]});
      }
    };
    for (const SubsetMixture& mixture : model.mixtures) {
      for (const SubsetClass& one : mixture.classes) {
        if (one.subset < 0) continue;
        for (std::size_t m = 0; m < mixture.markers.size(); ++m) {
          if (!one.is_free[m])
            add(markers[static_cast<std::size_t>(one.subset)], mixture.markers[m].marker);
        }
      }
    }
    for (std::size_t subset = 0; subset < markers.size(); ++subset) {  // parents before children
      const std::int16_t parent = model.subsets[subset].parent;
      if (parent >= 0) {
        const std::set<std::string>& above = markers[static_cast<std::size_t>(parent)];
        markers[subset].insert(above.begin(), above.end());
      }
      std::set<std::string>& told_by =
          defining[{analysis.events.panel.name, model.subsets[subset].id}];
      told_by = markers[subset];
      if (parent < 0) told_by.insert(model.markers.begin(), model.markers.end());
    }
  }
  return defining;
}

}  // namespace gateless::stages
