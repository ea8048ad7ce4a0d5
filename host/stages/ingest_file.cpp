#include "host/stages/ingest_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/annotate/channel_naming.hpp"
#include "host/core/error.hpp"
#include "host/core/large_blocks.hpp"
#include "host/core/layers.hpp"
#include "host/core/parallel.hpp"

namespace gateless::stages {
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

/// An unknown column that counts the rows ("X", "Unnamed: 0", "CellNo") is no marker.
void ignore_row_numbers(const RawSample& raw, Panel& panel) {
  constexpr std::size_t kFewestRows = 50;
  if (raw.events < kFewestRows) return;
  for (PanelChannel& channel : panel.channels) {
    if (channel.role != ChannelRole::kMarker || channel.is_known || !channel.dump.empty()) continue;
    const std::vector<float>& values = raw.values[channel.channel];
    std::size_t row = 0;
    while (row < values.size() && values[row] - values[0] == static_cast<float>(row)) ++row;
    if (row < values.size()) continue;
    channel.role = ChannelRole::kIgnored;
    channel.marker.clear();
    channel.reason = "it counts the rows";
  }
}

}  // namespace

IngestOptions ingest_options(const Study& study, std::size_t threads) {
  IngestOptions options;
  options.transform = study.transform;
  options.compensate = study.compensate;
  options.clean = study.clean;
  options.marker_overrides = study.marker_overrides;
  options.threads = threads;
  return options;
}

Ingested ingest_file(const Sample& sample, FileEvents&& file, const Knowledge& knowledge,
                     const IngestOptions& options) {
  Ingested ingested;
  ingested.bytes = file.bytes;
  ingested.sha256 = std::move(file.sha256);
  RawSample raw = std::move(file.raw);
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
  for (PanelChannel& channel : ingested.panel.channels)
    channel.stain = raw.channels[channel.channel].stain;
  ignore_row_numbers(raw, ingested.panel);
  if (ingested.panel.markers().empty()) {
    throw InputError(fmt::format(
        "{}: no channel stains a marker (nothing to cluster on); name the channels under "
        "'panel' in the study file",
        sample.path));
  }
  check_empty_cells(raw, ingested);
  if (options.compensate) ingested.spillover = raw.spillover;
  check_spillover(sample.path, ingested);
  ingested.prepared =
      prepare_sample(std::move(raw), ingested.panel,
                     ingested.spillover ? &*ingested.spillover : nullptr, steps_of(options.clean));
  if (ingested.prepared.kept == 0) {
    throw InputError(fmt::format(
        "{}: no event is left after cleaning ({} were dropped; nothing can be measured in "
        "this sample); look at the file, or switch steps off under 'clean' in the study file",
        sample.path, ingested.prepared.events));
  }
  return ingested;
}

void read_files(const std::vector<Sample>& samples, std::size_t first, std::size_t count,
                const ReadSample& read, const Knowledge& knowledge, const IngestOptions& options,
                std::vector<Ingested>& files, const std::function<void()>& end_file) {
  const KeepFreedBlocks keep;
  parallel_for(options.threads, count, [&](std::size_t index) {
    const std::size_t sample = first + index;
    try {
      files[sample] = ingest_file(samples[sample], read(samples[sample]), knowledge, options);
    } catch (const UserError& error) {
      files[sample].error = error.what();
    }
    end_file();
  });
}

std::vector<Ingested> ingest_files(const std::vector<Sample>& samples, const ReadSample& read,
                                   const Knowledge& knowledge, const IngestOptions& options,
                                   Progress& progress) {
  std::vector<Ingested> files(samples.size());
  Readers alone;
  Readers& readers = options.readers == nullptr ? alone : *options.readers;
  readers.read(
      samples, knowledge, options,
      [&](std::size_t first, std::size_t count) {
        progress.expect(count);
        read_files(samples, first, count, read, knowledge, options, files,
                   [&] { progress.step(); });
      },
      files);
  std::string errors;
  std::uint64_t bytes = 0;
  std::uint64_t events = 0;
  for (const Ingested& file : files) {
    if (!file.error.empty()) errors += (errors.empty() ? "" : "\n          ") + file.error;
    bytes += file.bytes;
    events += file.prepared.events;
  }
  if (!errors.empty()) throw InputError(errors);
  progress.looks_at(events, bytes);
  return files;
}

}  // namespace gateless::stages
