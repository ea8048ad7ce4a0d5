#include "host/annotate/gate_search.hpp"

#include <algorithm>
#include <array>

namespace gateless::annotate {
namespace {

constexpr int kMostRounds = 12;
constexpr double kLeastStep = 1e-4;  ///< of F1; a round that adds less is the last

double f1_of(double targets_inside, double inside, double targets) {
  return inside + targets > 0.0 ? 2.0 * targets_inside / (inside + targets) : 0.0;
}

bool is_open(const PlacedSide& placed) {
  return placed.edge == (placed.side.is_upper ? kGateBins : 0);
}

bool is_outside(const PlacedSide& placed, std::uint16_t bin) {
  return placed.side.is_upper ? bin >= placed.edge : bin < placed.edge;
}

/// A box in the making. How many bounds exclude each event is kept, so that moving one looks at its axis alone.
class Box {
 public:
  Box(const GateTable& table, std::span<const std::uint32_t> population,
      const std::vector<bool>& is_target, std::size_t targets)
      : table_(table),
        population_(population),
        outside_(population.size(), 0),
        is_target_(population.size()),
        targets_(static_cast<double>(targets)) {
    columns_.resize(table.bins.size());
    for (std::size_t i = 0; i < population.size(); ++i) {
      is_target_[i] = is_target[population[i]] ? 1 : 0;
      inside_targets_ += is_target_[i];
    }
    f1_ = f1_of(static_cast<double>(inside_targets_), static_cast<double>(population.size()),
                targets_);
  }

  [[nodiscard]] double f1() const { return f1_; }
  [[nodiscard]] const std::vector<PlacedSide>& sides() const { return sides_; }

  void add(const GateSide& side) { sides_.push_back(open(side)); }

  /// F1 with one bound more, at its best.
  [[nodiscard]] double f1_with(const GateSide& side) { return best_edge(open(side)).f1; }

  /// Moves one bound to where F1 is highest.
  void improve(std::size_t index) {
    const std::size_t edge = best_edge(sides_[index]).edge;
    if (edge != sides_[index].edge) place(index, edge);
  }

  /// Moves all bounds in turn until they stay.
  void settle() {
    for (int round = 0; round < kMostRounds; ++round) {
      const double before = f1_;
      for (std::size_t index = 0; index < sides_.size(); ++index) improve(index);
      if (f1_ - before < kLeastStep) break;
    }
  }

 private:
  const std::vector<std::uint16_t>& column(std::size_t axis) {
    std::vector<std::uint16_t>& own = columns_[axis];
    if (own.empty()) {
      own.reserve(population_.size());
      for (const std::uint32_t event : population_) own.push_back(table_.bins[axis][event]);
    }
    return own;
  }

  struct Edge {
    std::size_t edge = 0;
    double f1 = 0.0;
  };

  static PlacedSide open(const GateSide& side) { return {side, side.is_upper ? kGateBins : 0}; }

  Edge best_edge(const PlacedSide& placed) {
    std::array<std::array<std::uint32_t, kGateBins>, 2> counts{};
    const std::vector<std::uint16_t>& bins = column(placed.side.axis);
    for (std::size_t i = 0; i < bins.size(); ++i) {
      const unsigned others = outside_[i] - (is_outside(placed, bins[i]) ? 1U : 0U);
      if (others == 0) ++counts[is_target_[i]][bins[i]];
    }
    // From the open end inwards: what is inside once the bound lies at an edge.
    double inside = 0.0;
    double found = 0.0;
    for (std::size_t bin = 0; bin < kGateBins; ++bin) {
      inside += counts[0][bin] + counts[1][bin];
      found += counts[1][bin];
    }
    double best = f1_of(found, inside, targets_);
    std::size_t first = 0;  // bins that are cut off
    std::size_t last = 0;
    for (std::size_t cut = 1; cut < kGateBins; ++cut) {
      const std::size_t bin = placed.side.is_upper ? kGateBins - cut : cut - 1;
      inside -= counts[0][bin] + counts[1][bin];
      found -= counts[1][bin];
      const double f1 = f1_of(found, inside, targets_);
      if (f1 > best) {
        best = f1;
        first = last = cut;
      } else if (f1 == best && last + 1 == cut) {
        last = cut;
      }
    }
    const std::size_t cut = first == 0 ? 0 : (first + last) / 2;
    return {.edge = placed.side.is_upper ? kGateBins - cut : cut, .f1 = best};
  }

