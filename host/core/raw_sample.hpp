// One sample as its file holds it, before anything is done to it. Every reader (FCS, CSV, .h5ad) ends here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/core/matrix.hpp"

namespace gateless {

/// One column of an FCS file.
struct Channel {
  std::string name;    ///< $PnN, or the column's header
  std::string stain;   ///< $PnS; empty if not given
  double range = 0.0;  ///< $PnR, the detector's range in linear units; 0 if not given
};

/// Spillover of `channels` (FCS 3.1, 3.2.20): row = the dye, column = the detector.
struct Spillover {
  std::vector<std::string> channels;      ///< $PnN names
  Matrix<double> coefficients;            ///< [channels][channels], diagonal 1
  std::vector<std::string> missing = {};  ///< names in the matrix that are no channel of the file
};

/// More channels than any instrument has; what declares more is no event table, and is refused before it is read.
inline constexpr std::size_t kMostChannels = 4096;

struct RawSample {
  std::string path;
  std::string version;  ///< "FCS3.1", "CSV", "h5ad"
  std::vector<Channel> channels;
  std::size_t events = 0;
  std::vector<std::vector<float>> values;  ///< [channels][events], linear units
  std::optional<Spillover> spillover;
  std::map<std::string, std::string> keywords;  ///< upper-case keyword -> value, as in the file
  std::vector<std::string> warnings;            ///< survivable oddities, one sentence each
};

}  // namespace gateless
