#include "host/files/events_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "host/core/layers.hpp"
#include "host/core/parallel.hpp"
#include "host/files/events_file.hpp"
#include "host/files/folders.hpp"
#include "host/stages/shown_values.hpp"
#include "host/stages/subset_labels.hpp"
#include "io/sha256.hpp"

namespace gateless::files {
namespace {

constexpr std::size_t kRowsPerBlock = 1U << 14U;

void add_samples(EventsFile& file, const std::vector<Sample>& samples) {
  file.add_words("sample", sample_names(samples));
  const auto words = [&](std::string Sample::*field) {
    std::vector<std::string> column;
    for (const Sample& sample : samples) column.push_back(sample.*field);
    return column;
  };
  file.add_words("patient", words(&Sample::patient));
  file.add_words("visit", words(&Sample::visit));
  file.add_words("group", words(&Sample::group));
}

/// Where each event is in its file, and whether it was kept.
void add_indices(EventsFile& file) {
  const RowPlan& plan = file.plan();
  const auto fill = [&](std::size_t first, std::span<std::int32_t> index) {
    for (const SamplePlace& place : plan.places) {
      const std::size_t from = std::max(first, place.first_row);
      const std::size_t to = std::min(first + index.size(), place.first_row + place.rows);
      for (std::size_t row = from; row < to; ++row) {
        const std::size_t own = row - place.first_row;
        index[row - first] = static_cast<std::int32_t>(
            plan.which == Rows::kAll ? own : place.pooled().kept_events[own]);
      }
    }
  };
  file.writer().add_obs_integer("event_index", FillRows<std::int32_t>(fill));
  file.writer().add_obs_bool(
      "kept", file.column<std::uint8_t>(
                  0, [](const SamplePlace&, std::size_t) { return std::uint8_t{1}; }));
}

/// Metacluster of each row in the map of a subset that was clustered again; -1 outside.
FillRows<std::int32_t> refined_metaclusters(const EventsFile& file) {
  return [&file](std::size_t first_row, std::span<std::int32_t> refined) {
    std::fill(refined.begin(), refined.end(), -1);
    file.for_each_part(
        first_row, refined.size(), [&](const SamplePlace& place, std::size_t from, std::size_t to) {
          const std::size_t first = place.first_event() + from, end = place.first_event() + to;
          for (const PopulationMap& map : place.analysis->maps) {
            if (map.holds_all()) continue;
            const auto begin = std::lower_bound(map.chosen.begin(), map.chosen.end(), first);
            for (auto index = static_cast<std::size_t>(begin - map.chosen.begin());
                 index < map.events() && map.place(index) < end; ++index) {
              const std::size_t kept = map.place(index) - place.first_event();
              refined[file.plan().row(place, kept) - first_row] =
                  static_cast<std::int32_t>(map.id_of_event(index).value());
            }
          }
        });
  };
}

void add_clusters(EventsFile& file) {
  file.writer().add_obs_integer(
      "node", file.column<std::int32_t>(-1, [](const SamplePlace& place, std::size_t event) {
        return static_cast<std::int32_t>(place.analysis->own_map().clustering.node_of_event[event]);
      }));
  file.writer().add_obs_integer(
      "metacluster", file.column<std::int32_t>(-1, [](const SamplePlace& place, std::size_t event) {
        return static_cast<std::int32_t>(place.analysis->own_map().id_of_event(event).value());
      }));
  file.writer().add_obs_integer("refined_metacluster", refined_metaclusters(file));
}

/// Where each event lies in the plane of its panel's map.
void add_places(EventsFile& file) {
  constexpr float kNotAvailable = std::numeric_limits<float>::quiet_NaN();
  const auto add = [&](const std::string& name, std::vector<float> EventMap::*axis) {
    file.writer().add_obs_float(
        name, file.column<float>(kNotAvailable, [&](const SamplePlace& place, std::size_t event) {
          return (place.analysis->plane.events.*axis)[event];
        }));
  };
  add("map_x", &EventMap::x);
  add("map_y", &EventMap::y);
}

/// Which labels some row has. [labels], 0 or 1
std::vector<std::uint8_t> labels_there(const RowPlan& plan, const SubsetLabels& labels) {
  std::vector<std::uint8_t> is_there(labels.labels().size(), 0);
  for (const SamplePlace& place : plan.places) {
    const std::size_t kept = place.pooled().kept_events.size();
    if (kept < place.rows) is_there[static_cast<std::size_t>(kDroppedLabel)] = 1;
    for (std::size_t index = 0; index < kept; ++index)
      is_there[static_cast<std::size_t>(labels.of(place.panel, place.first_event() + index))] = 1;
  }
  return is_there;
}

/// The subset of each event as an id, in words and as a term of the Cell Ontology. No event is without one: what was
/// dropped or has no name says so, because plots by a column fail on missing values.
void add_calls(EventsFile& file, const SubsetLabels& labels) {
  const std::vector<std::uint8_t> is_there = labels_there(file.plan(), labels);
  const auto add = [&](const std::string& name, std::string SubsetLabel::*field) {
    std::vector<std::string> categories;
    std::vector<std::int32_t> code_of_label;
    for (std::size_t label = 0; label < is_there.size(); ++label) {
      code_of_label.push_back(is_there[label] == 0
                                  ? -1
                                  : EventsFile::code_of(labels.labels()[label].*field, categories));
    }
    const auto code = [&](std::int32_t label) {
      return code_of_label[static_cast<std::size_t>(label)];
    };
    file.writer().add_obs_categorical(
        name,
        file.column<std::int32_t>(code(kDroppedLabel),
                                  [&](const SamplePlace& place, std::size_t event) {
                                    return code(labels.of(place.panel, event));
                                  }),
        categories);
  };
  add("subset", &SubsetLabel::id);
  add("cell_type", &SubsetLabel::name);
  add("cell_type_ontology_term_id", &SubsetLabel::cell_ontology);
  // Without knowledge nothing was called, so no call is sure or unsure.
  constexpr float kNotAvailable = std::numeric_limits<float>::quiet_NaN();
  file.writer().add_obs_float(
      "confidence",
      file.column<float>(kNotAvailable, [](const SamplePlace& place, std::size_t event) {
        return place.analysis->is_named() ? place.analysis->calls.confidence[event] : kNotAvailable;
      }));
}

/// Detectors and panels of each marker; several where panels differ.
void add_markers(EventsFile& file, const std::vector<const PanelAnalysis*>& analyses) {
  std::vector<std::string> detectors, panels;
  for (const std::string& marker : file.markers()) {
    std::vector<std::string> names, stained_in;
    for (const PanelAnalysis* analysis : analyses) {
      const std::vector<std::string>& own = analysis->events.markers;
      if (std::find(own.begin(), own.end(), marker) == own.end()) continue;
      stained_in.push_back(analysis->events.panel.name);
      for (const PanelChannel& channel : analysis->events.panel.channels) {
        if (channel.marker == marker) (void)EventsFile::code_of(channel.name, names);
      }
    }
    detectors.push_back(fmt::format("{}", fmt::join(names, ";")));
    panels.push_back(fmt::format("{}", fmt::join(stained_in, ";")));
  }
  file.writer().add_var_strings("channel", detectors);
  file.writer().add_var_strings("panel", panels);
}

const char* word_of(TransformKind kind) {
  switch (kind) {
    case TransformKind::kNone:
      return "none";
    case TransformKind::kArcsinh:
      return "arcsinh";
    case TransformKind::kLogicle:
      return "logicle";
  }
  return "";
}

nlohmann::ordered_json json_of(const Transform& transform) {
  nlohmann::ordered_json json{{"kind", word_of(transform.kind)}};
  if (transform.kind == TransformKind::kArcsinh) json["cofactor"] = transform.cofactor;
  if (transform.kind != TransformKind::kLogicle) return json;
  json["T"] = transform.t;
  json["W"] = transform.w;
  json["M"] = transform.m;
  json["A"] = transform.a;
  return json;
}

/// How the values came about: JSON, because names may hold what HDF5 takes for a path.
void add_provenance(EventsFile& file, const std::vector<const PanelAnalysis*>& analyses,
                    const Outcome& outcome) {
  nlohmann::ordered_json transforms = nlohmann::ordered_json::object();
  nlohmann::ordered_json compensation = nlohmann::ordered_json::object();
  const std::vector<std::string> names = sample_names(outcome.study.samples);
  for (const PanelAnalysis* analysis : analyses) {
    const PanelEvents& events = analysis->events;
    for (std::size_t marker = 0; marker < events.markers.size(); ++marker)
      transforms[events.panel.name][events.markers[marker]] = json_of(events.transforms[marker]);
    for (std::size_t position = 0; position < events.samples.size(); ++position)
      compensation[names[events.samples[position].sample]] = events.qc[position].compensation;
  }
  const auto dump = [](const nlohmann::ordered_json& json) {
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  };
  H5adWriter& writer = file.writer();
  writer.add_uns_string("gateless_version", GATELESS_VERSION);
  writer.add_uns_string("command", outcome.command);
  writer.add_uns_string("transforms", dump(transforms));
  writer.add_uns_string("compensation", dump(compensation));
  writer.add_uns_string("knowledge_version",
                        "sha256:" + sha256_of_text(outcome.study.knowledge.text));
}

/// One column an axis: the subset of it that holds the event; axis_cd4_diff, axis_ctfh, ...
void add_axes(EventsFile& file) {
  std::vector<std::string> names;
  std::vector<const PanelAnalysis*> analyses;
  for (const SamplePlace& place : file.plan().places) {
    if (std::find(analyses.begin(), analyses.end(), place.analysis) == analyses.end())
      analyses.push_back(place.analysis);
    for (const std::string& name : place.analysis->calls.axes)
      (void)EventsFile::code_of(name, names);
  }
  for (const std::string& name : names) {
    std::vector<std::string> categories{"none"};
    if (file.plan().which == Rows::kAll) categories.emplace_back("dropped");
    std::map<const PanelAnalysis*, std::vector<std::int32_t>> codes;  // [profiles]
    for (const PanelAnalysis* analysis : analyses) {
      const SubsetCalls& calls = analysis->calls;
      const auto axis = static_cast<std::size_t>(
          std::find(calls.axes.begin(), calls.axes.end(), name) - calls.axes.begin());
      for (const std::vector<std::int16_t>& profile : calls.profiles) {
        const std::int16_t subset = axis < profile.size() ? profile[axis] : std::int16_t{-1};
        codes[analysis].push_back(EventsFile::code_of(
            subset < 0 ? "none" : calls.subsets[static_cast<std::size_t>(subset)], categories));
      }
    }
    file.writer().add_obs_categorical(
        "axis_" + name,
        file.column<std::int32_t>(
            1,
            [&](const SamplePlace& place, std::size_t event) {
              const SubsetCalls& calls = place.analysis->calls;
              return calls.axes.empty() ? std::int32_t{0}
                                        : codes.at(place.analysis)[calls.profile_of_event[event]];
            }),
        categories);
  }
}

/// Rows of one sample, as they are written together.
struct RowBlock {
  const SamplePlace* place;
  std::size_t first, last;  ///< of the sample's rows
};

std::vector<RowBlock> row_blocks(const RowPlan& plan) {
  std::vector<RowBlock> blocks;
  for (const SamplePlace& place : plan.places) {
    for (std::size_t first = 0; first < place.rows; first += kRowsPerBlock)
      blocks.push_back({&place, first, std::min(first + kRowsPerBlock, place.rows)});
  }
  return blocks;
}

/// Transformed values on the scale that other programs show, [rows][markers]; NaN for dropped events and for markers not in
/// the panel.
std::vector<float> shown_values(const RowPlan& plan, const std::vector<std::string>& markers,
                                const RowBlock& rows) {
  const SamplePlace& place = *rows.place;
  const PanelEvents& events = place.analysis->events;
  const EventView view = events.store.view();
  std::vector<float> block((rows.last - rows.first) * markers.size(),
                           std::numeric_limits<float>::quiet_NaN());
  const std::size_t begin = plan.kept_before(place, place.first_row + rows.first);
  const std::size_t end = plan.kept_before(place, place.first_row + rows.last);
  const std::vector<ShownScale> scales = shown_scales(events);
  for (std::size_t marker = 0; marker < events.markers.size(); ++marker) {
    const auto column = static_cast<std::size_t>(
        std::find(markers.begin(), markers.end(), events.markers[marker]) - markers.begin());
    const std::span<const float> values = view.marker(marker);
    for (std::size_t index = begin; index < end; ++index) {
      const std::size_t row = plan.row(place, index) - place.first_row - rows.first;
      block[row * markers.size() + column] = scales[marker](values[place.first_event() + index]);
    }
  }
  return block;
}

/// A thread writes while the others transpose, as the library takes one call at a time.
void write_values(EventsFile& file, std::size_t threads, Progress& progress) {
  const std::vector<RowBlock> blocks = row_blocks(file.plan());
  std::mutex writing;
  progress.expect(blocks.size());
  parallel_for(threads, blocks.size(), [&](std::size_t index) {
    const RowBlock& rows = blocks[index];
    const std::vector<float> block = shown_values(file.plan(), file.markers(), rows);
    {
      const std::lock_guard lock(writing);
      file.writer().write_x(rows.place->first_row + rows.first, block);
    }
    progress.step();
  });
}

std::vector<std::string> all_markers(const std::vector<const PanelAnalysis*>& analyses) {
  std::vector<std::string> markers;
  for (const PanelAnalysis* analysis : analyses) {
    for (const std::string& marker : analysis->events.markers)
      (void)EventsFile::code_of(marker, markers);
  }
  return markers;
}

void write_file(const std::string& path, const Outcome& outcome, const SubsetLabels& labels,
                Rows which, std::optional<std::size_t> only, H5adContent content,
                Progress& progress) {
  std::vector<const PanelAnalysis*> analyses;
  for (std::size_t panel = 0; panel < outcome.study.panels.size(); ++panel) {
    if (!only || *only == panel) analyses.push_back(&outcome.study.panels[panel]);
  }
  EventsFile file(path, plan_rows(outcome.study.panels, outcome.study.samples.size(), which, only),
                  all_markers(analyses), content, outcome.threads);
  add_markers(file, analyses);
  add_samples(file, outcome.study.samples);
  add_indices(file);
  add_clusters(file);
  add_calls(file, labels);
  add_axes(file);
  add_places(file);
  add_provenance(file, analyses, outcome);
  if (content == H5adContent::kValuesAndLabels) write_values(file, outcome.threads, progress);
  file.writer().commit();
}

}  // namespace

void write_events(const Outcome& outcome, Progress& progress) {
  const SubsetLabels labels(outcome.study.panels, outcome.study.knowledge);
  write_file(outcome.dir + "/events.h5ad", outcome, labels, Rows::kAll, {},
             outcome.events == EventsOutput::kFull ? H5adContent::kValuesAndLabels
                                                   : H5adContent::kLabelsOnly,
             progress);
  if (outcome.events != EventsOutput::kPanels) return;
  std::set<std::string> taken;
  for (std::size_t panel = 0; panel < outcome.study.panels.size(); ++panel) {
    std::string name = file_name_of(outcome.study.panels[panel].events.panel.name);
    while (!taken.insert(name).second) name += "_";
    write_file(fmt::format("{}/events_{}.h5ad", outcome.dir, name), outcome, labels, Rows::kKept,
               panel, H5adContent::kValuesAndLabels, progress);
  }
}

}  // namespace gateless::files
