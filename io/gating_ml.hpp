// Gates as Gating-ML 2.0 (Spidlen et al., Cytometry A 87A:683, 2015), which flowCore, CytoML, FlowKit, Cytobank and FlowJo read.
#pragma once

#include <string>

#include "host/core/gates.hpp"

namespace gateless::io {

/// Writes the panel's gates to `path`, whole or not at all. Channels are named as in the files ($PnN), compensated by each
/// file's own matrix ("FCS") where gateless did so. Bounds stand on the scale of the channel: logicle 0 to 1 (6.4),
/// arcsinh as asinh(x / c) (6.3, fasinh with M = log10 e, T = c sinh 1, A = 0), or linear.
/// Errors: as AtomicFile.
void write_gating_ml(const GatePanel& panel, const std::string& path);

}  // namespace gateless::io
