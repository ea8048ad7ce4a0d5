// What the report page shows, as the one JSON block that its scripts read.
#pragma once

#include <string>

#include "host/core/results.hpp"

namespace gateless::report {

/// JSON that is safe inside a script element: ASCII alone, and no `<`, so neither `</script` nor `<!--` can
/// occur. Bytes that are not UTF-8 become U+FFFD; numbers carry six digits; density pictures become one letter
/// a bin.
[[nodiscard]] std::string page_json(const Results& results);

}  // namespace gateless::report
