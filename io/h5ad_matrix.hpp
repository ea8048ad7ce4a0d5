// The events of an AnnData file: X, dense or sparse, into columns. Internal to h5ad_reader.cpp.
#pragma once

#include "host/core/raw_sample.hpp"
#include "io/hdf5_object.hpp"

namespace gateless::io {

/// Reads X into the events and values of a sample whose channels are known. Errors: Hdf5Failure.
void read_h5ad_matrix(const Hdf5Object& file, RawSample& sample);

}  // namespace gateless::io
