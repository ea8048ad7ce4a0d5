// Runs the real program and catches what it says and how it ends.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "host/core/layers.hpp"
#include "tests/temporary_folder.hpp"

namespace gateless::cli {

using namespace io;

struct Ended {
  int status = -1;  ///< exit status
  std::string out;
  std::string err;
};

inline std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// `arguments` as typed in a shell.
inline Ended run_shell(const std::string& command) {
  const TemporaryFolder scratch;
  const std::string err = scratch / "err";
  Ended ended;
  FILE* pipe = popen(("( " + command + " ) 2>" + err + " </dev/null").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot start a shell");
  std::array<char, 4096> part{};
  for (std::size_t size = 0; (size = fread(part.data(), 1, part.size(), pipe)) > 0;) {
    ended.out.append(part.data(), size);
  }
  const int status = pclose(pipe);
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  ended.err = read_text(err);
  return ended;
}

/// The Python that has the packages of tests/python/requirements.txt, if scripts/setup has installed them.
inline std::string python() {
  const char* chosen = std::getenv("GATELESS_PYTHON");
  if (chosen != nullptr) return chosen;
  const std::string installed = GATELESS_SOURCE_DIR "/build/test-tools/bin/python";
  return std::filesystem::exists(installed) ? installed : "/usr/bin/python3";
}

inline Ended gateless(const std::string& arguments) {
  return run_shell(std::string(GATELESS_PROGRAM) + " " + arguments);
}

}  // namespace gateless::cli
