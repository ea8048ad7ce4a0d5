// The page that a clinician opens: everything that a run found, in one file without a network.
#pragma once

#include <string>

#include "host/core/results.hpp"

namespace gateless::report {

/// The whole report as one self-contained HTML page (UTF-8). The same results give the same bytes: no clock
/// and no path goes in. Text from files is data: it is never read as markup. Empty tables leave a section that
/// says why it is empty.
[[nodiscard]] std::string render_report(const Results& results);

}  // namespace gateless::report
