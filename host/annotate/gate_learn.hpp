// A tree of rectangles for the named subsets, on the markers that define them, learned from labelled events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/annotate/gate_search.hpp"
#include "host/annotate/subset_model.hpp"
#include "host/core/knowledge.hpp"

namespace gateless::annotate {

/// Events that are to have a gate though no subset names them: an abnormal cluster.
struct GatedCluster {
  std::string id, name;
  std::string parent;           ///< subset that it was found in; empty: all events
  std::vector<bool> is_member;  ///< [events]
};

struct GateLesson {
  GateTable table;
  std::vector<std::string>
      markers;  ///< [axes], in the knowledge file's words; else the channel's name
  std::vector<bool>
      tells_cells;  ///< [axes], tells cells from debris, doublets and dead ones: scatter, DNA, viability ...
  std::vector<std::int16_t> label;  ///< [events], index of SubsetModel::subsets; -1: none
  std::vector<bool> is_kept;        ///< [events], cleaning has left it in
  std::vector<std::int32_t>
      profile;  ///< [events], which of `profiles`; -1: none. Empty: overlays have no gates
  std::vector<std::vector<std::int16_t>> profiles;  ///< as SubsetCalls::profiles
  std::vector<GatedCluster> clusters;
};

/// One rectangle, in bins of the lesson's table.
struct LearnedGate {
  std::string id, subset, name;
  int parent = -1;
  bool is_last = true;
  std::vector<PlacedSide> sides;  ///< of one or two axes
};

/// Id and words of the gate that holds what cleaning has left.
inline constexpr const char* kCellsGate = "cells";

/// For each subset with events enough a chain of rectangles within the gate of the nearest subset above it, or, where
/// that holds its events badly, within one further up. Parents come before children.
[[nodiscard]] std::vector<LearnedGate> learn_gates(const GateLesson& lesson,
                                                   const SubsetModel& model,
                                                   const Knowledge& knowledge);

/// What an event's label says of a gate's subset. An event has one label, the smallest subset that holds it; partitions of
/// one parent cut across each other (Th1 and central memory), so the label of one says nothing of another.
enum class LabelSays : std::uint8_t { kOutside, kInside, kNothing };

/// [subsets], of an event that has that label.
[[nodiscard]] std::vector<LabelSays> labels_say(std::size_t of_subset, const SubsetModel& model,
                                                const Knowledge& knowledge);

}  // namespace gateless::annotate
