// `--fcs`: every input file once more as FCS, with the labels of its events as further channels.
#pragma once

#include "host/files/outcome.hpp"

namespace gateless::files {

/// Writes `<dir>/fcs/<sample>.fcs` for every sample and, last, `<dir>/fcs/key.csv`, which names the numbers.
/// Channels: gateless_node, gateless_metacluster and, where subsets were called, gateless_subset and
/// gateless_confidence; dropped events have 0 in all of them, nodes are counted from 1.
/// @throws InputError if a file has changed since it was read.
void write_labelled_files(const Outcome& outcome, std::size_t threads);

/// Whether the folder holds all that write_labelled_files() writes.
[[nodiscard]] bool has_labelled_files(const std::string& dir);

}  // namespace gateless::files
