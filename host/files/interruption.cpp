#include "host/files/interruption.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <list>

namespace gateless::files {
namespace {

// What a signal handler may look at: texts stay where they are until the program ends.
std::atomic<const std::string*> told{nullptr};

void on_interruption(int signal) {
  const std::string* text = told;
  // Nobody to tell where this fails.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text->data(), text->size());
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

void tell_when_interrupted(const std::string& text) {
  static std::list<std::string> texts;
  const bool is_first = texts.empty();
  texts.push_back(text);
  told = &texts.back();
  if (!is_first) return;
  for (const int signal : {SIGINT, SIGTERM}) {
    if (std::signal(signal, on_interruption) == SIG_IGN) std::signal(signal, SIG_IGN);
  }
}

}  // namespace gateless::files
