// gateless: parses the command line, runs the command, and turns every failure into a message and an exit status.
#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <new>

#include "host/app/command_line.hpp"
#include "host/app/commands.hpp"
#include "host/core/error.hpp"

namespace {

int exit_status(gateless::ExitStatus status) { return static_cast<int>(status); }

}  // namespace

int main(int argc, char** argv) {
  using gateless::ExitStatus;
  try {
    const gateless::Command command = gateless::parse_command_line(argc, argv);
    std::visit([](const auto& chosen) { gateless::execute(chosen); }, command);
    return exit_status(ExitStatus::kDone);
  } catch (const gateless::UserError& error) {
    fmt::print(stderr, "gateless: {}\n", error.what());
    return exit_status(error.status());
  } catch (const std::bad_alloc&) {
    fmt::print(stderr,
               "gateless: out of memory (the pooled events of a panel are held in memory); use "
               "fewer files "
               "or --events labels, or a machine with more memory\n");
    return exit_status(ExitStatus::kDevice);
  } catch (const std::exception& error) {
    fmt::print(stderr, "gateless: a bug: {}; please report it with the command you used\n",
               error.what());
    return exit_status(ExitStatus::kBug);
  }
}