  void place(std::size_t index, std::size_t edge) {
    PlacedSide& placed = sides_[index];
    const PlacedSide moved{placed.side, edge};
    const std::vector<std::uint16_t>& bins = column(placed.side.axis);
    std::size_t inside = 0;
    std::size_t found = 0;
    for (std::size_t i = 0; i < bins.size(); ++i) {
      outside_[i] = static_cast<std::uint8_t>(outside_[i] - is_outside(placed, bins[i]) +
                                              is_outside(moved, bins[i]));
      if (outside_[i] != 0) continue;
      ++inside;
      found += is_target_[i];
    }
    placed = moved;
    f1_ = f1_of(static_cast<double>(found), static_cast<double>(inside), targets_);
  }

  const GateTable& table_;
  std::span<const std::uint32_t> population_;
  std::vector<std::vector<std::uint16_t>> columns_;  ///< [axes][population], filled when asked for
  std::vector<std::uint8_t> outside_;    ///< [population], bounds that exclude the event
  std::vector<std::uint8_t> is_target_;  ///< [population]
  std::size_t inside_targets_ = 0;
  double targets_ = 0.0;
  double f1_ = 0.0;
  std::vector<PlacedSide> sides_;
};

std::size_t axes_of(const std::vector<PlacedSide>& sides) {
  std::vector<std::size_t> axes;
  for (const PlacedSide& placed : sides) {
    if (!is_open(placed) && std::find(axes.begin(), axes.end(), placed.side.axis) == axes.end())
      axes.push_back(placed.side.axis);
  }
  return axes.size();
}

/// Takes the optional bound that adds most to F1; false where none adds enough.
bool take_best(Box& box, const GateSearch& search) {
  const auto has = [&](const GateSide& side) {
    return std::any_of(box.sides().begin(), box.sides().end(),
                       [&](const PlacedSide& placed) { return placed.side == side; });
  };
  const GateSide* best = nullptr;
  double best_f1 = box.f1() + search.least_gain;
  for (const GateSide& side : search.optional) {
    if (has(side)) continue;
    std::vector<PlacedSide> sides = box.sides();
    sides.push_back({side, 1});
    if (axes_of(sides) > search.most_axes) continue;
    const double f1 = box.f1_with(side);
    if (f1 > best_f1) {
      best_f1 = f1;
      best = &side;
    }
  }
  if (best == nullptr) return false;
  box.add(*best);
  box.settle();
  return true;
}

}  // namespace

FoundBox find_box(const GateTable& table, std::span<const std::uint32_t> population,
                  const std::vector<bool>& is_target, std::size_t targets,
                  const GateSearch& search) {
  Box box(table, population, is_target, targets);
  for (const GateSide& side : search.core) box.add(side);
  box.settle();
  while (take_best(box, search)) {
  }
  FoundBox found;
  found.f1 = box.f1();
  for (const PlacedSide& placed : box.sides()) {
    if (!is_open(placed)) found.sides.push_back(placed);
  }
  return found;
}

std::vector<std::uint32_t> inside_box(const GateTable& table,
                                      std::span<const std::uint32_t> population,
                                      const std::vector<PlacedSide>& sides) {
  std::vector<std::uint32_t> inside;
  for (const std::uint32_t event : population) {
    const bool is_inside = std::none_of(sides.begin(), sides.end(), [&](const PlacedSide& placed) {
      return is_outside(placed, table.bins[placed.side.axis][event]);
    });
    if (is_inside) inside.push_back(event);
  }
  return inside;
}

}  // namespace gateless::annotate
