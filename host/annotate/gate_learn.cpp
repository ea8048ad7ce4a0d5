#include "host/annotate/gate_learn.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

#include "host/annotate/panel_subsets.hpp"
#include "host/annotate/subset_axes.hpp"

namespace gateless::annotate {
namespace {

/// A subset with fewer labelled events among those that are learned from gets no gate of its own.
constexpr std::size_t kFewestEvents = 10;
/// Above this F1 the gate of the nearest subset above is not given up for one further up.
constexpr double kGood = 0.9;
/// What a shorter path is worth, in F1 for each rectangle that it saves.
constexpr double kWorthOfRectangle = 0.005;

/// A population is thinned down to this many events, as long as so many of the subset's own stay.
constexpr std::size_t kEnough = 40'000;
constexpr std::size_t kEnoughTargets = 2'000;

/// Every stride-th event.
void thin(std::vector<std::uint32_t>& events, std::size_t stride) {
  std::size_t kept = 0;
  for (std::size_t index = 0; index < events.size(); index += stride)
    events[kept++] = events[index];
  events.resize(kept);
}

void add(std::vector<GateSide>& sides, const GateSide& side) {
  if (std::find(sides.begin(), sides.end(), side) == sides.end()) sides.push_back(side);
}

class Learner {
 public:
  Learner(const GateLesson& lesson, const SubsetModel& model, const Knowledge& knowledge)
      : lesson_(lesson),
        model_(model),
        panel_(fit_to_panel(knowledge, model.markers, model.blind)) {
    for (std::size_t axis = 0; axis < lesson.markers.size(); ++axis)
      axis_of_.emplace(lesson.markers[axis], axis);
  }

  std::vector<LearnedGate> learn() {
    std::vector<std::uint32_t> everything(lesson_.table.events);
    std::iota(everything.begin(), everything.end(), std::uint32_t{0});
    grown_.push_back({.subset = -1, .gate = -1, .events = std::move(everything)});
    learn_cells();
    for (std::size_t subset = 0; subset < model_.subsets.size(); ++subset) learn_subset(subset);
    for (const GatedCluster& cluster : lesson_.clusters) learn_cluster(cluster);
    return std::move(gates_);
  }

 private:
  /// A population that has its gate.
  struct Grown {
    int subset = -1;  ///< -1: everything, or the cells
    int gate = -1;    ///< its last rectangle
    std::vector<std::uint32_t> events;
  };
  struct Attempt {
    std::size_t start = 0;  ///< in grown_
    FoundBox box;
    double worth = -1.0;
  };

  void learn_cells() {
    const std::size_t kept = count(lesson_.is_kept);
    if (kept == lesson_.table.events) return;
    GateSearch search{.core = {}, .optional = quality_sides(), .least_gain = 0.002, .most_axes = 6};
    const FoundBox box =
        find_box(lesson_.table, grown_.front().events, lesson_.is_kept, kept, search);
    if (box.sides.empty()) return;
    keep({.start = 0, .box = box, .worth = box.f1}, kCellsGate, "Cells that were analysed", -1);
  }

  void learn_subset(std::size_t subset) {
    const ResolvedSubset& own = model_.subsets[subset];
    if (own.parent < 0) return;
    std::vector<bool> is_target(lesson_.table.events);
    std::vector<bool> is_told(lesson_.table.events, true);
    if (is_overlaid(SubsetId::at(subset), model_)) {
      look_at_profiles(subset, is_target);
    } else {
      look_at_labels(subset, is_target, is_told);
    }
    const std::size_t targets = count(is_target);
    if (targets < kFewestEvents) return;
    Attempt best;
    for (std::size_t start = grown_.size(); start-- > 0;) {
      if (!holds(grown_[start], subset) || (start == 0 && has_cells())) continue;
      const Attempt attempt =
          try_from(start, is_target, targets, search_for(subset, grown_[start].subset), &is_told);
      if (attempt.worth > best.worth) best = attempt;
      if (best.box.f1 >= kGood) break;
    }
    if (best.box.sides.empty()) return;
    keep(best, own.id, own.name, static_cast<int>(subset));
  }

  void look_at_labels(std::size_t subset, std::vector<bool>& is_target,
                      std::vector<bool>& is_told) const {
    const std::vector<LabelSays> says = labels_say(subset, model_, panel_.knowledge);
    for (std::size_t event = 0; event < is_target.size(); ++event) {
      const std::int16_t label = lesson_.label[event];
      if (label < 0) continue;
      is_target[event] = says[static_cast<std::size_t>(label)] == LabelSays::kInside;
      is_told[event] = says[static_cast<std::size_t>(label)] != LabelSays::kNothing;
    }
  }

