#include "host/cluster/far_groups.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "host/cluster/noise_units.hpp"
#include "host/cluster/valley.hpp"
#include "host/core/clones.hpp"
#include "host/core/large_blocks.hpp"
#include "host/core/parallel.hpp"

namespace gateless::cluster {
namespace {

constexpr std::size_t kChunkEvents = 1U << 14U;
constexpr std::size_t kMostStretches = 64;      // in which lines to groups are looked along
constexpr std::size_t kSeenEvents = 1U << 11U;  // whose places stay in a cache
constexpr std::size_t kFewestEvents = 20;       // fewer are not quantifiable in any later table
constexpr std::size_t kMostGroupsOfRegion = 8;

/// A group of far events.
struct FarGroup {
  std::vector<float> middle;  ///< [markers], noise units
  std::size_t events = 0;
};

GATELESS_CLONES
void add_squares(const float* values, std::size_t count, float from, float* squared) {
  for (std::size_t i = 0; i < count; ++i) squared[i] += (values[i] - from) * (values[i] - from);
}

/// Of the first places, [markers][events], as many as there are distances.
void square_distances(const Matrix<float>& places, const std::vector<float>& from,
                      std::span<float> squared) {
  std::fill(squared.begin(), squared.end(), 0.0F);
  for (std::size_t m = 0; m < from.size(); ++m)
    add_squares(places.row(m).data(), squared.size(), from[m], squared.data());
}

/// The far events of one region, [markers][events], and the groups among them.
class FarSide {
 public:
  FarSide(const NoiseUnits& units, const std::vector<FarEvent>& far)
      : place_(units.markers(), far.size()),
        neighbours_(far.size(), 0),
        is_free_(far.size(), true) {
    std::vector<std::size_t> events;
    for (const FarEvent& one : far) events.push_back(one.event);
    for (std::size_t m = 0; m < units.markers(); ++m) {
      units.of_events(events, m, place_.row(m));
      keep_memory_bound();
    }
    std::vector<float> squared(far.size());
    for (std::size_t a = 0; a < far.size(); ++a) {
      square_distances(place_, at(a), std::span(squared).first(a + 1));
      for (std::size_t b = 0; b <= a; ++b) {
        const std::size_t is_near = squared[b] <= near() ? 1 : 0;
        neighbours_[b] += is_near;
        if (b != a) neighbours_[a] += is_near;
      }
    }
  }

  /// Takes the group around the free event with the most neighbours; an empty one when too few are left.
  FarGroup take_densest() {
    const std::size_t none = neighbours_.size();
    std::size_t densest = none;
    for (std::size_t a = 0; a < none; ++a) {
      if (is_free_[a] && (densest == none || neighbours_[a] > neighbours_[densest])) densest = a;
    }
    // Nodes cut populations up and make noise look smaller: half of the pairs may lie beyond.
    if (densest == none || 2 * neighbours_[densest] < kFewestEvents) return {};
    FarGroup group{at(densest), 0};
    for (int round = 0; round < 3; ++round) move_to_mean(group);
    is_free_[densest] = false;
    const std::vector<float> squared = squared_distances(group.middle);
    for (std::size_t a = 0; a < none; ++a) {
      if (squared[a] <= near()) is_free_[a] = false;
    }
    return group;
  }

