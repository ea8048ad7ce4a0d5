// The tables of a run as CSV files, and back again: the contract with whatever reads the results.
#pragma once

#include <string>

#include "host/core/results.hpp"

namespace gateless {

/// Writes abundance.csv, changes.csv, patients.csv, clusters.csv, abnormal.csv and qc.csv into the folder `dir`;
/// each appears when it is complete. Errors: InputError or DeviceError with the path.
void write_tables(const Results& results, const std::string& dir);

/// The tables of a folder, as write_tables() wrote them. Columns that are not known are ignored.
/// Errors: InputError for missing files and columns, and for fields that are not what the column holds, by line.
[[nodiscard]] Results read_tables(const std::string& dir);

}  // namespace gateless
