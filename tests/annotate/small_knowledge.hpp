// A small knowledge for tests: T and B cells, and the IgD x CD27 quadrants of B cells.
#pragma once

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "host/core/event_store.hpp"
#include "host/core/knowledge.hpp"
#include "host/core/panel.hpp"
#include "host/core/philox.hpp"

namespace gateless::annotate {

inline KnownMarker known_marker(const std::string& name, std::vector<std::string> synonyms = {}) {
  KnownMarker marker;
  marker.name = name;
  marker.synonyms = std::move(synonyms);
  return marker;
}

inline KnownSubset known_subset(const std::string& id, const std::string& parent,
                                const std::string& partition, MarkerLevels core, int order = 0) {
  KnownSubset subset;
  subset.id = id;
  subset.name = id + " cells";
  subset.parent = parent;
  subset.partition = partition;
  subset.core = std::move(core);
  subset.order = order;
  return subset;
}

inline Knowledge small_knowledge() {
  const std::vector<Level> neg{Level::kNeg}, pos{Level::kPos};
  Knowledge knowledge;
  for (const char* name : {"CD3", "CD19", "IgD", "CD27", "CD138"})
    knowledge.markers.push_back(known_marker(name));
  knowledge.markers[2].only = "b";
  knowledge.subsets = {known_subset("all", "", "", {}),
                       known_subset("t", "all", "lineage", {{"CD3", pos}}, 1),
                       known_subset("b", "all", "lineage", {{"CD19", pos}}, 2),
                       known_subset("naive", "b", "quadrant", {{"IgD", pos}, {"CD27", neg}}),
                       known_subset("usm", "b", "quadrant", {{"IgD", pos}, {"CD27", pos}}),
                       known_subset("swm", "b", "quadrant", {{"IgD", neg}, {"CD27", pos}}),
                       known_subset("dn", "b", "quadrant", {{"IgD", neg}, {"CD27", neg}}),
                       known_subset("plasma", "b", "stage", {{"CD138", pos}})};
  return knowledge;
}

inline Panel marker_panel(const std::vector<std::string>& markers) {
  Panel panel;
  for (std::size_t i = 0; i < markers.size(); ++i) {
    PanelChannel channel;
    channel.channel = i;
    channel.name = channel.marker = markers[i];
    channel.role = ChannelRole::kMarker;
    channel.is_known = true;
    panel.channels.push_back(channel);
  }
  return panel;
}

/// Events whose truth is known, [markers CD3, CD19, IgD, CD27].
struct MadeEvents {
  std::vector<std::string> markers{"CD3", "CD19", "IgD", "CD27"};
  EventStore store{markers};
  std::vector<std::string> truth;  ///< [events]
};

struct MadePopulation {
  std::string truth;
  std::size_t events;
  std::vector<double> means;  ///< [markers]
};

/// Normal values (Box & Muller) of spread `sd`; `shift` moves everything of this sample.
inline void add_sample(MadeEvents& made, std::size_t sample,
                       const std::vector<MadePopulation>& populations, double sd,
                       double shift = 0.0) {
  std::vector<std::vector<float>> columns(made.markers.size());
  const Philox random(7, sample);
  std::uint64_t counter = 0;
  for (const MadePopulation& population : populations) {
    for (std::size_t i = 0; i < population.events; ++i) {
      for (std::size_t m = 0; m < made.markers.size(); ++m, ++counter) {
        const double radius = std::sqrt(-2.0 * std::log(1.0 - random.uniform(2 * counter)));
        const double normal =
            radius * std::cos(2.0 * std::numbers::pi * random.uniform(2 * counter + 1));
        columns[m].push_back(static_cast<float>(population.means[m] + shift + sd * normal));
      }
      made.truth.push_back(population.truth);
    }
  }
  made.store.append(sample, columns);
}

}  // namespace gateless::annotate
