// Which samples a reader should look at before believing what rests on them, and why: one rule for the first screen, the
// quality table and the list of warnings.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "host/core/results.hpp"

namespace gateless::report {

/// How much of a reader's attention a sample asks for.
enum class Look {
  kNothing,
  kNoted,  ///< a marker lies 0.3 spreads or more off by itself, a stretch was cut out, or a warning that most files share
  kNeedsLook  ///< a warning of its own, a marker that lies a whole spread off by itself, an unbelievable fraction
};

/// "nothing", "noted", "needs a look".
[[nodiscard]] std::string text_of(Look look);

/// One blood sample: all its files, or a file that no patient is known of.
struct SampleNote {
  std::string patient, visit;
  std::vector<std::string> files;    ///< samples of the tables
  std::vector<std::string> reasons;  ///< one sentence each, without a full stop
};

/// What the quality table says of a file.
struct FileLook {
  std::size_t row = 0;  ///< of Results::qc
  Look look = Look::kNothing;
  std::string text;  ///< the reasons; empty for kNothing
};

struct Attention {
  std::vector<SampleNote> samples;   ///< that need a look, in the order of the quality table
  std::vector<SampleNote> noted;     ///< for a marker of their own, the largest shift first
  std::string cut;                   ///< which files lost a disturbed stretch; empty: none
  std::vector<std::string> general;  ///< of a panel, or of so many samples that it is said once
  std::vector<std::string> moved;    ///< markers that move with a visit or group
  std::vector<std::pair<std::string, std::string>> moved_markers;  ///< panel and marker of these
  std::vector<std::string> rest;  ///< warnings of the run that are of no sample
  std::vector<FileLook>
      files;  ///< each row of the quality table once: those that need a look first
};

/// Warnings of files, markers that are shifted, and fractions that no healthy blood has. A shift that a visit or a group shares
/// (moved_markers.hpp) is told of that, and not of its samples.
[[nodiscard]] Attention attention_of(const Results& results);

/// Whether what is said of this patient's subset at one of the visits rests on a sample that needs a look.
[[nodiscard]] bool rests_on_doubt(const Attention& attention, const Results& results,
                                  const PatientRow& row, const std::string& baseline);

}  // namespace gateless::report
