// From files to one pool of transformed events per panel.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "host/annotate/channel_naming.hpp"
#include "host/app/analysis.hpp"
#include "host/core/error.hpp"
#include "host/core/parallel.hpp"
#include "host/preprocess/clean.hpp"
#include "host/preprocess/transform_estimate.hpp"
#include "io/event_file.hpp"
#include "io/sha256.hpp"
#include "io/unchanged_file.hpp"

namespace gateless {
namespace {

/// One file, read and cleaned, not yet pooled.
struct Ingested {
  Panel panel;
  PreparedSample prepared;
  std::string sha256;
  std::uint64_t bytes = 0;
  std::vector<std::string> warnings;
  std::string error;  ///< why it cannot be used; empty if it can
};

std::string keyword(const RawSample& raw, const std::string& name) {
  const auto found = raw.keywords.find(name);
  return found == raw.keywords.end() ? "" : found->second;
}

CleanOptions steps_of(const CleanChoice& choice) {
  CleanOptions steps;
  steps.margins = choice.margins;
  steps.time = choice.drift;
  steps.doublets = choice.doublets;
  steps.debris = choice.debris;
  steps.dead = choice.dead;
  steps.beads = choice.debris;  // both are what is no cell
  return steps;
}

Ingested ingest_file(const Sample& sample, const Knowledge& knowledge, const IngestOptions& options,
                     Backend& backend) {
  Ingested ingested;
  const UnchangedFile file(sample.path);
  RawSample raw = read_event_file(sample.path);
  ingested.bytes = file.bytes();
  ingested.sha256 = sha256_of_file(sample.path);
  file.check();
  ingested.warnings = raw.warnings;
  if (raw.events == 0) {
    throw InputError(
        fmt::format("{}: no events (nothing can be measured in this sample); take the file out of "
                    "the sample sheet or the command line, or export it again",
                    sample.path));
  }
  ingested.panel =
      name_channels(raw.channels, knowledge, options.marker_overrides, keyword(raw, "$CYT"));
  if (ingested.panel.markers().empty()) {
    throw InputError(fmt::format(
        "{}: no channel stains a marker (nothing to cluster on); name the channels under "
        "'panel' in the study file",
        sample.path));
  }
  const std::optional<Spillover> spillover = raw.spillover;
  const bool is_compensated = options.compensate && spillover.has_value();
  ingested.prepared = prepare_sample(
      std::move(raw), ingested.panel, is_compensated ? &*spillover : nullptr,
      steps_of(options.clean), [&](const Columns& columns, const Matrix<float>& weights) {
        backend.unmix(columns, weights);
      });
  if (ingested.prepared.kept == 0) {
    throw InputError(fmt::format(
        "{}: no event is left after cleaning ({} were dropped; nothing can be measured in "
        "this sample); look at the file, or switch steps off under 'clean' in the study file",
        sample.path, ingested.prepared.events));
  }
  return ingested;
}

/// Reads all files; a file's failure is kept, so that all of them are told at once.
std::vector<Ingested> ingest_files(const std::vector<Sample>& samples, const Knowledge& knowledge,
                                   const IngestOptions& options, Backend& backend,
                                   Console& console) {
  std::vector<Ingested> files(samples.size());
  console.stage("read", samples.size());
  parallel_for(options.threads, samples.size(), [&](std::size_t sample) {
    try {
      files[sample] = ingest_file(samples[sample], knowledge, options, backend);
    } catch (const UserError& error) {
      files[sample].error = error.what();
    }
    console.step();
  });
  std::string errors;
  std::uint64_t bytes = 0;
  std::uint64_t events = 0;
  for (const Ingested& file : files) {
    if (!file.error.empty()) errors += (errors.empty() ? "" : "\n          ") + file.error;
    bytes += file.bytes;
    events += file.prepared.events;
  }
  if (!errors.empty()) throw InputError(errors);
  console.finish(events, bytes);
  return files;
}

/// The panel that a sample belongs to: the sheet's word for it, or else its set of markers.
std::string panel_key(const Sample& sample, const Ingested& file) {
  if (!sample.panel.empty()) return sample.panel;
  std::vector<std::string> markers = file.prepared.markers;
  std::erase(markers, file.panel.side_scatter());  // evidence, where all files have it
  std::sort(markers.begin(), markers.end());
  return fmt::format("\n{}", fmt::join(markers, "\n"));
}

/// Markers that every file of a panel has, in the order of the first file.
std::vector<std::string> common_markers(const std::vector<Sample>& samples,
                                        const std::vector<Ingested>& files,
                                        const std::vector<std::size_t>& members,
                                        const std::string& panel, Console& console) {
  std::vector<std::string> common = files[members.front()].prepared.markers;
  for (const std::size_t member : members) {
    const std::vector<std::string>& theirs = files[member].prepared.markers;
    const auto lacks = [&](const std::string& marker) {
      if (std::find(theirs.begin(), theirs.end(), marker) != theirs.end()) return false;
      console.warn(fmt::format("panel '{}': marker {} is left out: {} does not have it", panel,
                               marker, samples[member].file));
      return true;
    };
    common.erase(std::remove_if(common.begin(), common.end(), lacks), common.end());
  }
  if (common.empty()) {
    throw InputError(fmt::format(
        "panel '{}': its files have no marker in common (they cannot be pooled); give them "
        "different words in the sample sheet's column 'panel'",
        panel));
  }
  return common;
}

std::vector<std::vector<float>> columns_of(PreparedSample& prepared,
                                           const std::vector<std::string>& markers) {
  std::vector<std::vector<float>> columns;
  for (const std::string& marker : markers) {
    const auto found = std::find(prepared.markers.begin(), prepared.markers.end(), marker);
    columns.push_back(
        std::move(prepared.columns[static_cast<std::size_t>(found - prepared.markers.begin())]));
  }
  prepared.columns.clear();
  return columns;
}

QcRow qc_row(const std::string& sample, const std::string& panel, const Ingested& file) {
  QcRow row;
  row.sample = sample;
  row.panel = panel;
  row.events = file.prepared.events;
  row.kept = file.prepared.kept;
  for (std::size_t reason = 1; reason < kDropReasons; ++reason) {
    row.dropped.emplace_back(kDropReasonNames[reason], file.prepared.counts[reason]);
  }
  row.compensation = file.prepared.compensation;
  std::vector<std::string> words = file.warnings;
  words.insert(words.end(), file.prepared.warnings.begin(), file.prepared.warnings.end());
  words.insert(words.end(), file.prepared.notes.begin(), file.prepared.notes.end());
  row.warnings = fmt::format("{}", fmt::join(words, "; "));
  return row;
}

std::string words_of(const Transform& transform) {
  switch (transform.kind) {
    case TransformKind::kNone:
      return "none";
    case TransformKind::kArcsinh:
      return fmt::format("arcsinh({:.4g})", transform.cofactor);
    case TransformKind::kLogicle:
      return fmt::format("logicle(T={:.6g},W={:.3g},M={:.3g},A={:.3g})", transform.t, transform.w,
                         transform.m, transform.a);
  }
  return {};
}

/// Pools the members of one panel, still linear.
PanelEvents pool_panel(const std::string& name, const std::vector<Sample>& samples,
                       std::vector<Ingested>& files, const std::vector<std::size_t>& members,
                       const IngestOptions& options, Console& console) {
  PanelEvents panel;
  panel.panel = files[members.front()].panel;
  panel.panel.name = name;
  for (const std::string& warning : panel.panel.warnings)
    console.warn(fmt::format("panel '{}': {}", name, warning));
  panel.markers = options.frozen == nullptr ? common_markers(samples, files, members, name, console)
                                            : options.frozen->markers;
  panel.store = EventStore(panel.markers);
  for (const std::size_t member : members) {
    Ingested& file = files[member];
    panel.qc.push_back(qc_row(samples[member].file, name, file));
    PooledSample pooled;
    pooled.sample = member;
    pooled.events = file.prepared.events;
    pooled.kept_events = std::move(file.prepared.event_index);
    pooled.sha256 = file.sha256;
    pooled.bytes = file.bytes;
    panel.samples.push_back(std::move(pooled));
    panel.store.append(member, columns_of(file.prepared, panel.markers));
    file.prepared.reasons = {};
    for (const std::string& warning : file.prepared.warnings) {
      console.warn(fmt::format("{}: {}", samples[member].file, warning));
    }
    for (const std::string& warning : file.warnings) {
      console.warn(fmt::format("{}: {}", samples[member].file, warning));
    }
  }
  panel.store.seal();
  return panel;
}

void transform_panel(PanelEvents& panel, const std::vector<double>& ranges,
                     const IngestOptions& options, Backend& backend, Console& console) {
  console.stage("transform", 0);
  if (options.frozen != nullptr) {
    panel.transforms = options.frozen->transforms;
  } else {
    TransformEstimate estimate = estimate_transforms(panel.store, panel.panel.instrument, ranges,
                                                     options.transform, panel.panel.side_scatter());
    panel.transforms = std::move(estimate.transforms);
    for (const std::string& warning : estimate.warnings) {
      console.warn(fmt::format("panel '{}': {}", panel.panel.name, warning));
    }
  }
  const std::vector<TransformCurve> curves(panel.transforms.begin(), panel.transforms.end());
  Columns columns;
  for (std::size_t marker = 0; marker < panel.markers.size(); ++marker) {
    columns.push_back(panel.store.marker(marker));
  }
  backend.transform(columns, curves, options.threads);
  std::vector<std::string> words;
  for (std::size_t marker = 0; marker < panel.markers.size(); ++marker) {
    words.push_back(panel.markers[marker] + " " + words_of(panel.transforms[marker]));
  }
  for (QcRow& row : panel.qc) row.transforms = fmt::format("{}", fmt::join(words, "; "));
  console.finish(panel.store.events(), panel.store.events() * panel.markers.size() * sizeof(float));
}

std::vector<double> ranges_of(const Ingested& file, const std::vector<std::string>& markers) {
  std::vector<double> ranges;
  for (const std::string& marker : markers) {
    const auto found =
        std::find(file.prepared.markers.begin(), file.prepared.markers.end(), marker);
    ranges.push_back(
        file.prepared.ranges[static_cast<std::size_t>(found - file.prepared.markers.begin())]);
  }
  return ranges;
}

/// A frozen model's panel takes every file that has its markers.
void check_against_model(const std::vector<Sample>& samples, const std::vector<Ingested>& files,
                         const PanelModel& model) {
  std::string errors;
  for (std::size_t sample = 0; sample < files.size(); ++sample) {
    std::vector<std::string> missing;
    const std::vector<std::string>& theirs = files[sample].prepared.markers;
    for (const std::string& marker : model.markers) {
      if (std::find(theirs.begin(), theirs.end(), marker) == theirs.end())
        missing.push_back(marker);
    }
    if (missing.empty()) continue;
    errors += fmt::format(
        "{}{}: lacks {} (the model was trained on it); map files of the same panel, or train anew",
        errors.empty() ? "" : "\n          ", samples[sample].path, fmt::join(missing, ", "));
  }
  if (!errors.empty()) throw InputError(errors);
}

}  // namespace

std::vector<PanelEvents> ingest(const std::vector<Sample>& samples, const Knowledge& knowledge,
                                const IngestOptions& options, Backend& backend, Console& console) {
  std::vector<Ingested> files = ingest_files(samples, knowledge, options, backend, console);
  std::vector<std::string> keys;
  std::map<std::string, std::vector<std::size_t>> members;
  if (options.frozen != nullptr) check_against_model(samples, files, *options.frozen);
  for (std::size_t sample = 0; sample < samples.size(); ++sample) {
    const std::string key = options.frozen == nullptr ? panel_key(samples[sample], files[sample])
                                                      : options.frozen->panel.name;
    if (!members.contains(key)) keys.push_back(key);
    members[key].push_back(sample);
  }

  std::vector<PanelEvents> panels;
  for (const std::string& key : keys) {
    const std::string name = key.front() != '\n' ? key
                             : keys.size() == 1  ? "panel"
                                                 : fmt::format("panel {}", panels.size() + 1);
    const Ingested& first = files[members[key].front()];
    console.stage("pool", 0);
    panels.push_back(pool_panel(name, samples, files, members[key], options, console));
    console.finish(panels.back().store.events(),
                   panels.back().store.events() * panels.back().markers.size() * sizeof(float));
    transform_panel(panels.back(), ranges_of(first, panels.back().markers), options, backend,
                    console);
  }
  return panels;
}

}  // namespace gateless
