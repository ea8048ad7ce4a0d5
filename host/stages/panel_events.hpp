// The pooled events of one panel, and what is known of the files they came from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/core/event_store.hpp"
#include "host/core/layers.hpp"
#include "host/core/panel.hpp"
#include "host/core/results.hpp"
#include "host/core/transform.hpp"
#include "host/preprocess/panel_check.hpp"

namespace gateless::stages {

/// One sample within its panel's pool.
struct PooledSample {
  std::size_t sample = 0;  ///< index in the study's samples
  std::size_t events = 0;  ///< in the file
  /// [kept], event index of each pooled event in its file, rising
  std::vector<std::uint32_t> kept_events;
  std::string sha256;        ///< of the file
  std::uint64_t bytes = 0;   ///< of the file
  Panel panel;               ///< the file's own channels
  bool is_unmixed = false;   ///< by the file's spillover matrix
  bool is_doubtful = false;  ///< faulty events may be left: levels are not learned from it
};

/// Kept, compensated, transformed events of all samples of one panel.
struct PanelEvents {
  Panel panel;
  std::vector<std::string> markers;   ///< rows of the store
  std::vector<Transform> transforms;  ///< [markers]
  EventStore store{{}};
  std::vector<PooledSample> samples;  ///< as store.ranges()
  std::vector<QcRow> qc;              ///< [samples]
  std::vector<MarkerDoubt> doubts;    ///< `file` counts `samples`
};

}  // namespace gateless::stages
