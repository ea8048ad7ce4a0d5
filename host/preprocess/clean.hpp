// From one file's events to clean, compensated marker columns: which events are dropped, why, and what was judged how.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/panel.hpp"
#include "host/core/raw_sample.hpp"

namespace gateless::preprocess {

/// Why an event is not analysed. The order is the order of the steps; an event has the first reason that holds.
enum class DropReason : std::uint8_t {
  kKept = 0,
  kNonFinite,  ///< NaN or infinity in a channel that is used
  kMargin,     ///< at or beyond a detector's limit, before compensation
  kTime,       ///< acquired during a clog, a burst or another fluidics fault
  kBead,       ///< calibration bead (mass); before doublets, which are told by DNA that beads lack
  kDoublet,    ///< two cells in one pulse
  kDebris,     ///< too small (flow) or without DNA (mass)
  kDead,       ///< takes up the viability dye
};
inline constexpr std::size_t kDropReasons = 8;

/// Names of the reasons as in qc.csv; the first is "kept".
inline constexpr std::array<std::string_view, kDropReasons> kDropReasonNames{
    "kept", "non-finite", "margin", "time", "bead", "doublet", "debris", "dead"};

/// Which steps run. Non-finite events are always dropped.
struct CleanOptions {
  bool margins = true;
  bool time = true;
  bool beads = true;
  bool doublets = true;
  bool debris = true;
  bool dead = true;
  double margin_report_fraction =
      0.05;                     ///< more events than this at one limit: reported, not dropped
  double warn_fraction = 0.30;  ///< a step that drops more than this is warned about
};

/// One sample ready to be pooled: linear, compensated, kept events of the panel's markers.
struct PreparedSample {
  std::size_t events = 0;  ///< in the file
  std::size_t kept = 0;
  std::vector<DropReason> reasons;                 ///< [events]
  std::array<std::size_t, kDropReasons> counts{};  ///< events per reason; counts[0] == kept
  std::vector<std::string> markers;                ///< [markers], the panel's, in its order
  std::vector<std::string>
      constant;                ///< markers with one value in every event, before compensation
  std::vector<double> ranges;  ///< [markers], detector range ($PnR), 0 if not given
  std::vector<std::vector<float>> columns;  ///< [markers][kept], linear units
  std::vector<std::uint32_t> event_index;   ///< [kept], 0-based in the file
  std::string compensation;                 ///< in words, for qc.csv
  bool is_compensated =
      false;  ///< by its matrix, here; or found to be compensated or transformed already
  bool is_unmixed = false;  ///< by its matrix, here
  /// Faulty events may be left: many were dropped, or a stretch of the acquisition on another level was kept.
  bool is_doubtful = false;
  std::string scale;  ///< what shows that the values are transformed already; empty if they are not
  std::vector<float> signal;          ///< see signal_over_time()
  std::vector<std::string> notes;     ///< thresholds used and steps not taken, one sentence each
  std::vector<std::string> warnings;  ///< what the user should look at, one sentence each
};

/// Judges margins, compensates, then drops faults of time, beads, doublets, debris and dead cells.
/// `spillover` may be null: not compensated. One thread; the result is a function of the arguments alone.
/// Throws InputError where `spillover` cannot be used (see compensate()) or a panel channel is not in the sample.
[[nodiscard]] PreparedSample prepare_sample(RawSample&& sample, const Panel& panel,
                                            const Spillover* spillover,
                                            const CleanOptions& options = {});

}  // namespace gateless::preprocess
