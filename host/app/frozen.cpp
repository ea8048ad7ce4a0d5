#include "host/app/frozen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "host/annotate/channel_naming.hpp"
#include "host/core/error.hpp"
#include "io/inspect.hpp"
#include "io/knowledge_file.hpp"
#include "io/model_file.hpp"
#include "io/part_file.hpp"
#include "io/sha256.hpp"

namespace gateless {
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
                                                       const Model& model,
                                                       const Knowledge& knowledge,
                                                       const IngestOptions& options) {
  std::vector<std::vector<std::size_t>> by_panel(model.panels.size());
  std::vector<std::string> errors;
  for (std::size_t sample = 0; sample < samples.size(); ++sample) {
    const FileSummary summary = inspect_file(samples[sample].path);
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

/// The parts that are finished and of one model.
std::vector<Part> read_parts(const std::vector<std::string>& folders) {
  std::vector<Part> parts;
  std::vector<std::string> errors;
  for (const std::string& folder : folders) {
    if (!std::filesystem::exists(folder + "/run.json")) {
      errors.push_back(fmt::format(
          "{}: not finished (there is no run.json, so its samples would be missing); run map again "
          "into this folder",
          folder));
      continue;
    }
    try {
      parts.push_back(read_part(folder + "/part.h5"));
    } catch (const InputError& error) {
      errors.emplace_back(error.what());
      continue;
    }
    if (parts.back().model_sha256 == parts.front().model_sha256) continue;
    errors.push_back(
        fmt::format("{}: mapped onto another model than {} (their numbers do not compare); map "
                    "all parts onto one model.h5",
                    folder, folders.front()));
  }
  if (!errors.empty()) throw InputError(fmt::format("{}", fmt::join(errors, kNextLine)));
  return parts;
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
std::vector<Place> find_samples(const std::vector<Sample>& samples, const std::vector<Part>& parts,
                                const std::vector<std::string>& folders) {
  std::vector<Place> places;
  std::vector<std::string> errors;
  for (const Sample& sample : samples) {
    std::vector<Place> same_name, same_path;
    for (std::size_t part = 0; part < parts.size(); ++part) {
      for (std::size_t position = 0; position < parts[part].samples.size(); ++position) {
        const std::string& file = parts[part].samples[position].file;
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
      errors.push_back(
          fmt::format("{}: in several parts, {} and {} (it would count twice); give one of them",
                      sample.file, folders[same_name[0].part], folders[same_name[1].part]));
    }
  }
  if (!errors.empty()) throw InputError(fmt::format("{}", fmt::join(errors, kNextLine)));
  return places;
}

}  // namespace

void map_samples(Outcome& outcome, const Model& model, IngestOptions options, Backend& backend,
                 Console& console) {
  const AnalysisOptions analysis{.cluster = {}, .threads = options.threads};
  const auto by_panel = samples_by_panel(outcome.samples, model, outcome.knowledge, options);
  for (std::size_t panel = 0; panel < model.panels.size(); ++panel) {
    if (by_panel[panel].empty()) continue;
    std::vector<Sample> samples;
    for (const std::size_t sample : by_panel[panel]) samples.push_back(outcome.samples[sample]);
    options.frozen = &model.panels[panel];
    std::vector<PanelEvents> events = ingest(samples, outcome.knowledge, options, backend, console);
    for (PooledSample& pooled : events.front().samples)
      pooled.sample = by_panel[panel][pooled.sample];
    outcome.analyses.push_back(map_panel(std::move(events.front()), model.panels[panel],
                                         outcome.knowledge, analysis, backend, console));
  }
}

void write_part_of(const Outcome& outcome, const Model& model) {
  const std::string model_path = outcome.dir + "/model.h5";
  write_model(model, model_path);
  Part part;
  part.version = GATELESS_VERSION;
  part.model_sha256 = sha256_of_file(model_path);
  for (const PanelAnalysis& analysis : outcome.analyses) {
    const EventView view = analysis.events.store.view();
    for (std::size_t position = 0; position < analysis.events.samples.size(); ++position) {
      const PooledSample& pooled = analysis.events.samples[position];
      const SampleRange& range = analysis.events.store.ranges()[position];
      PartSample& sample = part.samples.emplace_back();
      sample.file = outcome.samples[pooled.sample].file;
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
  write_part(part, outcome.dir + "/part.h5");
}

void map_parts(Outcome& outcome, const std::vector<std::string>& folders, std::size_t threads,
               Backend& backend, Console& console) {
  console.stage("read", folders.size());
  std::vector<Part> parts = read_parts(folders);
  const Model model = read_model(folders.front() + "/model.h5");
  outcome.knowledge = parse_knowledge(model.knowledge, folders.front() + "/model.h5");
  const std::vector<Place> places = find_samples(outcome.samples, parts, folders);
  console.finish(0, 0);
  std::vector<PanelEvents> panels(model.panels.size());
  for (std::size_t panel = 0; panel < panels.size(); ++panel) {
    panels[panel].panel = model.panels[panel].panel;
    panels[panel].markers = model.panels[panel].markers;
    panels[panel].transforms = model.panels[panel].transforms;
    panels[panel].store = EventStore(panels[panel].markers);
  }
  for (std::size_t sample = 0; sample < places.size(); ++sample) {
    PartSample& events = parts[places[sample].part].samples[places[sample].position];
    PanelEvents& panel = panels[panel_of(events, model, folders[places[sample].part])];
    panel.store.append(panel.samples.size(), std::move(events.values));
    panel.samples.push_back({.sample = sample,
                             .events = events.events,
                             .kept_events = std::move(events.kept_events),
                             .sha256 = events.sha256,
                             .panel = panel.panel});
    events.qc.panel = panel.panel.name;
    panel.qc.push_back(std::move(events.qc));
  }
  const AnalysisOptions analysis{.cluster = {}, .threads = threads};
  for (std::size_t panel = 0; panel < panels.size(); ++panel) {
    if (panels[panel].samples.empty()) continue;
    panels[panel].store.seal();
    outcome.analyses.push_back(map_panel(std::move(panels[panel]), model.panels[panel],
                                         outcome.knowledge, analysis, backend, console));
  }
}

}  // namespace gateless
