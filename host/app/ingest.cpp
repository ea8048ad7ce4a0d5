// From files to one pool of transformed events per panel.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "host/annotate/channel_naming.hpp"
#include "host/app/analysis.hpp"
#include "host/app/ingest_file.hpp"
#include "host/app/model_check.hpp"
#include "host/app/panel_grouping.hpp"
#include "host/core/error.hpp"
#include "host/preprocess/transform_estimate.hpp"

namespace gateless {
namespace {

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
  row.warnings = fmt::format("{}", fmt::join(words, "; "));
  row.signal = file.prepared.signal;
  row.thresholds = fmt::format("{}", fmt::join(file.prepared.notes, "; "));
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

/// A sentence without its numbers, and drift without its signals: files that differ in these alone say the same.
std::string kind_of(const std::string& warning) {
  constexpr std::string_view kDrift = "slow drift over the acquisition";
  if (warning.starts_with(kDrift)) return std::string(kDrift);
  std::string kind;
  for (const char letter : warning) {
    const bool is_digit = letter >= '0' && letter <= '9';
    if (is_digit && !kind.empty() && kind.back() == '#') continue;
    kind += is_digit ? '#' : letter;
  }
  return kind;
}

/// What was odd about files: a sentence that many files share is said once.
void warn_of_files(const std::vector<Sample>& samples, const std::vector<Ingested>& files,
                   const std::vector<std::size_t>& members, Console& console) {
  struct Said {
    std::string kind, text;
    std::vector<std::string> files;
    bool has_other_numbers = false;
  };
  std::vector<Said> said;
  const auto add = [&](const std::string& warning, const std::string& file) {
    const std::string kind = kind_of(warning);
    auto known =
        std::find_if(said.begin(), said.end(), [&](const Said& each) { return each.kind == kind; });
    if (known == said.end()) known = said.insert(said.end(), {kind, warning, {}});
    known->files.push_back(file);
    known->has_other_numbers = known->has_other_numbers || known->text != warning;
  };
  for (const std::size_t member : members) {
    for (const std::string& warning : files[member].prepared.warnings)
      add(warning, samples[member].file);
    for (const std::string& warning : files[member].warnings) add(warning, samples[member].file);
  }
  for (const Said& each : said) {
    console.warn(fmt::format("{}: {}{}", few_of(each.files), each.text,
                             each.has_other_numbers ? " (as in the first; qc.csv has all)" : ""));
  }
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
    pooled.is_doubtful = file.prepared.is_doubtful;
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

/// One file under two names: a visit that was copied is no second measurement.
void warn_of_copies(const std::vector<Sample>& samples, const std::vector<Ingested>& files,
                    Console& console) {
  std::map<std::string, std::vector<std::string>> names;  // SHA-256 -> files
  for (std::size_t file = 0; file < files.size(); ++file)
    names[files[file].sha256].push_back(samples[file].file);
  for (const auto& [sum, same] : names) {
    if (same.size() < 2) continue;
    console.warn(fmt::format(
        "{}: the same file under {} names, byte for byte (its events count as often, and a change "
        "between them is none); look which is meant",
        few_of(same), same.size()));
  }
}

}  // namespace

std::vector<PanelEvents> ingest(const std::vector<Sample>& samples, const Knowledge& knowledge,
                                const IngestOptions& options, Backend& backend, Console& console) {
  std::vector<Ingested> files = ingest_files(samples, knowledge, options, backend, console);
  check_overrides(channels_of(files), options.marker_overrides);
  warn_of_copies(samples, files, console);
  if (options.frozen != nullptr) check_against_model(samples, files, *options.frozen);
  const std::vector<PanelMembers> groups =
      options.frozen == nullptr ? group_panels(samples, files, console)
                                : std::vector{everything(samples.size(), *options.frozen)};
  std::vector<CheckedMarkers> checked;
  for (const PanelMembers& group : groups) {
    checked.push_back(options.frozen == nullptr
                          ? check_members(samples, files, group, console)
                          : check_mapped(samples, files, *options.frozen, console));
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
