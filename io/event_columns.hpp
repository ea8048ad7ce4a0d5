// What becomes of the columns of an event table once it is read, and whether a file is one. Internal to event_csv.cpp.
#pragma once

#include <cstddef>
#include <vector>

#include "host/core/raw_sample.hpp"

namespace gateless::io {

/// Says how many cells hold no number: `missing` [channels] of them are blank or say NA.
void tell_missing(RawSample& sample, const std::vector<bool>& is_text,
                  const std::vector<std::size_t>& missing);

/// Leaves out the columns of words, and says which.
void drop_text_columns(RawSample& sample, const std::vector<bool>& is_text);

}  // namespace gateless::io
