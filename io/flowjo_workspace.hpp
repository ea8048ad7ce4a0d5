// Gates as a workspace of FlowJo 10 (.wsp): double-click it beside the FCS files and the tree of gates is there.
#pragma once

#include <string>

#include "host/core/gates.hpp"

namespace gateless::io {

/// Writes the panel's FCS samples with their gates to `path`, whole or not at all. FlowJo keeps bounds in linear units; each
/// sample has its own spillover matrix, whose channels have "Comp-" before their names, and the scale of each channel
/// (logicle, fasinh, linear). A sample's name is its file's name (with the sheet's folder where two files share one), its
/// address the absolute path. Errors: as AtomicFile.
void write_flowjo_workspace(const GatePanel& panel, const std::string& path);

}  // namespace gateless::io
