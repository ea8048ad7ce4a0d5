// What is asked for of files: which events a result keeps, and what files are converted into.
#pragma once

#include <string>
#include <vector>

#include "host/core/study.hpp"

namespace gateless {

/// What `--events` leaves in events.h5ad.
enum class EventsOutput { kFull, kPanels, kLabels, kNone };

/// A file format that `convert` writes.
enum class ConvertTo { kFcs, kCsv, kH5ad };

struct ConvertPlan {
  std::string out;
  ConvertTo to = ConvertTo::kFcs;
  bool compensate = false;
  TransformChoice transform{.kind = TransformChoice::Kind::kNone};
};

struct InspectPlan {
  std::vector<std::string> paths;
  bool is_json = false;
  bool is_quick = false;  ///< headers alone: files are not compared
};

}  // namespace gateless
