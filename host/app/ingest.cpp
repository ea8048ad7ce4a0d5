// From files to one pool of transformed events per panel.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/annotate/channel_naming.hpp"
#include "host/app/analysis.hpp"
#include "host/app/panel_grouping.hpp"
#include "host/core/error.hpp"
#include "host/core/parallel.hpp"
#include "host/preprocess/transform_estimate.hpp"
#include "io/event_file.hpp"
#include "io/sha256.hpp"
#include "io/unchanged_file.hpp"

namespace gateless {
namespace {

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

/// A marker whose detector the matrix does not have, while it has a name that the file does not: the two may be one.
void check_spillover(const std::string& path, const Ingested& file) {
  if (!file.spillover || file.spillover->missing.empty()) return;
  const std::vector<std::string>& names = file.spillover->channels;
  std::vector<std::string> uncovered;
  for (const PanelChannel& channel : file.panel.markers()) {
    const bool is_covered = channel.is_compensated ||
                            std::find(names.begin(), names.end(), channel.name) != names.end();
    if (!is_covered) uncovered.push_back(fmt::format("{} ({})", channel.marker, channel.name));
  }
  if (uncovered.empty()) return;
  throw InputError(
      fmt::format("{}: the spillover matrix names {}, which the file does not have, and lacks the "
                  "channel of {} "
                  "(some markers would be compensated and others not); export the file with a "
                  "matrix that fits, "
                  "or switch compensation off with `compensate: none`",
                  path, fmt::join(file.spillover->missing, ", "), fmt::join(uncovered, ", ")));
}

/// Markers that are not a number in many events: of several panels in one table. An unknown one was computed for some
/// events only and is left out.
void check_empty_cells(const RawSample& raw, Ingested& file) {
  constexpr double kMost = 0.3;
  std::vector<std::string> known, unknown;
  for (PanelChannel& channel : file.panel.channels) {
    if (channel.role != ChannelRole::kMarker) continue;
    const std::vector<float>& values = raw.values[channel.channel];
    const auto empty =
        std::count_if(values.begin(), values.end(), [](float value) { return std::isnan(value); });
    if (static_cast<double>(empty) <= kMost * static_cast<double>(raw.events)) continue;
    (channel.is_known ? known : unknown).push_back(channel.marker);
    if (!channel.is_known) channel.role = ChannelRole::kIgnored;
  }
  if (!known.empty()) {
    throw InputError(
        fmt::format("{}: {} {} no value in many events (events of several panels in one table? "
                    "those without it "
                    "would all be dropped); split the table by panel, or leave the columns out",
                    raw.path, fmt::join(known, ", "), known.size() == 1 ? "has" : "have"));
  }
  if (unknown.empty()) return;
  file.warnings.push_back(fmt::format("columns without a value in many events are not used: {}",
                                      fmt::join(unknown, ", ")));
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
  ingested.channels = raw.channels;
  ingested.panel =
      name_channels(raw.channels, knowledge, options.marker_overrides, keyword(raw, "$CYT"));
  if (ingested.panel.markers().empty()) {
    throw InputError(fmt::format(
        "{}: no channel stains a marker (nothing to cluster on); name the channels under "
        "'panel' in the study file",
        sample.path));
  }
  check_empty_cells(raw, ingested);
  if (options.compensate) ingested.spillover = raw.spillover;
  check_spillover(sample.path, ingested);
  ingested.prepared = prepare_sample(
      std::move(raw), ingested.panel, ingested.spillover ? &*ingested.spillover : nullptr,
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

/// What was odd about files: a sentence that many files share is said once.
void warn_of_files(const std::vector<Sample>& samples, const std::vector<Ingested>& files,
                   const std::vector<std::size_t>& members, Console& console) {
  std::vector<std::pair<std::string, std::vector<std::string>>> said;  // warning -> files
  const auto add = [&](const std::string& warning, const std::string& file) {
    auto known = std::find_if(said.begin(), said.end(),
                              [&](const auto& each) { return each.first == warning; });
    if (known == said.end()) known = said.insert(said.end(), {warning, {}});
    known->second.push_back(file);
  };
  for (const std::size_t member : members) {
    for (const std::string& warning : files[member].prepared.warnings)
      add(warning, samples[member].file);
    for (const std::string& warning : files[member].warnings) add(warning, samples[member].file);
  }
  for (const auto& [warning, names] : said)
    console.warn(fmt::format("{}: {}", few_of(names), warning));
}

/// Pools the members of one panel, still linear.
PanelEvents pool_panel(const std::string& name, const std::vector<Sample>& samples,
                       std::vector<Ingested>& files, const std::vector<std::size_t>& members,
                       CheckedMarkers&& checked, Console& console) {
  PanelEvents panel;
  panel.panel = files[members.front()].panel;
  panel.panel.name = name;
  for (const std::string& warning : panel.panel.warnings)
    console.warn(fmt::format("panel '{}': {}", name, warning));
  panel.markers = std::move(checked.markers);
  panel.doubts = std::move(checked.doubts);
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
    pooled.panel = file.panel;
    pooled.is_unmixed = file.prepared.is_unmixed;
    panel.samples.push_back(std::move(pooled));
    panel.store.append(member, columns_of(file.prepared, panel.markers));
    file.prepared.reasons = {};
  }
  warn_of_files(samples, files, members, console);
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

std::vector<std::vector<Channel>> channels_of(const std::vector<Ingested>& files) {
  std::vector<std::vector<Channel>> channels;
  for (const Ingested& file : files) channels.push_back(file.channels);
  return channels;
}

PanelMembers everything(std::size_t samples, const PanelModel& model) {
  PanelMembers all{.name = model.panel.name, .members = std::vector<std::size_t>(samples)};
  std::iota(all.members.begin(), all.members.end(), std::size_t{0});
  return all;
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
  check_overrides(channels_of(files), options.marker_overrides);
  if (options.frozen != nullptr) check_against_model(samples, files, *options.frozen);
  const std::vector<PanelMembers> groups =
      options.frozen == nullptr ? group_panels(samples, files, console)
                                : std::vector{everything(samples.size(), *options.frozen)};
  std::vector<CheckedMarkers> checked;
  for (const PanelMembers& group : groups) {
    checked.push_back(options.frozen == nullptr ? check_members(samples, files, group, console)
                                                : CheckedMarkers{options.frozen->markers, {}, {}});
  }
  refuse_unlike_files(checked);

  std::vector<PanelEvents> panels;
  for (std::size_t index = 0; index < groups.size(); ++index) {
    const PanelMembers& group = groups[index];
    console.stage("pool", 0);
    panels.push_back(
        pool_panel(group.name, samples, files, group.members, std::move(checked[index]), console));
    console.finish(panels.back().store.events(),
                   panels.back().store.events() * panels.back().markers.size() * sizeof(float));
    transform_panel(panels.back(), ranges_of(files[group.members.front()], panels.back().markers),
                    options, backend, console);
  }
  return panels;
}

}  // namespace gateless
