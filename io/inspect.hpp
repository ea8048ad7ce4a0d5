// What is in an event file, without reading its events: for the `inspect` command.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/core/raw_sample.hpp"

namespace gateless::io {

struct FileSummary {
  std::string path;
  std::string version;        ///< "FCS3.1", "CSV", "h5ad"; empty if unknown
  std::string value_type;     ///< "float", "double", "integer", "text"; of the first data set
  std::string byte_order;     ///< "little endian", "big endian", or $BYTEORD; empty if it has none
  std::size_t events = 0;     ///< of the first data set
  std::size_t data_sets = 0;  ///< readable or not, along $NEXTDATA
  std::vector<Channel> channels;
  std::string cytometer;       ///< $CYT
  std::string date;            ///< $DATE
  bool has_spillover = false;  ///< a usable one
  bool readable = false;       ///< read_event_file would succeed, as far as this look can tell
  std::vector<std::string> problems;  ///< the error if not readable, and all warnings
};

/// Looks at HEADER, TEXT and the size of DATA (FCS), or reads the table (CSV, .h5ad).
/// Never throws for a bad file: what is wrong stands in FileSummary::problems.
[[nodiscard]] FileSummary inspect_file(const std::string& path);

}  // namespace gateless::io
