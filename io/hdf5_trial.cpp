#include "io/hdf5_trial.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <mutex>
#include <string_view>

#include "io/h5ad_reader.hpp"
#include "io/hdf5_object.hpp"
#include "io/model_file.hpp"
#include "io/part_file.hpp"

namespace gateless::io {
namespace {

constexpr const char* kTry =
    "--try-hdf5";  ///< the first word of a program that is started for a trial
constexpr std::array<const char*, 5> kReads{"events", "column", "columns", "model", "part"};

bool answers_trials = false;  ///< this program may be started again for a trial
bool is_trial = false;        ///< this process is one

std::uintmax_t bytes_of(const std::string& path) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(path, error);
  return error ? 0 : bytes;
}

/// Seconds after which a read is given up: far slower than any disk.
unsigned int patience(const std::string& path) {
  constexpr std::uintmax_t kSlowBytesPerSecond = 4U << 20U;
  return static_cast<unsigned int>(30U + bytes_of(path) / kSlowBytesPerSecond);
}

/// Computing after which a read is a loop. A quarter of a second is fifty times what a small file takes; a byte may inflate
/// to hundreds, so a MiB has a second more.
itimerval most_computing(const std::string& path) {
  constexpr suseconds_t kQuarterSecond = 250'000;
  const std::uintmax_t bytes = bytes_of(path);
  itimerval computing{};
  computing.it_value.tv_sec = static_cast<time_t>(bytes >> 20U);
  computing.it_value.tv_usec = kQuarterSecond;
  return computing;
}

void read(const Hdf5Trial& trial) {
  switch (trial.read) {
    case Hdf5Trial::Read::kEvents:
      (void)read_h5ad(trial.path);
      return;
    case Hdf5Trial::Read::kObsColumn:
      (void)read_obs_strings(trial.path, trial.column);
      return;
    case Hdf5Trial::Read::kObsColumns:
      (void)obs_columns(trial.path);
      return;
    case Hdf5Trial::Read::kModel:
      (void)read_model(trial.path);
      return;
    case Hdf5Trial::Read::kPart:
      (void)read_part(trial.path);
      return;
  }
}

[[noreturn]] void read_and_exit(const Hdf5Trial& trial) {
  is_trial = true;
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  alarm(patience(trial.path));
  const itimerval computing = most_computing(trial.path);
  setitimer(ITIMER_PROF, &computing, nullptr);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);
  try {
    read(trial);
  } catch (...) {
    // The parent reads again and meets the same exception.
  }
  _exit(0);
}

/// This program, started again; negative where it cannot be. A file that another thread has open would be open there, too,
/// and stay locked.
pid_t start_again(const Hdf5Trial& trial) {
  constexpr const char* kThisProgram = "/proc/self/exe";
  std::array<std::string, 5> words{
      "gateless", kTry, kReads.at(static_cast<std::size_t>(trial.read)), trial.path, trial.column};
  std::array<char*, 6> arguments{};
  for (std::size_t word = 0; word < words.size(); ++word) arguments[word] = words[word].data();
  const std::unique_lock<std::mutex> lock = hdf5_one_at_a_time();
  pid_t child = -1;
  return posix_spawn(&child, kThisProgram, nullptr, nullptr, arguments.data(), environ) == 0 ? child
                                                                                             : -1;
}

/// A copy of this process, which reads and ends. A copy in the middle of another thread's call of the library would hold
/// half of its state.
pid_t start_copy(const Hdf5Trial& trial) {
  std::unique_lock<std::mutex> lock = hdf5_one_at_a_time();
  const pid_t child = fork();
  lock.unlock();
  if (child == 0) read_and_exit(trial);
  return child;
}

}  // namespace

void answer_trials(int argc, char** argv) noexcept {
  answers_trials = true;
  if (argc != 5 || std::string_view(argv[1]) != kTry) return;
  try {
    for (std::size_t read = 0; read < kReads.size(); ++read) {
      if (std::string_view(argv[2]) == kReads.at(read))
        read_and_exit(
            {.read = static_cast<Hdf5Trial::Read>(read), .path = argv[3], .column = argv[4]});
    }
  } catch (...) {
    _exit(0);  // no memory for a path: the parent meets the same
  }
}

void try_in_child(const Hdf5Trial& trial) {
  if (is_trial) return;
  const pid_t child = answers_trials ? start_again(trial) : start_copy(trial);
  if (child < 0) return;  // no process to spare: the read itself decides
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return;
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
    throw Hdf5Failure(
        fmt::format("is damaged or the machine is very busy: reading it did not end in {} s",
                    patience(trial.path)));
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF) {
    throw Hdf5Failure("is damaged: the HDF5 library does not come to an end on it");
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw Hdf5Failure("is damaged: the HDF5 library fails on it");
  }
}

}  // namespace gateless::io
