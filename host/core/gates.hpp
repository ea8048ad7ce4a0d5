// Gates that a colleague can check: rectangles in the file's own linear units, and how well they hold the named cells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/core/raw_sample.hpp"
#include "host/core/transform.hpp"

namespace gateless {

/// A channel that gates are drawn on.
struct GateAxis {
  std::string channel;  ///< $PnN
  std::string marker;   ///< what it stains, in the knowledge file's words; else the channel's name
  Transform transform;  ///< the scale on which it is shown; kNone: linear
  double range = 0.0;   ///< $PnR, linear units; 0 if not given
};

/// One side of a rectangle. An event is inside where low <= x < high (Gating-ML 2.0, 5.1.1).
struct GateBounds {
  std::size_t axis = 0;             ///< index in GatePanel::axes
  std::optional<double> low, high;  ///< linear, compensated units; none: open

  [[nodiscard]] bool holds(double x) const { return (!low || x >= *low) && (!high || x < *high); }
};

/// A rectangle (or, with one axis, a range) within another gate.
struct RectangleGate {
  std::string id;      ///< unique in its panel, letters, digits, '.', '-' and '_': "b_dn", "b_dn.1"
  std::string subset;  ///< whose cells it is to hold: a subset, "cells", or an abnormal cluster
  std::string name;    ///< the same in words
  int parent = -1;     ///< index of the gate it lies in; -1: all events
  bool is_last = true;  ///< the last of its subset's rectangles: what is inside is the population
  std::vector<GateBounds> sides;  ///< 1 or 2
};

/// Events of one sample in one gate, over all events of the file.
struct GateCount {
  std::uint64_t inside = 0;           ///< in the gate, and in all that it lies in
  std::uint64_t labelled = 0;         ///< with the label of the gate's subset, or of one below it
  std::uint64_t labelled_inside = 0;  ///< both
  std::uint64_t untold_inside = 0;    ///< in the gate, with a label that says nothing of its subset

  /// Of what is inside and told, the share that has the label; none where there is nothing.
  [[nodiscard]] std::optional<double> precision() const {
    return share(labelled_inside, inside - untold_inside);
  }
  /// Of what has the label, the share that is inside; none where no event has it.
  [[nodiscard]] std::optional<double> recall() const { return share(labelled_inside, labelled); }
  /// Harmonic mean of both.
  [[nodiscard]] std::optional<double> f1() const {
    return share(2 * labelled_inside, inside - untold_inside + labelled);
  }
  GateCount& operator+=(const GateCount& other) {
    inside += other.inside;
    labelled += other.labelled;
    labelled_inside += other.labelled_inside;
    untold_inside += other.untold_inside;
    return *this;
  }
  friend bool operator==(const GateCount&, const GateCount&) = default;

 private:
  static std::optional<double> share(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0) return std::nullopt;
    return static_cast<double>(part) / static_cast<double>(whole);
  }
};

/// One file that the gates were counted in.
struct GateSample {
  std::string name;     ///< as in the other tables
  std::string path;     ///< of the file
  std::string version;  ///< "FCS3.1", "CSV", "h5ad"
  std::uint64_t events = 0;
  std::optional<Spillover> spillover;           ///< none: the values are taken as they are
  std::map<std::string, std::string> keywords;  ///< of the file
  std::vector<GateCount> counts;                ///< [gates]

  [[nodiscard]] bool is_fcs() const { return version.starts_with("FCS"); }
};

/// The gates of one panel: parents before children.
struct GatePanel {
  std::string panel;
  std::vector<GateAxis> axes;
  std::vector<RectangleGate> gates;
  std::vector<GateSample> samples;

  /// Ids from the outermost gate down to the parent of `gate`, with '/' between them; empty for an outermost gate.
  [[nodiscard]] std::string parent_path(std::size_t gate) const {
    std::string path;
    for (int at = gates[gate].parent; at >= 0; at = gates[static_cast<std::size_t>(at)].parent) {
      if (!path.empty()) path.insert(0, 1, '/');
      path.insert(0, gates[static_cast<std::size_t>(at)].id);
    }
    return path;
  }
};

}  // namespace gateless
