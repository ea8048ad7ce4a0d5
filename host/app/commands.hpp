// One function per command, which rank 0 runs. Failures are exceptions (host/core/error.hpp); nothing is left half written.
#pragma once

#include "host/compute/ranks.hpp"
#include "host/core/layers.hpp"
#include "host/options/command_line.hpp"

namespace gateless::app {

void execute(const RunCommand& command, Ranks& ranks);
void execute(const ClusterCommand& command, Ranks& ranks);
void execute(const MapCommand& command, Ranks& ranks);
void execute(const CombineCommand& command, Ranks& ranks);
void execute(const InspectCommand& command, Ranks& ranks);
void execute(const SimulateCommand& command, Ranks& ranks);
void execute(const ReportCommand& command, Ranks& ranks);
void execute(const ConvertCommand& command, Ranks& ranks);
void execute(const DevicesCommand& command, Ranks& ranks);
void execute(const TextCommand& command, Ranks& ranks);

}  // namespace gateless::app
