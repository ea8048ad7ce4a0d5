// An event file once more as FCS 3.1, with further channels behind its own: labels of each event where people look.
#pragma once

#include <string>
#include <vector>

#include "io/fcs_text.hpp"

namespace gateless::io {

/// A channel to be appended, with a value for each event of the file.
struct AppendedChannel {
  std::string name;           ///< $PnN
  std::string stain;          ///< $PnS
  double highest = 0.0;       ///< no value is larger; none is below 0
  double per_unit = 1.0;      ///< files of integers store value * per_unit, rounded, with this $PnG
  std::vector<float> values;  ///< [events]
};

struct FcsAppendix {
  std::vector<AppendedChannel> channels;
  FcsKeywords keywords;  ///< added to those of the file
};

/// Writes the events of `source` (FCS, CSV, .h5ad) to `path` as FCS 3.1, all of them in their order. Of an FCS file the
/// stored values of its own channels stay as they are, to the bit, and so do its keywords, but for those that say where
/// segments are; appended channels are stored as its own ones are (integers, floats or doubles). What FCS 3.1 does not
/// have (packed bits, text, several types, mixed byte orders), and what is no FCS file, is written as floats with the
/// values that gateless reads. Of a file of several data sets the first is taken; ANALYSIS is left out.
/// @throws InputError if `source` cannot be read or has another number of events than the appended channels.
void append_to_events(const std::string& source, const std::string& path,
                      const FcsAppendix& appendix);

}  // namespace gateless::io