 private:
  /// The squared distance of two events of a Gaussian population, twice a chi-squared variable with as many degrees
  /// of freedom as markers: its mean and two standard deviations.
  [[nodiscard]] float near() const {
    const auto freedom = static_cast<float>(place_.rows());
    return 2.0F * freedom + 4.0F * std::sqrt(2.0F * freedom);
  }
  [[nodiscard]] std::vector<float> at(std::size_t event) const {
    std::vector<float> place(place_.rows());
    for (std::size_t m = 0; m < place.size(); ++m) place[m] = place_(m, event);
    return place;
  }
  [[nodiscard]] std::vector<float> squared_distances(const std::vector<float>& from) const {
    std::vector<float> squared(place_.columns());
    square_distances(place_, from, squared);
    return squared;
  }
  void move_to_mean(FarGroup& group) const {
    const std::vector<float> squared = squared_distances(group.middle);
    std::vector<double> sum(group.middle.size(), 0.0);
    group.events = 0;
    for (std::size_t a = 0; a < squared.size(); ++a) {
      if (!is_free_[a] || squared[a] > near()) continue;
      ++group.events;
      for (std::size_t m = 0; m < sum.size(); ++m) sum[m] += static_cast<double>(place_(m, a));
    }
    for (std::size_t m = 0; group.events > 0 && m < sum.size(); ++m) {
      group.middle[m] = static_cast<float>(sum[m] / static_cast<double>(group.events));
    }
  }

