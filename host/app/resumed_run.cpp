#include "host/app/resumed_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host/core/piece_values.hpp"
#include "host/files/interruption.hpp"

namespace gateless::app {
namespace {

constexpr const char* kSamples = "samples";

std::string fingerprint_of_outcome(const Outcome& outcome, const std::vector<std::string>& sums) {
  return fingerprint_of_run(outcome.command, outcome.configuration, outcome.study.knowledge.text,
                            outcome.study.samples, sums);
}

std::string kept_in_words(const UnfinishedRun& run) {
  if (run.names().empty())
    return "gateless: interrupted; nothing is finished yet, so the next run starts again\n";
  return fmt::format(
      "gateless: interrupted; {} keeps what is finished ({}; {:.0f} MB), and the same command goes "
      "on from there\n",
      run.folder(), fmt::join(run.names(), ", "), static_cast<double>(run.bytes()) / 1e6);
}

}  // namespace

UnfinishedRun unfinished_run(const std::string& dir, Session& session) {
  Console& console = session.console;
  const auto tell_kept = [](const UnfinishedRun& run) {
    tell_when_interrupted(kept_in_words(run));
  };
  return {dir,
          {.so_far = [&console] { return console.warnings(); },
           .say = [&console](const std::string& warning) { console.warn(warning); }},
          tell_kept};
}

std::optional<std::vector<PanelEvents>> take_samples(const Outcome& outcome,
                                                     UnfinishedRun& unfinished, Session& session) {
  unfinished.see_files(outcome.study.samples);
  if (!unfinished.is_there()) return std::nullopt;
  std::vector<PanelEvents> panels;
  const bool is_taken = timed(session.console, Stage::kRead, [&] {
    const auto sums = unfinished.sums_of(outcome.study.samples, session.threads);
    unfinished.open(fingerprint_of_outcome(outcome, sums), outcome.study.samples, sums);
    return unfinished.take(kSamples, [&](PieceReader& from) { get(from, panels); });
  });
  if (!is_taken) return std::nullopt;
  session.console.say(fmt::format("resuming an interrupted run: {} has its {}", unfinished.folder(),
                                  fmt::join(unfinished.names(), ", ")));
  return panels;
}

void keep_samples(const Outcome& outcome, const std::vector<PanelEvents>& panels,
                  UnfinishedRun& unfinished, Session& session) {
  timed(session.console, Stage::kPool, [&] {
    std::vector<std::string> sums(outcome.study.samples.size());
    for (const PanelEvents& panel : panels) {
      for (const PooledSample& sample : panel.samples) sums[sample.sample] = sample.sha256;
    }
    unfinished.open(fingerprint_of_outcome(outcome, sums), outcome.study.samples, sums);
    unfinished.keep(kSamples, [&](PieceWriter& to) { put(to, panels); });
  });
}

}  // namespace gateless::app
