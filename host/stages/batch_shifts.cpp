#include "host/stages/batch_shifts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "host/core/distribution.hpp"
#include "host/core/large_blocks.hpp"

namespace gateless::stages {
namespace {

/// Places of the pool's samples in the qc table, which is in sample order.
std::vector<QcRow> qc_in_sample_order(const StudyAnalysis& study) {
  const std::vector<std::string> names = sample_names(study.samples);
  std::vector<QcRow> rows(study.samples.size());
  for (const PanelAnalysis& analysis : study.panels) {
    for (std::size_t position = 0; position < analysis.events.samples.size(); ++position) {
      const std::size_t sample = analysis.events.samples[position].sample;
      rows[sample] = analysis.events.qc[position];
      rows[sample].sample = names[sample];
    }
  }
  return rows;
}

/// Events of a sample that its medians are taken from.
constexpr std::size_t kEventsForMedian = 5000;

/// Of at most kEventsForMedian values at a fixed stride.
MiddleAndSpread middle_of(std::span<const float> values) {
  const std::size_t stride = std::max<std::size_t>(1, values.size() / kEventsForMedian);
  std::vector<float> taken;
  for (std::size_t index = 0; index < values.size(); index += stride)
    taken.push_back(values[index]);
  return middle_and_spread(taken);
}

/// Largest distance of a marker's median in a sample from the panel's, in units of the panel's spread.
void add_batch_shifts(const StudyAnalysis& study, std::vector<QcRow>& rows) {
  for (const PanelAnalysis& analysis : study.panels) {
    const EventView view = analysis.events.store.view();
    for (std::size_t marker = 0; marker < view.markers; ++marker) {
      const std::span<const float> values = view.marker(marker);
      const MiddleAndSpread all = middle_of(values);
      const double median = all.median, spread = all.spread;
      if (spread <= 0.0) continue;
      for (std::size_t position = 0; position < analysis.events.samples.size(); ++position) {
        const SampleRange& range = analysis.events.store.ranges()[position];
        const MiddleAndSpread own_values = middle_of(values.subspan(range.first, range.count));
        const double own = own_values.median, own_spread = own_values.spread;
        QcRow& row = rows[analysis.events.samples[position].sample];
        const double shift = std::abs(own - median) / spread;
        row.spreads.push_back(
            {analysis.events.markers[marker], (own - median) / spread, own_spread / spread});
        if (shift >= row.batch_shift.value_or(0.0))
          row.shifted_marker = analysis.events.markers[marker];
        row.batch_shift = std::max(row.batch_shift.value_or(0.0), shift);
      }
      keep_memory_bound();
    }
  }
}

}  // namespace

std::vector<QcRow> quality_rows(const StudyAnalysis& study) {
  std::vector<QcRow> rows = qc_in_sample_order(study);
  add_batch_shifts(study, rows);
  return rows;
}

std::string shifts_in_words(const std::vector<QcRow>& rows) {
  constexpr double kLargeShift = 0.3;  // files that are alike stay below a third of it
  constexpr std::size_t kNamed = 4;
  std::vector<const QcRow*> shifted;
  for (const QcRow& row : rows) {
    if (row.batch_shift.value_or(0.0) >= kLargeShift) shifted.push_back(&row);
  }
  if (shifted.empty()) return {};
  std::stable_sort(shifted.begin(), shifted.end(), [](const QcRow* one, const QcRow* other) {
    return *one->batch_shift > *other->batch_shift;
  });
  std::vector<std::string> words;
  for (std::size_t index = 0; index < std::min(kNamed, shifted.size()); ++index) {
    words.push_back(fmt::format("{} ({} by {:.2f})", shifted[index]->sample,
                                shifted[index]->shifted_marker, *shifted[index]->batch_shift));
  }
  if (shifted.size() > kNamed) words.push_back(fmt::format("{} more", shifted.size() - kNamed));
  return fmt::format(
      "the median of a marker is shifted against its panel, by {} spreads or more, in {} of {} "
      "samples: {}; a change there may come from staining (qc.csv, batch_shift)",
      kLargeShift, shifted.size(), rows.size(), fmt::join(words, ", "));
}

}  // namespace gateless::stages
