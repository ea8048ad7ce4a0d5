// The tables of a run as CSV files, and back again: the contract with whatever reads the results.
#pragma once

#include <string>

#include "host/core/results.hpp"

namespace gateless::io {

/// Tables without a row: a header alone, so that programs find it, or no file.
enum class EmptyTables { kWritten, kLeftOut };

/// Writes abundance.csv, changes.csv, patients.csv, clusters.csv, abnormal.csv, qc.csv and gates.csv into the folder
/// `dir`, and cluster_counts.csv and channels.csv where they have rows; each appears when it is complete. A table that is
/// left out is removed. Errors: InputError or DeviceError with the path.
void write_tables(const Results& results, const std::string& dir,
                  EmptyTables empty = EmptyTables::kWritten);

/// Writes columns.csv: the lines of `text` (table,column,unit,meaning) whose table is in the folder.
void write_columns(const std::string& text, const std::string& dir);

/// The tables of a folder, as write_tables() wrote them. Columns that are not known are ignored.
/// Errors: InputError for missing files and columns, and for fields that are not what the column holds, by line.
/// kLeftOut: a table may be missing, as `cluster` and `map` leave it; clusters.csv and qc.csv never are.
[[nodiscard]] Results read_tables(const std::string& dir,
                                  EmptyTables empty = EmptyTables::kWritten);

}  // namespace gateless::io
