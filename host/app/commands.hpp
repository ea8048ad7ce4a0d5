// One function per command. Failures are exceptions (host/core/error.hpp); nothing is left half written.
#pragma once

#include "host/app/command_line.hpp"

namespace gateless {

void execute(const RunCommand& command);
void execute(const ClusterCommand& command);
void execute(const MapCommand& command);
void execute(const InspectCommand& command);
void execute(const SimulateCommand& command);
void execute(const ReportCommand& command);
void execute(const DevicesCommand& command);
void execute(const TextCommand& command);

}  // namespace gateless
