// One AnnData file of events: which events are its rows, and columns that are added one after the other.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "host/core/layers.hpp"
#include "host/stages/panel_analysis.hpp"
#include "io/h5ad_writer.hpp"

namespace gateless::files {

/// A sample's events in one file: its panel, its place in that panel's pool, and its first row.
struct SamplePlace {
  std::size_t panel = 0;
  const PanelAnalysis* analysis = nullptr;
  std::size_t position = 0;
  std::size_t first_row = 0;
  std::size_t rows = 0;

  [[nodiscard]] const PooledSample& pooled() const { return analysis->events.samples[position]; }
  [[nodiscard]] std::size_t first_event() const {
    return analysis->events.store.ranges()[position].first;
  }
};

/// Which events are rows.
enum class Rows { kAll, kKept };

/// The rows of one file: samples in the order of the study, events in that of their files.
struct RowPlan {
  Rows which = Rows::kAll;
  std::vector<SamplePlace> places;  ///< [samples with events in the file]
  std::size_t rows = 0;

  /// The row of the kept event `index` of a place.
  [[nodiscard]] std::size_t row(const SamplePlace& place, std::size_t index) const {
    return place.first_row + (which == Rows::kAll ? place.pooled().kept_events[index] : index);
  }
  /// How many kept events of a place lie in rows before `end`.
  [[nodiscard]] std::size_t kept_before(const SamplePlace& place, std::size_t end) const {
    const std::vector<std::uint32_t>& kept = place.pooled().kept_events;
    if (end <= place.first_row) return 0;
    const std::size_t before = std::min(end - place.first_row, place.rows);
    if (which == Rows::kKept) return before;
    return static_cast<std::size_t>(std::lower_bound(kept.begin(), kept.end(), before) -
                                    kept.begin());
  }
};

/// `only`: the one panel that is written; all of them if it is none.
[[nodiscard]] RowPlan plan_rows(const std::vector<PanelAnalysis>& analyses, std::size_t samples,
                                Rows which, std::optional<std::size_t> only);

/// One file of events while its columns are added.
class EventsFile {
 public:
  EventsFile(const std::string& path, RowPlan plan, std::vector<std::string> markers,
             H5adContent content, std::size_t threads)
      : plan_(std::move(plan)),
        markers_(std::move(markers)),
        writer_(path, plan_.rows, markers_, content, threads) {}

  /// One word a sample, repeated over its events; empty words are missing.
  void add_words(const std::string& name, const std::vector<std::string>& words);

  /// A value for each kept event: value(place, event of its pool); dropped events get `missing`. Asked for while it is written.
  template <class Value, class Function>
  [[nodiscard]] FillRows<Value> column(Value missing, Function value) const {
    return [this, missing, value](std::size_t first, std::span<Value> values) {
      std::fill(values.begin(), values.end(), missing);
      for_each_part(
          first, values.size(), [&](const SamplePlace& place, std::size_t from, std::size_t to) {
            for (std::size_t index = from; index < to; ++index)
              values[plan_.row(place, index) - first] = value(place, place.first_event() + index);
          });
    };
  }

  /// Calls visit(place, from, to) for the kept events [from, to) of each place in some rows.
  template <class Visit>
  void for_each_part(std::size_t first, std::size_t rows, const Visit& visit) const {
    for (const SamplePlace& place : plan_.places) {
      if (place.first_row >= first + rows || place.first_row + place.rows <= first) continue;
      visit(place, plan_.kept_before(place, first), plan_.kept_before(place, first + rows));
    }
  }

  [[nodiscard]] const RowPlan& plan() const { return plan_; }
  [[nodiscard]] const std::vector<std::string>& markers() const { return markers_; }
  [[nodiscard]] H5adWriter& writer() { return writer_; }

  /// The code of a word; a new one is added to the categories.
  static std::int32_t code_of(const std::string& word, std::vector<std::string>& categories);

 private:
  RowPlan plan_;
  std::vector<std::string> markers_;
  H5adWriter writer_;
};

}  // namespace gateless::files
