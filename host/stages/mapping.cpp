#include "host/stages/mapping.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "host/annotate/channel_naming.hpp"
#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/stages/ingest.hpp"

namespace gateless::stages {
namespace {

constexpr const char* kNextLine = "\n          ";

/// Those of `wanted` that are not among `present`.
std::vector<std::string> missing_of(const std::vector<std::string>& wanted,
                                    const std::vector<std::string>& present) {
  std::vector<std::string> missing;
  for (const std::string& marker : wanted) {
    if (std::find(present.begin(), present.end(), marker) == present.end())
      missing.push_back(marker);
  }
  return missing;
}

/// Which markers keep a file from the panel of the model that it is most like.
std::string difference(const std::string& path, const std::vector<std::string>& markers,
                       const Model& model) {
  const auto lacks = [&](const PanelModel& panel) { return missing_of(panel.markers, markers); };
  const auto closest = std::min_element(model.panels.begin(), model.panels.end(),
                                        [&](const PanelModel& one, const PanelModel& other) {
                                          return lacks(one).size() < lacks(other).size();
                                        });
  const std::vector<std::string> further = missing_of(markers, closest->markers);
  return fmt::format(
      "{}: lacks {} of the model's panel '{}' (an event without them finds no node){}; name the "
      "channels with --panel CHANNEL=MARKER or `panel` of the study file if they stain these, or "
      "train anew",
      path, fmt::join(lacks(*closest), ", "), closest->panel.name,
      further.empty()
          ? ""
          : fmt::format("; it has {}, which the model has not", fmt::join(further, ", ")));
}

/// Samples by the model's panel that they fit, as indices; a file that fits none is an error.
std::vector<std::vector<std::size_t>> samples_by_panel(const std::vector<Sample>& samples,
                                                       const std::vector<FileSummary>& headers,
                                                       const Model& model,
                                                       const Knowledge& knowledge,
                                                       const IngestOptions& options) {
  std::vector<std::vector<std::size_t>> by_panel(model.panels.size());
  std::vector<std::string> errors;
  for (std::size_t sample = 0; sample < samples.size(); ++sample) {
    const FileSummary& summary = headers[sample];
    std::vector<std::string> markers;
    const Panel named =
        name_channels(summary.channels, knowledge, options.marker_overrides, summary.cytometer);
    for (const PanelChannel& channel : named.markers()) markers.push_back(channel.marker);
    if (!named.side_scatter().empty()) markers.push_back(named.side_scatter());
    const auto fits = [&](const PanelModel& panel) {
      return std::all_of(
          panel.markers.begin(), panel.markers.end(), [&](const std::string& marker) {
            return std::find(markers.begin(), markers.end(), marker) != markers.end();
          });
    };
    const auto panel = std::find_if(model.panels.begin(), model.panels.end(), fits);
    if (panel != model.panels.end()) {
      by_panel[static_cast<std::size_t>(panel - model.panels.begin())].push_back(sample);
    } else if (!summary.readable && !summary.problems.empty()) {
      errors.push_back(summary.problems.front());
    } else {
      errors.push_back(difference(samples[sample].path, markers, model));
    }
  }
  if (!errors.empty()) throw InputError(fmt::format("{}", fmt::join(errors, kNextLine)));
  return by_panel;
}

std::size_t panel_of(const PartSample& sample, const Model& model, const std::string& folder) {
  for (std::size_t panel = 0; panel < model.panels.size(); ++panel) {
    if (model.panels[panel].panel.name == sample.panel &&
        model.panels[panel].markers.size() == sample.values.size())
      return panel;
  }
  throw InputError(fmt::format(
      "{}: its sample {} is of a panel that its model does not have (the part is damaged); run map "
      "again into this folder",
      folder, sample.file));
}

/// Where a sample of the study is among the parts.
struct Place {
  std::size_t part = 0;
  std::size_t position = 0;
};

bool is_same_name(const std::string& one, const std::string& other) {
  return std::filesystem::path(one).filename() == std::filesystem::path(other).filename();
}

/// One place for each sample of the study: by file name, and where several have it, by the path as written.
std::vector<Place> find_samples(const std::vector<Sample>& samples,
                                const std::vector<NamedPart>& parts) {
  std::vector<Place> places;
  std::vector<std::string> errors;
  for (const Sample& sample : samples) {
    std::vector<Place> same_name, same_path;
    for (std::size_t part = 0; part < parts.size(); ++part) {
      for (std::size_t position = 0; position < parts[part].part.samples.size(); ++position) {
        const std::string& file = parts[part].part.samples[position].file;
        if (is_same_name(file, sample.file)) same_name.push_back({part, position});
        if (file == sample.file || file == sample.path) same_path.push_back({part, position});
      }
    }
    const std::vector<Place>& found = same_name.size() == 1 ? same_name : same_path;
    if (found.size() == 1) {
      places.push_back(found.front());
    } else if (same_name.empty()) {
      errors.push_back(
          fmt::format("{}: in none of the parts; map it, or leave it out", sample.file));
    } else {
      errors.push_back(fmt::format(
          "{}: in several parts, {} and {} (it would count twice); give one of them", sample.file,
          parts[same_name[0].part].folder, parts[same_name[1].part].folder));
    }
  }
  if (!errors.empty()) throw InputError(fmt::format("{}", fmt::join(errors, kNextLine)));
  return places;
}

/// An empty pool for each panel of the model.
std::vector<PanelEvents> pools_of(const Model& model) {
  std::vector<PanelEvents> panels(model.panels.size());
  for (std::size_t panel = 0; panel < panels.size(); ++panel) {
    panels[panel].panel = model.panels[panel].panel;
    panels[panel].markers = model.panels[panel].markers;
    panels[panel].transforms = model.panels[panel].transforms;
    panels[panel].store = EventStore(panels[panel].markers);
  }
  return panels;
}

}  // namespace

std::vector<PanelAnalysis> map_samples(const std::vector<Sample>& samples,
                                       const std::vector<FileSummary>& headers,
                                       const ReadSample& read, const Model& model,
                                       const Knowledge& knowledge, IngestOptions options,
                                       Backend& backend, Progress& progress) {
  const auto by_panel = samples_by_panel(samples, headers, model, knowledge, options);
  std::vector<PanelAnalysis> analyses;
  for (std::size_t panel = 0; panel < model.panels.size(); ++panel) {
    if (by_panel[panel].empty()) continue;
    std::vector<Sample> members;
    for (const std::size_t sample : by_panel[panel]) members.push_back(samples[sample]);
    options.frozen = &model.panels[panel];
    std::vector<PanelEvents> events = ingest(members, read, knowledge, options, backend, progress);
    for (PooledSample& pooled : events.front().samples)
      pooled.sample = by_panel[panel][pooled.sample];
    analyses.push_back(map_panel(std::move(events.front()), model.panels[panel], knowledge,
                                 options.threads, backend, progress));
  }
  return analyses;
}

std::vector<PanelAnalysis> map_parts(const std::vector<Sample>& samples,
                                     std::vector<NamedPart>&& parts, const Model& model,
                                     const Knowledge& knowledge, std::size_t threads,
                                     Backend& backend, Progress& progress) {
  std::vector<PanelEvents> panels = timed(progress, Stage::kPool, [&] {
    const std::vector<Place> places = find_samples(samples, parts);
    std::vector<PanelEvents> pools = pools_of(model);
    for (std::size_t sample = 0; sample < places.size(); ++sample) {
      NamedPart& part = parts[places[sample].part];
      PartSample& events = part.part.samples[places[sample].position];
      PanelEvents& panel = pools[panel_of(events, model, part.folder)];
      panel.store.append(panel.samples.size(), std::move(events.values));
      panel.samples.push_back({.sample = sample,
                               .events = events.events,
                               .kept_events = std::move(events.kept_events),
                               .sha256 = events.sha256,
                               .panel = panel.panel});
      events.qc.panel = panel.panel.name;
      panel.qc.push_back(std::move(events.qc));
    }
    for (PanelEvents& panel : pools) {
      if (!panel.samples.empty()) panel.store.seal(threads);
    }
    return pools;
  });
  std::vector<PanelAnalysis> analyses;
  for (std::size_t panel = 0; panel < panels.size(); ++panel) {
    if (panels[panel].samples.empty()) continue;
    analyses.push_back(map_panel(std::move(panels[panel]), model.panels[panel], knowledge, threads,
                                 backend, progress));
  }
  return analyses;
}

Part part_of(const StudyAnalysis& study, const std::string& model_sha256) {
  Part part;
  part.version = GATELESS_VERSION;
  part.model_sha256 = model_sha256;
  for (const PanelAnalysis& analysis : study.panels) {
    const EventView view = analysis.events.store.view();
    for (std::size_t position = 0; position < analysis.events.samples.size(); ++position) {
      const PooledSample& pooled = analysis.events.samples[position];
      const SampleRange& range = analysis.events.store.ranges()[position];
      PartSample& sample = part.samples.emplace_back();
      sample.file = study.samples[pooled.sample].file;
      sample.sha256 = pooled.sha256;
      sample.panel = analysis.events.panel.name;
      sample.events = pooled.events;
      sample.kept_events = pooled.kept_events;
      sample.qc = analysis.events.qc[position];
      for (std::size_t marker = 0; marker < view.markers; ++marker) {
        const std::span<const float> values = view.marker(marker).subspan(range.first, range.count);
        sample.values.emplace_back(values.begin(), values.end());
      }
    }
  }
  return part;
}

}  // namespace gateless::stages
