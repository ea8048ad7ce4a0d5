// gateless: parses the command line, runs the command, and turns every failure into a message and an exit status.
// Of several ranks the first does that; the others compute for it.
#include <malloc.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>

#include "host/app/commands.hpp"
#include "host/app/tell.hpp"
#include "host/compute/ranked_backend.hpp"
#include "host/core/error.hpp"
#include "host/core/large_blocks.hpp"
#include "host/files/event_reading.hpp"
#include "host/options/command_line.hpp"
#include "host/stages/ranked_reading.hpp"
#include "io/hdf5_trial.hpp"

namespace gateless::app {
namespace {

int exit_status(ExitStatus status) { return static_cast<int>(status); }

/// What was printed must have arrived: a disk that is full shows only here.
void finish_output() {
  std::cout.flush();
  if (std::cout.good() && std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  throw DeviceError(
      "standard output: writing failed (what was printed is not complete); free some space, or "
      "send the output elsewhere");
}

/// Whether errors are for programs; looked for here, because a wrong command line has an error, too.
bool wants_json(int argc, char** argv) {
  return std::any_of(argv + 1, argv + argc,
                     [](const char* word) { return std::string_view(word) == "--json"; });
}

/// A failure for a person, or as one line of JSON: {"status", "kind", "messages"}, a message for each thing wrong.
int fail(ExitStatus status, const std::string& message, bool as_json) {
  if (!as_json) {
    tell("gateless: {}\n", message);
    return exit_status(status);
  }
  const char* kind = status == ExitStatus::kUsage    ? "usage"
                     : status == ExitStatus::kInput  ? "input"
                     : status == ExitStatus::kDevice ? "device"
                                                     : "bug";
  nlohmann::ordered_json json{{"status", exit_status(status)}, {"kind", kind}};
  std::istringstream lines(message);
  for (std::string line; std::getline(lines >> std::ws, line);) json["messages"].push_back(line);
  tell("{}\n", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return exit_status(status);
}

/// Large blocks go back to the system as soon as they are freed. glibc would keep those of up to 32 MB for later once one
/// of that size was freed, and a pool is made of a few such blocks a file.
void give_large_blocks_back() {
#ifdef __GLIBC__
  constexpr int kLargeBytes = 1 << 18;
  constexpr int kSmallBytes = 1 << 25;  // of small blocks together, which come and go
  mallopt(M_MMAP_THRESHOLD, kLargeBytes);
  mallopt(M_TRIM_THRESHOLD, kSmallBytes);
#endif
}

/// The program, as rank 0 runs it.
int run(int argc, char** argv, Ranks& ranks) {
  const bool as_json = wants_json(argc, argv);
  try {
    const Command command = parse_command_line(argc, argv);
    std::visit([&](const auto& chosen) { execute(chosen, ranks); }, command);
    finish_output();
    return exit_status(ExitStatus::kDone);
  } catch (const UserError& error) {
    return fail(error.status(), error.what(), as_json);
  } catch (const NoRoomOnDisk& error) {
    return fail(ExitStatus::kDevice, error.what(), as_json);
  } catch (const std::bad_alloc&) {
    return fail(ExitStatus::kDevice,
                "out of memory (more is needed at a time than this machine gives); use fewer files "
                "or --threads, or a machine with more memory",
                as_json);
  } catch (const std::exception& error) {
    return fail(ExitStatus::kBug,
                fmt::format("a bug: {}; please report it with the command you used", error.what()),
                as_json);
  }
}

/// The whole program; its exit status.
int run_as_rank(int argc, char** argv) {
  io::answer_trials(argc, argv);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes (ulimit -f) is a failed write
  give_large_blocks_back();
  const std::unique_ptr<Ranks> ranks = join_ranks(argc, argv);
  if (ranks->rank() != 0) {
    serve(*ranks, reading_workers(read_sample));
    return exit_status(ExitStatus::kDone);
  }
  const int status = run(argc, argv, *ranks);
  dismiss(*ranks);
  return status;
}

}  // namespace
}  // namespace gateless::app

int main(int argc, char** argv) { return gateless::app::run_as_rank(argc, argv); }
