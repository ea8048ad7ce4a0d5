// events.h5ad from the analyses of all panels.
#include <algorithm>
#include <limits>
#include <map>

#include "host/app/outcome.hpp"
#include "host/app/shown_values.hpp"
#include "io/h5ad_writer.hpp"

namespace gateless {
namespace {

constexpr std::size_t kRowsPerBlock = 1U << 16U;

/// Where a sample's events are: panel, its place in that panel's pool, and its first row in the file.
struct SamplePlace {
  const PanelAnalysis* analysis = nullptr;
  std::size_t position = 0;
  std::size_t first_row = 0;

  [[nodiscard]] const PooledSample& pooled() const { return analysis->events.samples[position]; }
  [[nodiscard]] const SampleRange& range() const {
    return analysis->events.store.ranges()[position];
  }
};

std::vector<SamplePlace> place_samples(const std::vector<PanelAnalysis>& analyses,
                                       std::size_t samples, std::size_t& rows) {
  std::vector<SamplePlace> places(samples);
  for (const PanelAnalysis& analysis : analyses) {
    for (std::size_t position = 0; position < analysis.events.samples.size(); ++position) {
      SamplePlace& place = places[analysis.events.samples[position].sample];
      place.analysis = &analysis;
      place.position = position;
    }
  }
  rows = 0;
  for (SamplePlace& place : places) {
    place.first_row = rows;
    if (place.analysis != nullptr) rows += place.pooled().events;
  }
  return places;
}

/// A categorical column of the sample sheet: one code a sample, repeated over its events.
void add_sample_column(H5adWriter& writer, const std::string& name,
                       const std::vector<SamplePlace>& places,
                       const std::vector<std::string>& words, std::size_t rows) {
  std::vector<std::string> categories;
  std::vector<std::int32_t> codes(rows, -1);
  for (std::size_t sample = 0; sample < places.size(); ++sample) {
    if (places[sample].analysis == nullptr || words[sample].empty()) continue;
    auto found = std::find(categories.begin(), categories.end(), words[sample]);
    if (found == categories.end()) found = categories.insert(categories.end(), words[sample]);
    const auto first = codes.begin() + static_cast<std::ptrdiff_t>(places[sample].first_row);
    std::fill(first, first + static_cast<std::ptrdiff_t>(places[sample].pooled().events),
              static_cast<std::int32_t>(found - categories.begin()));
  }
  writer.add_obs_categorical(name, codes, categories);
}

/// A column with one value per kept event: value(place, pool event); dropped events keep `missing`.
template <class Value, class Function>
std::vector<Value> kept_column(const std::vector<SamplePlace>& places, std::size_t rows,
                               Value missing, Function value) {
  std::vector<Value> column(rows, missing);
  for (const SamplePlace& place : places) {
    if (place.analysis == nullptr) continue;
    const std::vector<std::uint32_t>& kept = place.pooled().kept_events;
    for (std::size_t index = 0; index < kept.size(); ++index) {
      column[place.first_row + kept[index]] = value(*place.analysis, place.range().first + index);
    }
  }
  return column;
}

/// Metacluster of each pool event in the map of a subset that was clustered again; -1 outside.
std::map<const PanelAnalysis*, std::vector<std::int32_t>> refined_metaclusters(
    const std::vector<PanelAnalysis>& analyses) {
  std::map<const PanelAnalysis*, std::vector<std::int32_t>> refined;
  for (const PanelAnalysis& analysis : analyses) {
    std::vector<std::int32_t>& column = refined[&analysis];
    column.assign(analysis.events.store.events(), -1);
    for (const RefinedMap& map : analysis.refined) {
      for (std::size_t index = 0; index < map.events.size(); ++index) {
        const NodeIndex node = map.clustering.node_of_event[index];
        column[map.events[index]] = static_cast<std::int32_t>(
            map.first_metacluster + map.clustering.metacluster_of_node[node]);
      }
    }
  }
  return refined;
}

void add_calls(H5adWriter& writer, const std::vector<SamplePlace>& places,
               const std::vector<PanelAnalysis>& analyses, std::size_t rows) {
  std::vector<std::string> categories{"unassigned"};
  std::map<const PanelAnalysis*, std::vector<std::int32_t>> codes;
  for (const PanelAnalysis& analysis : analyses) {
    for (const ResolvedSubset& subset : analysis.subsets.subsets) {
      auto found = std::find(categories.begin(), categories.end(), subset.id);
      if (found == categories.end()) found = categories.insert(categories.end(), subset.id);
      codes[&analysis].push_back(static_cast<std::int32_t>(found - categories.begin()));
    }
  }
  writer.add_obs_categorical(
      "subset",
      kept_column<std::int32_t>(places, rows, -1,
                                [&](const PanelAnalysis& analysis, std::size_t event) {
                                  const std::int16_t called = analysis.calls.subset_of_event[event];
                                  return called < 0
                                             ? 0
                                             : codes[&analysis][static_cast<std::size_t>(called)];
                                }),
      categories);
  // Without knowledge nothing was called, so no call is sure or unsure.
  constexpr float kNotAvailable = std::numeric_limits<float>::quiet_NaN();
  writer.add_obs_float("confidence",
                       kept_column<float>(places, rows, kNotAvailable,
                                          [](const PanelAnalysis& analysis, std::size_t event) {
                                            return analysis.subsets.subsets.empty()
                                                       ? kNotAvailable
                                                       : analysis.calls.confidence[event];
                                          }));
}

/// One column an axis: the subset of it that holds the event; axis_cd4_diff, axis_ctfh, ...
void add_axes(H5adWriter& writer, const std::vector<SamplePlace>& places,
              const std::vector<PanelAnalysis>& analyses, std::size_t rows) {
  std::vector<std::string> names;
  for (const PanelAnalysis& analysis : analyses) {
    for (const std::string& name : analysis.calls.axes) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  for (const std::string& name : names) {
    std::vector<std::string> categories{"none"};
    std::map<const PanelAnalysis*, std::vector<std::int8_t>> codes;  // [profiles]
    for (const PanelAnalysis& analysis : analyses) {
      const SubsetCalls& calls = analysis.calls;
      const auto axis = std::find(calls.axes.begin(), calls.axes.end(), name) - calls.axes.begin();
      for (const std::vector<std::int16_t>& profile : calls.profiles) {
        const bool is_there = static_cast<std::size_t>(axis) < profile.size();
        const std::int16_t subset =
            is_there ? profile[static_cast<std::size_t>(axis)] : std::int16_t{-1};
        const std::string word =
            subset < 0 ? categories.front() : calls.subsets[static_cast<std::size_t>(subset)];
        auto found = std::find(categories.begin(), categories.end(), word);
        if (found == categories.end()) found = categories.insert(categories.end(), word);
        codes[&analysis].push_back(static_cast<std::int8_t>(found - categories.begin()));
      }
    }
    writer.add_obs_categorical(
        "axis_" + name,
        kept_column<std::int8_t>(places, rows, -1,
                                 [&](const PanelAnalysis& analysis, std::size_t event) {
                                   const SubsetCalls& calls = analysis.calls;
                                   return calls.axes.empty()
                                              ? std::int8_t{0}
                                              : codes[&analysis][calls.profile_of_event[event]];
                                 }),
        categories);
  }
}

/// Transformed values on the scale that other programs show, a block of rows at a time; NaN for dropped events and for
/// markers not in the panel.
void write_values(H5adWriter& writer, const std::vector<SamplePlace>& places,
                  const std::vector<std::string>& markers) {
  std::vector<float> block;
  for (const SamplePlace& place : places) {
    if (place.analysis == nullptr) continue;
    const PanelEvents& events = place.analysis->events;
    std::vector<std::size_t> columns;
    for (const std::string& marker : events.markers) {
      columns.push_back(static_cast<std::size_t>(std::find(markers.begin(), markers.end(), marker) -
                                                 markers.begin()));
    }
    const EventView view = events.store.view();
    const std::vector<ShownScale> scales = shown_scales(events);
    const std::vector<std::uint32_t>& kept = place.pooled().kept_events;
    std::size_t index = 0;
    for (std::size_t first = 0; first < place.pooled().events; first += kRowsPerBlock) {
      const std::size_t last = std::min(first + kRowsPerBlock, place.pooled().events);
      block.assign((last - first) * markers.size(), std::numeric_limits<float>::quiet_NaN());
      for (; index < kept.size() && kept[index] < last; ++index) {
        float* row = block.data() + (kept[index] - first) * markers.size();
        for (std::size_t marker = 0; marker < columns.size(); ++marker) {
          row[columns[marker]] = scales[marker](view.marker(marker)[place.range().first + index]);
        }
      }
      writer.write_x(place.first_row + first, block);
    }
  }
}

std::vector<std::string> all_markers(const std::vector<PanelAnalysis>& analyses) {
  std::vector<std::string> markers;
  for (const PanelAnalysis& analysis : analyses) {
    for (const std::string& marker : analysis.events.markers) {
      if (std::find(markers.begin(), markers.end(), marker) == markers.end())
        markers.push_back(marker);
    }
  }
  return markers;
}

}  // namespace

void write_events(const std::string& path, const std::vector<PanelAnalysis>& analyses,
                  const std::vector<Sample>& samples, EventsOutput content) {
  std::size_t rows = 0;
  const std::vector<SamplePlace> places = place_samples(analyses, samples.size(), rows);
  const std::vector<std::string> markers = all_markers(analyses);
  H5adWriter writer(
      path, rows, markers,
      content == EventsOutput::kFull ? H5adContent::kValuesAndLabels : H5adContent::kLabelsOnly);

  add_sample_column(writer, "sample", places, sample_names(samples), rows);
  const auto words = [&](std::string Sample::*field) {
    std::vector<std::string> column;
    for (const Sample& sample : samples) column.push_back(sample.*field);
    return column;
  };
  add_sample_column(writer, "patient", places, words(&Sample::patient), rows);
  add_sample_column(writer, "visit", places, words(&Sample::visit), rows);
  add_sample_column(writer, "group", places, words(&Sample::group), rows);

  std::vector<std::int32_t> event_index(rows);
  for (const SamplePlace& place : places) {
    if (place.analysis == nullptr) continue;
    for (std::size_t event = 0; event < place.pooled().events; ++event) {
      event_index[place.first_row + event] = static_cast<std::int32_t>(event);
    }
  }
  writer.add_obs_integer("event_index", event_index);
  writer.add_obs_bool(
      "kept", kept_column<std::uint8_t>(places, rows, 0, [](const PanelAnalysis&, std::size_t) {
        return std::uint8_t{1};
      }));
  writer.add_obs_integer(
      "node", kept_column<std::int32_t>(
                  places, rows, -1, [](const PanelAnalysis& analysis, std::size_t event) {
                    return static_cast<std::int32_t>(analysis.clustering.node_of_event[event]);
                  }));
  writer.add_obs_integer(
      "metacluster",
      kept_column<std::int32_t>(
          places, rows, -1, [](const PanelAnalysis& analysis, std::size_t event) {
            const NodeIndex node = analysis.clustering.node_of_event[event];
            return static_cast<std::int32_t>(analysis.first_metacluster +
                                             analysis.clustering.metacluster_of_node[node]);
          }));
  const auto refined = refined_metaclusters(analyses);
  writer.add_obs_integer(
      "refined_metacluster",
      kept_column<std::int32_t>(places, rows, -1,
                                [&](const PanelAnalysis& analysis, std::size_t event) {
                                  return refined.at(&analysis)[event];
                                }));
  add_calls(writer, places, analyses, rows);
  add_axes(writer, places, analyses, rows);
  if (content == EventsOutput::kFull) write_values(writer, places, markers);
  writer.commit();
}

}  // namespace gateless