  void look_at_profiles(std::size_t subset, std::vector<bool>& is_target) const {
    const std::vector<bool> inside =
        profiles_inside(SubsetId::at(subset), model_, lesson_.profiles);
    for (std::size_t event = 0; event < lesson_.profile.size(); ++event) {
      const std::int32_t profile = lesson_.profile[event];
      is_target[event] = profile >= 0 && inside[static_cast<std::size_t>(profile)];
    }
  }

  void learn_cluster(const GatedCluster& cluster) {
    const std::size_t targets = count(cluster.is_member);
    if (targets < kFewestEvents) return;
    std::size_t start = has_cells() ? 1 : 0;
    for (std::size_t at = 0; at < grown_.size(); ++at) {
      if (grown_[at].subset >= 0 &&
          model_.subsets[static_cast<std::size_t>(grown_[at].subset)].id == cluster.parent)
        start = at;
    }
    GateSearch search;
    for (std::size_t axis = 0; axis < lesson_.markers.size(); ++axis) {
      if (lesson_.tells_cells[axis]) continue;
      for (const bool is_upper : {false, true}) search.optional.push_back({axis, is_upper});
    }
    search.most_axes = 6;
    const Attempt attempt = try_from(start, cluster.is_member, targets, search);
    if (!attempt.box.sides.empty()) keep(attempt, cluster.id, cluster.name, -1);
  }

  Attempt try_from(std::size_t start, const std::vector<bool>& is_target, std::size_t targets,
                   const GateSearch& search, const std::vector<bool>* is_told = nullptr) const {
    std::vector<std::uint32_t> told = grown_[start].events;
    if (is_told != nullptr)
      std::erase_if(told, [&](std::uint32_t event) { return !(*is_told)[event]; });
    const std::size_t stride =
        std::max<std::size_t>(1, std::min(told.size() / kEnough, targets / kEnoughTargets));
    thin(told, stride);
    Attempt attempt{.start = start,
                    .box = find_box(lesson_.table, told, is_target, targets / stride, search),
                    .worth = 0.0};
    attempt.worth =
        attempt.box.f1 - kWorthOfRectangle * static_cast<double>(rectangles(attempt.box).size());
    return attempt;
  }

  /// What may be asked of a subset's cells within `above`: the core of all levels between; what else speaks for it,
  /// and scatter, where it helps.
  GateSearch search_for(std::size_t subset, int above) const {
    GateSearch search;
    std::vector<const KnownSubset*> levels;
    for (int at = static_cast<int>(subset); at >= 0 && at != above;
         at = model_.subsets[static_cast<std::size_t>(at)].parent) {
      levels.push_back(panel_.knowledge.find(model_.subsets[static_cast<std::size_t>(at)].id));
    }
    std::reverse(levels.begin(), levels.end());
    for (const KnownSubset* level : levels)
      if (level != nullptr) add_sides(level->core, search.core);
    if (levels.back() != nullptr) {
      add_sides(levels.back()->support, search.optional);
      add_sides(levels.back()->require_any, search.optional);
    }
    for (int at = above; at >= 0; at = model_.subsets[static_cast<std::size_t>(at)].parent) {
      const auto* known = panel_.knowledge.find(model_.subsets[static_cast<std::size_t>(at)].id);
      if (known == nullptr) continue;
      add_sides(known->core, search.optional);
      add_sides(known->support, search.optional);
    }
    for (const GateSide& side : quality_sides()) add(search.optional, side);
    search.most_axes = levels.size() > 1 ? 8 : 4;
    return search;
  }

  /// The bounds that levels ask for: what may be negative has no lower one, what may be positive no upper one.
  void add_sides(const MarkerLevels& rule, std::vector<GateSide>& sides) const {
    for (const auto& [marker, levels] : rule) {
      const auto axis = axis_of_.find(marker);
      if (axis == axis_of_.end()) continue;
      const auto has = [&allowed = levels](Level level) {
        return std::find(allowed.begin(), allowed.end(), level) != allowed.end();
      };
      if (!has(Level::kNeg)) add(sides, {axis->second, false});
      if (!has(Level::kPos) && !has(Level::kHigh)) add(sides, {axis->second, true});
    }
  }

