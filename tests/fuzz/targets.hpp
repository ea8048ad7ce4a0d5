// What a fuzzer or a test may call with any bytes. A target returns when the bytes are read or refused as they should be,
// and ends the program (abort, sanitizer) or throws when they are not.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/layers.hpp"

namespace gateless::fuzz {

using namespace io;
using namespace compute;

struct Target {
  std::string name;
  std::function<bool(std::string_view bytes)> run;  ///< true if they were read, false if refused
  std::function<std::vector<std::string>()> seeds;  ///< valid inputs to start from, then odd ones

  friend std::ostream& operator<<(std::ostream& stream, const Target& target) {
    return stream << target.name;
  }
};

/// All targets: the readers, then the backends against each other.
[[nodiscard]] std::vector<Target> targets();

[[nodiscard]] Target fcs_target();
[[nodiscard]] Target csv_target();
[[nodiscard]] Target sheet_target();
[[nodiscard]] Target study_target();
[[nodiscard]] Target knowledge_target();
[[nodiscard]] Target h5ad_target();
[[nodiscard]] Target model_target();
[[nodiscard]] Target backends_target();

}  // namespace gateless::fuzz
