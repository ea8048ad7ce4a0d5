// gateless: parses the command line, runs the command, and turns every failure into a message and an exit status.
// Of several ranks the first does that; the others compute for it.
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <new>

#include "host/app/command_line.hpp"
#include "host/app/commands.hpp"
#include "host/app/tell.hpp"
#include "host/compute/ranked_backend.hpp"
#include "host/core/error.hpp"

namespace {

using gateless::ExitStatus;

int exit_status(ExitStatus status) { return static_cast<int>(status); }

/// What was printed must have arrived: a disk that is full shows only here.
void finish_output() {
  std::cout.flush();
  if (std::cout.good() && std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  throw gateless::DeviceError(
      "standard output: writing failed (what was printed is not complete); free some space, or "
      "send the output elsewhere");
}

/// The program, as rank 0 runs it.
int run(int argc, char** argv, gateless::Ranks& ranks) {
  try {
    const gateless::Command command = gateless::parse_command_line(argc, argv);
    std::visit([&](const auto& chosen) { gateless::execute(chosen, ranks); }, command);
    finish_output();
    return exit_status(ExitStatus::kDone);
  } catch (const gateless::UserError& error) {
    gateless::tell("gateless: {}\n", error.what());
    return exit_status(error.status());
  } catch (const std::bad_alloc&) {
    gateless::tell(
        "gateless: out of memory (the pooled events of a panel are held in memory); use "
        "fewer files "
        "or --events labels, or a machine with more memory\n");
    return exit_status(ExitStatus::kDevice);
  } catch (const std::exception& error) {
    gateless::tell("gateless: a bug: {}; please report it with the command you used\n",
                   error.what());
    return exit_status(ExitStatus::kBug);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGXFSZ,
              SIG_IGN);  // a limit on file sizes (ulimit -f) is a failed write like any other
  const std::unique_ptr<gateless::Ranks> ranks = gateless::join_ranks(argc, argv);
  if (ranks->rank() != 0) {
    gateless::serve(*ranks);
    return exit_status(ExitStatus::kDone);
  }
  const int status = run(argc, argv, *ranks);
  gateless::dismiss(*ranks);
  return status;
}
