// What MultiQC shows of a run: its custom content, found by the ending _mqc.json.
#pragma once

#include <string>

#include "host/core/results.hpp"

namespace gateless::io {

/// Writes gateless_mqc.json into `dir`: a table with a row for each sample, from qc.csv.
void write_multiqc(const Results& results, const std::string& dir);

}  // namespace gateless::io
