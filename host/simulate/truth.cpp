#include "host/simulate/truth.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "host/core/layers.hpp"
#include "host/simulate/cell_types.hpp"
#include "host/simulate/course.hpp"
#include "io/csv.hpp"
#include "io/h5ad_writer.hpp"

namespace gateless::simulate {
namespace {

const std::vector<std::string> kFateNames{"doublet", "dead", "debris", "margin"};

std::uint64_t events_in(const std::string& subset, const TrueFile& file) {
  const std::vector<CellType>& types = cell_types();
  std::uint64_t events = 0;
  for (std::size_t type = 0; type < types.size(); ++type) {
    if (types[type].is_in(subset)) events += file.live_of_type[type];
  }
  return events;
}

/// The ancestor below the root; the root itself for the root.
std::string lineage_of(std::string subset) {
  std::map<std::string, std::string> parents;
  for (const TrueSubset& known : true_subsets()) parents[known.id] = known.parent;
  while (!parents.at(subset).empty() && !parents.at(parents.at(subset)).empty()) {
    subset = parents.at(subset);
  }
  return subset;
}

std::optional<double> ratio(double part, double whole) {
  return whole > 0.0 ? std::optional<double>(part / whole) : std::nullopt;
}

/// The rule of the ICCS module on rare events: less than 20 are not detected, from 50 on one can count them.
const char* detection(std::uint64_t events) {
  if (events < 20) return "not detected";
  return events < 50 ? "not quantifiable" : "quantifiable";
}

/// Up, down or no change as designed; empty where the design leaves it open.
const char* designed_call(double before, double after) {
  constexpr double kChange = 0.25;
  constexpr double kNoChange = 0.10;
  const double change = after / before - 1.0;
  if (std::fabs(change) <= kNoChange) return "no change";
  if (std::fabs(change) < kChange) return "";
  return change > 0.0 ? "up" : "down";
}

/// Events of a subset and of its parent at one bleeding, in all panels that tell it.
struct Part {
  std::uint64_t events = 0, parent_events = 0;
};

Part counted(const TrueSubset& subset, std::size_t bleeding, const std::vector<TrueFile>& files) {
  Part part;
  for (const TrueFile& file : files) {
    if (file.bleeding != bleeding || !subset.is_told_by(file.panel)) continue;
    part.events += events_in(subset.id, file);
    part.parent_events += events_in(subset.parent, file);
  }
  return part;
}

}  // namespace

std::vector<std::string> label_names() {
  std::vector<std::string> names;
  for (const TrueSubset& subset : true_subsets()) names.push_back(subset.id);
  names.insert(names.end(), kFateNames.begin(), kFateNames.end());
  names.emplace_back(kUnnamedMemory);
  return names;
}

void count_truth(const Acquired& acquired, TrueFile& file) {
  const std::vector<CellType>& types = cell_types();
  const std::vector<std::string> names = label_names();
  std::vector<std::uint8_t> label_of_type;
  for (const CellType& type : types) {
    const std::string& name =
        type.name == kUnnamedMemory ? type.name : name_in_panel(type, file.panel);
    const auto found = std::find(names.begin(), names.end(), name);
    label_of_type.push_back(static_cast<std::uint8_t>(found - names.begin()));
  }
  file.live_of_type.assign(types.size(), 0);
  file.labels.resize(acquired.types.size());
  for (std::size_t event = 0; event < file.labels.size(); ++event) {
    const auto fate = static_cast<std::size_t>(acquired.fates[event]);
    if (acquired.fates[event] == Fate::kLive) {
      file.labels[event] = label_of_type[acquired.types[event]];
      ++file.live_of_type[acquired.types[event]];
    } else {
      file.labels[event] = static_cast<std::uint8_t>(true_subsets().size() + fate - 1);
    }
  }
}

void write_true_events(const std::string& path, const std::vector<TrueFile>& files) {
  std::size_t rows = 0;
  std::vector<std::string> samples;
  for (const TrueFile& file : files) {
    rows += file.labels.size();
    samples.push_back(file.sample);
  }
  H5adWriter writer(path, rows, {}, H5adContent::kLabelsOnly);
  {
    std::vector<std::int32_t> codes;
    codes.reserve(rows);
    for (std::size_t file = 0; file < files.size(); ++file) {
      codes.insert(codes.end(), files[file].labels.size(), static_cast<std::int32_t>(file));
    }
    writer.add_obs_categorical("sample", codes, samples);
    auto code = codes.begin();
    for (const TrueFile& file : files) {
      for (std::size_t event = 0; event < file.labels.size(); ++event) {
        *code++ = static_cast<std::int32_t>(event);
      }
    }
    writer.add_obs_integer("event_index", codes);
  }
  std::vector<std::int8_t> labels;
  labels.reserve(rows);
  for (const TrueFile& file : files) {
    for (const std::uint8_t label : file.labels) labels.push_back(static_cast<std::int8_t>(label));
  }
  writer.add_obs_categorical("subset", labels, label_names());
  writer.commit();
}

void write_true_abundance(const std::string& path, const std::vector<Bleeding>& bleedings,
                          const std::vector<TrueFile>& files) {
  CsvWriter table(path, {"sample", "patient", "visit", "group", "panel", "subset", "parent",
                         "events", "parent_events", "fraction_of_parent", "low", "high",
                         "fraction_of_lineage", "fraction_of_all", "cells_per_ul", "detection"});
  for (const TrueFile& file : files) {
    const Bleeding& bleeding = bleedings[file.bleeding];
    const auto all = static_cast<double>(events_in("leukocyte", file));
    for (const TrueSubset& subset : true_subsets()) {
      if (!subset.is_told_by(file.panel)) continue;
      const std::uint64_t events = events_in(subset.id, file);
      const bool is_root = subset.parent.empty();
      const std::uint64_t parent_events = is_root ? events : events_in(subset.parent, file);
      const auto number = static_cast<double>(events);
      const std::optional<double> of_all = ratio(number, all);
      table.text(file.sample).text(bleeding.patient).text(bleeding.visit).text(bleeding.group);
      table.text(file.panel).text(subset.id).text(subset.parent).count(events).count(parent_events);
      table.number(ratio(number, static_cast<double>(parent_events))).text("").text("");
      table.number(ratio(number, static_cast<double>(events_in(lineage_of(subset.id), file))));
      table.number(of_all);
      table.number(of_all ? std::optional<double>(*of_all * bleeding.cells_per_ul) : std::nullopt);
      table.text(detection(events));
      table.end_row();
    }
  }
  table.commit();
}

void write_true_changes(const std::string& path, const std::vector<Bleeding>& bleedings,
                        const std::vector<TrueFile>& files) {
  CsvWriter table(path, {"subset", "patient", "visit", "before", "after", "change", "low", "high",
                         "p", "call", "designed_change"});
  const std::vector<TrueSubset>& subsets = true_subsets();
  std::size_t baseline = 0;  // of the patient whose visits come next
  for (std::size_t index = 0; index < bleedings.size(); ++index) {
    const Bleeding& bleeding = bleedings[index];
    if (bleeding.is_healthy) continue;
    if (bleeding.visit_index == 0) {
      baseline = index;
      continue;
    }
    const std::vector<double> designed_before = fractions_of_parent(bleedings[baseline].designed);
    const std::vector<double> designed_after = fractions_of_parent(bleeding.designed);
    for (std::size_t subset = 0; subset < subsets.size(); ++subset) {
      if (subsets[subset].parent.empty()) continue;
      const Part first = counted(subsets[subset], baseline, files);
      const Part later = counted(subsets[subset], index, files);
      if (first.parent_events == 0 || later.parent_events == 0) continue;
      const double before =
          static_cast<double>(first.events) / static_cast<double>(first.parent_events);
      const double after =
          static_cast<double>(later.events) / static_cast<double>(later.parent_events);
      table.text(subsets[subset].id).text(bleeding.patient).text(bleeding.visit);
      table.number(before).number(after);
      table.number(before > 0.0 ? std::optional<double>(after / before - 1.0) : std::nullopt);
      table.text("").text("").text("");
      table.text(designed_call(designed_before[subset], designed_after[subset]));
      table.number(designed_after[subset] / designed_before[subset] - 1.0);
      table.end_row();
    }
  }
  table.commit();
}

}  // namespace gateless::simulate