  Matrix<float> place_;
  std::vector<std::size_t> neighbours_;  ///< with itself
  std::vector<bool> is_free_;
};

std::vector<FarGroup> groups_of_region(const NoiseUnits& units, const std::vector<FarEvent>& far) {
  if (far.size() < kFewestEvents) return {};
  FarSide side(units, far);
  std::vector<FarGroup> groups;
  while (groups.size() < kMostGroupsOfRegion) {
    FarGroup group = side.take_densest();
    if (group.middle.empty()) break;
    if (group.events >= kFewestEvents) groups.push_back(std::move(group));
  }
  return groups;
}

/// The line to a group from the node nearest to it.
LineOfSight line_to(const FarGroup& group, const Matrix<float>& nodes,
                    const std::vector<std::uint64_t>& node_events) {
  std::size_t nearest = nodes.rows();
  float least = 0.0F;
  for (std::size_t node = 0; node < nodes.rows(); ++node) {
    float squared = 0.0F;
    for (std::size_t m = 0; m < group.middle.size(); ++m) {
      const float apart = group.middle[m] - nodes(node, m);
      squared += apart * apart;
    }
    if (node_events[node] == 0 || (nearest != nodes.rows() && squared >= least)) continue;
    nearest = node;
    least = squared;
  }
  return {nodes.row(nearest), group.middle};
}

/// Adds some events of a stretch to the profile of each line. `stretch` is [markers][kSeenEvents], in noise units.
void see_along(const std::vector<LineOfSight>& lines, const std::vector<std::size_t>& events,
               const Matrix<float>& stretch, LineProfile* profiles) {
  std::vector<float> places(stretch.rows() * LineOfSight::kBlock);
  for (std::size_t first = 0; first < events.size(); first += LineOfSight::kBlock) {
    const std::size_t count = std::min(LineOfSight::kBlock, events.size() - first);
    for (std::size_t m = 0; m < stretch.rows(); ++m) {
      for (std::size_t i = 0; i < count; ++i)
        places[m * LineOfSight::kBlock + i] = stretch(m, events[first + i]);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) lines[i].see(places.data(), count, profiles[i]);
  }
}

/// Adds the events from `first` on to the profiles of the lines of their regions; `first_line` is that of each region.
void see_stretch(std::size_t first, std::size_t count,
                 const std::vector<std::vector<LineOfSight>>& lines,
                 const std::vector<std::size_t>& first_line, const NoiseUnits& units,
                 const TrainedNodes& trained, std::vector<LineProfile>& profiles) {
  std::vector<std::vector<std::size_t>> of_region(lines.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t region = trained.region_of_node[trained.node_of_event[first + i]];
    if (!lines[region].empty()) of_region[region].push_back(i);
  }
  Matrix<float> stretch(units.markers(), kSeenEvents);
  for (std::size_t m = 0; m < units.markers(); ++m)
    units.of_events(first, m, stretch.row(m).first(count));
  for (std::size_t region = 0; region < lines.size(); ++region)
    see_along(lines[region], of_region[region], stretch, profiles.data() + first_line[region]);
}

/// Groups with a valley before them; `groups` is [regions].
std::vector<FarGroup> those_apart(const std::vector<std::vector<FarGroup>>& groups,
                                  const NoiseUnits& units, const Matrix<float>& nodes,
                                  const TrainedNodes& trained, std::size_t threads) {
  std::vector<std::vector<LineOfSight>> lines(groups.size());
  std::vector<FarGroup> all;
  std::vector<std::size_t> first(groups.size());
  for (std::size_t region = 0; region < groups.size(); ++region) {
    first[region] = all.size();
    for (const FarGroup& group : groups[region]) {
      lines[region].push_back(line_to(group, nodes, trained.node_events));
      all.push_back(group);
    }
  }
  if (all.empty()) return all;
  // Profiles of many groups are larger than the events of a chunk: so few stretches, and as many for any number of threads.
  const std::size_t events = trained.node_of_event.size();
  const std::size_t size = std::max(kChunkEvents, (events + kMostStretches - 1) / kMostStretches);
  const std::size_t stretches = (events + size - 1) / size;
  std::vector<std::vector<LineProfile>> parts(stretches);
  parallel_for(threads, stretches, [&](std::size_t stretch) {
    parts[stretch].assign(all.size(), {});
    const std::size_t last = std::min(events, (stretch + 1) * size);
    for (std::size_t at = stretch * size; at < last; at += kSeenEvents)
      see_stretch(at, std::min(kSeenEvents, last - at), lines, first, units, trained,
                  parts[stretch]);
  });
  std::vector<FarGroup> apart;
  for (std::size_t i = 0; i < all.size(); ++i) {
    LineProfile profile;
    for (const auto& part : parts) profile.add(part[i]);
    if (profile.has_valley_before_end()) apart.push_back(std::move(all[i]));
  }
  return apart;
}

/// A group on the border of two regions is found from both.
bool are_twins(const FarGroup& left, const FarGroup& right) {
  float sum = 0.0F;
  for (std::size_t m = 0; m < left.middle.size(); ++m) {
    sum += (left.middle[m] - right.middle[m]) * (left.middle[m] - right.middle[m]);
  }
  return sum < static_cast<float>(left.middle.size());
}

Matrix<float> largest_without_twins(std::vector<FarGroup> groups, const NoiseUnits& units,
                                    std::size_t most) {
  std::stable_sort(groups.begin(), groups.end(),
                   [](const FarGroup& a, const FarGroup& b) { return a.events > b.events; });
  std::vector<FarGroup> kept;
  for (FarGroup& group : groups) {
    const bool is_known = std::any_of(
        kept.begin(), kept.end(), [&](const FarGroup& other) { return are_twins(group, other); });
    if (!is_known && kept.size() < most) kept.push_back(std::move(group));
  }
  Matrix<float> prototypes(kept.size(), units.markers());
  for (std::size_t i = 0; i < kept.size(); ++i) {
    for (std::size_t m = 0; m < units.markers(); ++m) {
      prototypes(i, m) = kept[i].middle[m] * units.noise(m);
    }
  }
  return prototypes;
}

}  // namespace

Matrix<float> find_far_groups(EventView events, const Scaling& scaling, const TrainedNodes& trained,
                              std::size_t most, std::size_t threads, ResidentEvents* resident) {
  const NoiseUnits units(events, scaling, trained.codebook, trained.variance, trained.node_events);
  const Matrix<float> nodes = units.of_nodes(trained.codebook);
  const std::size_t regions =
      1 + *std::max_element(trained.region_of_node.begin(), trained.region_of_node.end());
  const FarEvents far = far_events(units, nodes, trained, regions, resident, threads);
  std::vector<std::vector<FarGroup>> groups(regions);
  parallel_for(threads, regions,
               [&](std::size_t region) { groups[region] = groups_of_region(units, far[region]); });
  return largest_without_twins(those_apart(groups, units, nodes, trained, threads), units, most);
}

}  // namespace gateless::cluster
