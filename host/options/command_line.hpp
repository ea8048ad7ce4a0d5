// The command line: which command, with which options.
#pragma once

#include <variant>

#include "host/options/options.hpp"

namespace gateless::options {

struct DevicesCommand {};
/// Help, version or the documented configuration was asked for; `text` goes to stdout.
struct TextCommand {
  std::string text;
};

using Command =
    std::variant<RunCommand, ClusterCommand, MapCommand, CombineCommand, InspectCommand,
                 SimulateCommand, ReportCommand, ConvertCommand, DevicesCommand, TextCommand>;

/// Errors: UsageError with the nearest valid word where one was misspelt.
[[nodiscard]] Command parse_command_line(int argc, const char* const* argv);

}  // namespace gateless::options
