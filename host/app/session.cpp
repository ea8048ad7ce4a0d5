#include "host/app/session.hpp"

#include <fmt/format.h>

#include "host/compute/ranked_backend.hpp"
#include "host/core/embedded.hpp"
#include "host/core/parallel.hpp"
#include "host/files/result_folder.hpp"
#include "io/knowledge_file.hpp"

namespace gateless::app {
namespace {

/// The backend that was asked for; says what computes, and why no GPU does where that was left to the program.
std::unique_ptr<Backend> choose_backend(const SharedOptions& shared, Ranks& ranks,
                                        Console& console) {
  BackendOptions compute = shared.compute;
  compute.warn = [&console](const std::string& what) { console.warn(what); };
  std::unique_ptr<Backend> backend = make_ranked_backend(ranks, shared.backend, compute);
  std::string why;
  for (const BackendInfo& info : list_backends()) {
    if (shared.backend == "auto" && info.name == "cuda" && !info.available)
      why = fmt::format("; no GPU: {}", info.reason);
  }
  console.say(fmt::format("computing on {} ({}){}", backend->name(), backend->device(), why));
  return backend;
}

}  // namespace

Session::Session(const SharedOptions& shared, const std::string& out, Ranks& ranks)
    : console(shared.is_quiet, shared.log_level),
      lock(out),
      backend(choose_backend(shared, ranks, console)),
      threads(threads_of(shared)),
      readers(ranks),
      memory{.gib = shared.compute.memory_gib, .ranks = ranks.count(), .folder = out} {}

std::size_t threads_of(const SharedOptions& shared) {
  return shared.compute.threads == 0 ? hardware_threads() : shared.compute.threads;
}

Knowledge shipped_knowledge() { return parse_knowledge(embedded::knowledge_text(), "pbmc.yaml"); }

void finish(Session& session, const Outcome& outcome, Results&& results) {
  results.version = GATELESS_VERSION;
  results.backend = session.backend->name();
  results.device = session.backend->device();
  results.seed = outcome.seed;
  results.configuration = outcome.configuration;
  timed(session.console, Stage::kWrite, [&] { write_results(outcome, results); });
  results.stages = session.console.stages();
  results.warnings = session.console.warnings();
  write_record(outcome, results);
}

}  // namespace gateless::app
