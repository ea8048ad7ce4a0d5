// A study as the user describes it: the sample sheet and the study file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gateless {

/// One row of the sample sheet.
struct Sample {
  std::string file;  ///< as written in the sheet
  std::string path;  ///< resolved against the sheet's folder
  std::string patient;
  std::string visit;
  std::string group;
  std::string panel;  ///< empty: told from the channels
  std::string batch;
  bool is_control = false;  ///< role: control
  std::optional<double> cells_per_ul;
  std::map<std::string, std::optional<double>> numbers;  ///< further numeric columns, e.g. sledai
  int line = 0;                                          ///< in the sheet, 1-based
};

/// How events are clustered. Zero means: chosen by the program.
struct ClusterOptions {
  enum class Algorithm { kSom, kKMeans };
  Algorithm algorithm = Algorithm::kSom;
  std::size_t grid_width = 16;
  std::size_t grid_height = 16;
  std::size_t nodes = 256;       ///< k-means only
  std::size_t metaclusters = 0;  ///< 0: automatic
  std::size_t epochs = 15;
  std::vector<std::string> markers =
      {};  ///< marker or channel names; empty: every marker of the panel
  std::uint64_t seed = 1;

  [[nodiscard]] std::size_t node_count() const {
    return algorithm == Algorithm::kSom ? grid_width * grid_height : nodes;
  }
  friend bool operator==(const ClusterOptions&, const ClusterOptions&) = default;
};

struct TransformChoice {
  enum class Kind { kAuto, kArcsinh, kLogicle, kNone };
  Kind kind = Kind::kAuto;
  double cofactor = 5.0;  ///< kArcsinh only
};

/// Which events are dropped before clustering; each reason can be switched off.
struct CleanChoice {
  bool margins = true;  ///< at the end of a detector's range
  bool drift = true;    ///< acquired while the signal was unstable
  bool doublets = true;
  bool debris = true;  ///< and beads: what is no cell
  bool dead = true;    ///< positive for the viability dye

  friend bool operator==(const CleanChoice&, const CleanChoice&) = default;
};

/// Events of a subset in a sample (ICCS module on rare events: < 20 not detected, 20-50 detected, > 50 quantifiable).
struct DetectionLimits {
  double detected = 20.0;      ///< fewer: not detected
  double quantifiable = 50.0;  ///< more: quantifiable

  friend bool operator==(const DetectionLimits&, const DetectionLimits&) = default;
};

struct CompareOptions {
  std::string baseline = "baseline";      ///< visit
  std::vector<std::string> at;            ///< visits; empty: every other visit
  std::string activity;                   ///< numeric column of the sample sheet; empty: none
  std::vector<std::string> responders;    ///< patients
  std::vector<std::string> primary;       ///< subsets; empty: the knowledge file's
  std::string healthy_group = "healthy";  ///< group of the controls
  double smallest_change = 0.15;  ///< relative; a patient's change below it is called `no change`
  DetectionLimits limits;

  friend bool operator==(const CompareOptions&, const CompareOptions&) = default;
};

/// A border set by hand: from where on a marker's cells are positive, in a population and those below it.
struct LevelChoice {
  std::string marker;
  std::string within;  ///< subset id; empty: every population
  std::string panel;   ///< empty: every panel that has the marker
  double at = 0.0;     ///< on the scale that is shown (shown_scale.hpp), or a linear value
  bool is_linear = false;
  int line = 0;  ///< in the study file, 1-based

  friend bool operator==(const LevelChoice&, const LevelChoice&) = default;
};

struct Study {
  std::string name;
  std::string path;        ///< of the study file
  std::string text;        ///< the study file as read
  std::string sheet_path;  ///< of the sample sheet
  std::vector<Sample> samples;
  std::vector<std::string> knowledge_paths;  ///< empty: the shipped one
  std::map<std::string, std::string>
      marker_overrides;  ///< channel ($PnN or $PnS) -> marker; "ignore" drops it
  TransformChoice transform;
  bool compensate = true;
  CleanChoice clean;
  ClusterOptions cluster;
  CompareOptions compare;
  std::vector<LevelChoice> levels;
  std::vector<std::string> warnings;  ///< survivable oddities of the study file and the sheet
};

}  // namespace gateless
