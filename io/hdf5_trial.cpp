// The trial of a read in a child process: see try_in_child in hdf5_object.hpp.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>

#include "io/hdf5_object.hpp"

namespace gateless::io {
namespace {

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

[[noreturn]] void read_and_exit(const std::string& path, const std::function<void()>& read) {
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  alarm(patience(path));
  const itimerval computing = most_computing(path);
  setitimer(ITIMER_PROF, &computing, nullptr);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);
  try {
    read();
  } catch (...) {
    // The parent reads again and meets the same exception.
  }
  _exit(0);
}

}  // namespace

void try_in_child(const std::string& path, const std::function<void()>& read) {
  const pid_t child = fork();
  if (child < 0) return;  // no process to spare: the read itself decides
  if (child == 0) read_and_exit(path, read);
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return;
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
    throw Hdf5Failure(fmt::format(
        "is damaged or the machine is very busy: reading it did not end in {} s", patience(path)));
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF) {
    throw Hdf5Failure("is damaged: the HDF5 library does not come to an end on it");
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw Hdf5Failure("is damaged: the HDF5 library fails on it");
  }
}

}  // namespace gateless::io