  std::vector<GateSide> quality_sides() const {
    std::vector<GateSide> sides;
    for (std::size_t axis = 0; axis < lesson_.tells_cells.size(); ++axis) {
      if (!lesson_.tells_cells[axis]) continue;
      for (const bool is_upper : {false, true}) sides.push_back({axis, is_upper});
    }
    return sides;
  }

  /// The population holds the subset by the knowledge: it is everything, the cells, or a subset above.
  bool holds(const Grown& grown, std::size_t subset) const {
    if (grown.subset < 0) return grown.gate < 0 || grown.gate == cells_gate_;
    for (int at = model_.subsets[subset].parent; at >= 0;
         at = model_.subsets[static_cast<std::size_t>(at)].parent) {
      if (at == grown.subset) return true;
    }
    return false;
  }

  bool has_cells() const { return cells_gate_ >= 0; }

  static std::size_t count(const std::vector<bool>& flags) {
    return static_cast<std::size_t>(std::count(flags.begin(), flags.end(), true));
  }

  /// Two axes a rectangle, in the order in which they were asked for.
  static std::vector<std::vector<PlacedSide>> rectangles(const FoundBox& box) {
    std::vector<std::size_t> axes;
    for (const PlacedSide& placed : box.sides) {
      if (std::find(axes.begin(), axes.end(), placed.side.axis) == axes.end())
        axes.push_back(placed.side.axis);
    }
    std::vector<std::vector<PlacedSide>> result((axes.size() + 1) / 2);
    for (std::size_t index = 0; index < axes.size(); ++index) {
      for (const PlacedSide& placed : box.sides) {
        if (placed.side.axis == axes[index]) result[index / 2].push_back(placed);
      }
    }
    return result;
  }

  void keep(const Attempt& attempt, const std::string& id, const std::string& name, int subset) {
    const auto boxes = rectangles(attempt.box);
    int parent = grown_[attempt.start].gate;
    for (std::size_t index = 0; index < boxes.size(); ++index) {
      LearnedGate gate;
      gate.is_last = index + 1 == boxes.size();
      gate.id = gate.is_last ? id : id + "." + std::to_string(index + 1);
      gate.subset = id;
      gate.name = name;
      gate.parent = parent;
      gate.sides = boxes[index];
      parent = static_cast<int>(gates_.size());
      gates_.push_back(std::move(gate));
    }
    if (id == kCellsGate) cells_gate_ = parent;
    grown_.push_back(
        {.subset = subset,
         .gate = parent,
         .events = inside_box(lesson_.table, grown_[attempt.start].events, attempt.box.sides)});
  }

  const GateLesson& lesson_;
  const SubsetModel& model_;
  PanelSubsets panel_;
  std::map<std::string, std::size_t> axis_of_;  ///< marker -> axis
  std::vector<LearnedGate> gates_;
  std::vector<Grown> grown_;  ///< parents before children; the first is everything
  int cells_gate_ = -1;
};

}  // namespace

std::vector<LabelSays> labels_say(std::size_t of_subset, const SubsetModel& model,
                                  const Knowledge& knowledge) {
  const auto path_to = [&](std::size_t subset) {  // from the root down
    std::vector<std::size_t> path;
    for (int at = static_cast<int>(subset); at >= 0;
         at = model.subsets[static_cast<std::size_t>(at)].parent)
      path.insert(path.begin(), static_cast<std::size_t>(at));
    return path;
  };
  const auto partition = [&](std::size_t subset) {
    const KnownSubset* known = knowledge.find(model.subsets[subset].id);
    return known == nullptr ? std::string{} : known->partition;
  };
  const std::vector<std::size_t> own = path_to(of_subset);
  std::vector<LabelSays> says(model.subsets.size(), LabelSays::kOutside);
  for (std::size_t label = 0; label < says.size(); ++label) {
    const std::vector<std::size_t> other = path_to(label);
    const auto [mine, theirs] = std::mismatch(own.begin(), own.end(), other.begin(), other.end());
    if (mine == own.end()) {
      says[label] = LabelSays::kInside;
    } else if (theirs != other.end() && partition(*mine) != partition(*theirs)) {
      says[label] = LabelSays::kNothing;
    }
  }
  return says;
}

std::vector<LearnedGate> learn_gates(const GateLesson& lesson, const SubsetModel& model,
                                     const Knowledge& knowledge) {
  return Learner(lesson, model, knowledge).learn();
}

}  // namespace gateless::annotate
