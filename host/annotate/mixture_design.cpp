#include "host/annotate/mixture_design.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "host/annotate/class_design.hpp"
#include "host/annotate/level_design.hpp"
#include "host/annotate/panel_subsets.hpp"

namespace gateless::annotate {
namespace {

class Designer {
 public:
  Designer(PanelSubsets subsets, const Panel& panel, std::size_t rows)
      : subsets_(std::move(subsets)), rows_(rows) {
    for (const PanelChannel& channel : panel.channels) {
      if (!subsets_.has_marker(channel.marker)) continue;
      if (channel.role == ChannelRole::kSide) scatter_row_ = row_of(channel.marker);
      if (channel.dump.size() > 1) dumps_.push_back(channel);
    }
  }

  AnnotationDesign run() {
    for (const KnownSubset& parent : known()) {
      if (subsets_.has_subset(parent.id)) add_mixtures(parent);
    }
    return {std::move(corners_), std::move(subsets_.resolved), std::move(subsets_.unresolved),
            std::move(mixtures_)};
  }

 private:
  [[nodiscard]] const std::vector<KnownSubset>& known() const { return subsets_.knowledge.subsets; }
  [[nodiscard]] std::size_t row_of(const std::string& marker) const {
    return subsets_.row_of.at(marker);
  }
  [[nodiscard]] std::int16_t index_of(const std::string& id) const {
    return subsets_.index_of.at(id);
  }

  /// Each marker of the rule is in the panel.
  [[nodiscard]] bool names_all(const MarkerLevels& rule) const {
    return std::all_of(rule.begin(), rule.end(),
                       [&](const auto& entry) { return subsets_.has_marker(entry.first); });
  }

  [[nodiscard]] bool asks_for_any(const MarkerLevels& rule) const {
    return std::any_of(rule.begin(), rule.end(),
                       [&](const auto& entry) { return subsets_.has_marker(entry.first); });
  }

  void add_mixtures(const KnownSubset& parent) {
    std::vector<std::string> partitions;
    for (const KnownSubset& child : known()) {
      if (child.parent != parent.id || !subsets_.has_subset(child.id)) continue;
      if (child.is_overlay) {
        add_overlay(child);
      } else if (std::find(partitions.begin(), partitions.end(), child.partition) ==
                 partitions.end()) {
        partitions.push_back(child.partition);
        add_partition(parent, child.partition);
      }
    }
  }

  struct Rules {
    std::int16_t subset;
    MarkerLevels core, support;
    bool is_further = false;
    bool is_corner = false;  ///< its core is the corner of its parent
  };

  /// The classes of one subset: by its core, part by part where it is divided, and by its further rules.
  [[nodiscard]] std::vector<Rules> rules_of(const KnownSubset& subset, bool is_lineage,
                                            bool is_corner) const {
    MarkerLevels support = subset.support;
    for (const auto& [marker, levels] : subset.require_any) support.emplace(marker, levels);
    std::vector<Rules> rules =
        is_lineage || is_corner ? std::vector<Rules>{} : parts_of(subset, support);
    if (rules.empty())
      rules.push_back({index_of(subset.id), subset.core, support, false, is_corner});
    for (const std::vector<MarkerLevels>& others : subset.also) {
      const auto other = std::find_if(others.begin(), others.end(),
                                      [&](const MarkerLevels& one) { return names_all(one); });
      if (other == others.end()) continue;
      MarkerLevels with = support;
      for (const auto& entry : *other) with.erase(entry.first);
      rules.push_back({index_of(subset.id), *other, with, true});
    }
    return rules;
  }

  void add_partition(const KnownSubset& parent, const std::string& partition) {
    MixtureDesign mixture = partition_of(parent, partition, true);
    const bool is_opposed =
        std::any_of(mixture.markers.begin(), mixture.markers.end(),
                    [](const MarkerDesign& marker) { return marker.is_opposed; });
    if (is_opposed) mixture.otherwise.push_back(partition_of(parent, partition, false));
    mixtures_.push_back(std::move(mixture));
  }

  MixtureDesign partition_of(const KnownSubset& parent, const std::string& partition,
                             bool may_be_corner) {
    std::vector<Rules> rules;
    std::int16_t rest = -1;
    bool has_true_core = false;
    for (const KnownSubset& child : known()) {
      if (child.parent != parent.id || child.is_overlay || child.partition != partition ||
          !subsets_.has_subset(child.id))
        continue;
      if (child.is_rest) rest = index_of(child.id);
      has_true_core = has_true_core || subsets_.stand_ins.count(child.id) == 0;
      const std::vector<Rules> own =
          rules_of(child, parent.parent.empty(), child.is_corner && may_be_corner);
      rules.insert(rules.end(), own.begin(), own.end());
    }
    MixtureDesign mixture;
    mixture.parent = index_of(parent.id);
    mixture.partition = partition;
    const std::optional<Corner> corner = take_corner(rules);
    fill(mixture, rules, {});
    if (corner) add_corner(mixture, *corner);
    mixture.is_lineage = parent.parent.empty();
    for (MarkerDesign& marker : mixture.markers) marker.is_of_lineage = mixture.is_lineage;
    mixture.is_quadrants = !mixture.is_lineage && are_quadrants(mixture);
    if (mixture.is_quadrants) {
      draw_borders(mixture);
      for (std::size_t m = 0; m < mixture.markers.size(); ++m)
        mixture.markers[m].must_stand_out = must_stand_out(mixture, m, parent);
    }
    // The rest of its parent, where the siblings cannot be told: it stands for the parent.
    const bool has_core = corner || std::any_of(rules.begin(), rules.end(), [&](const Rules& rule) {
                            return asks_for_any(rule.core);
                          });
    if (rules.size() == 1 && !has_core) {
      mixture.markers.clear();
      mixture.classes.front().rules.clear();
    }
    // Positive and negative cells of another marker are told as well as those of the one that it stands for.
    const bool are_plain =
        std::all_of(mixture.markers.begin(), mixture.markers.end(),
                    [](const MarkerDesign& marker) { return marker.has_border; });
    mixture.needs_modes = !has_true_core && !mixture.is_lineage && !are_plain;
    add_uncovered(mixture, rest);
    return mixture;
  }

  /// Straight borders, of core markers alone. Where negative and dim cells are one level, positive ones begin wherever
  /// the siblings say (CD25+ and CD127- regulatory cells), not at the edge of the negative ones.
  static void draw_borders(MixtureDesign& mixture) {
    drop_support(mixture);
    for (MarkerDesign& marker : mixture.markers) marker.has_border = marker.levels.front() == "-";
  }

  /// A subset that is itself divided is a class for each of its parts: transitional and activated naive B cells
  /// differ in more than what they share, and together make a poor single class. None where it is not divided,
  /// or in more than one way.
  std::vector<Rules> parts_of(const KnownSubset& subset, const MarkerLevels& support) const {
    std::vector<Rules> parts;
    std::set<std::string> partitions;
    for (const KnownSubset& part : known()) {
      if (part.parent != subset.id || part.is_overlay || !subsets_.has_subset(part.id)) continue;
      if (!asks_for_any(part.core)) continue;  // it stands for its parent
      partitions.insert(part.partition);
      MarkerLevels levels = part.core;
      levels.insert(part.support.begin(), part.support.end());
      levels.insert(support.begin(), support.end());
      for (const auto& entry : subset.core) levels.erase(entry.first);
      parts.push_back({index_of(subset.id), subset.core, levels});
    }
    if (partitions.size() != 1 || parts.size() < 2) return {};
    parts.push_back(
        {index_of(subset.id), subset.core, support});  // what none of its parts describes
    return parts;
  }

  /// Two markers of which some siblings ask for the brightest cells, and which siblings these are.
  struct Corner {
    std::string x, y;
    std::vector<bool> is_asked;                 ///< [rules]
    bool is_x_down = false, is_y_down = false;  ///< little of it is asked for
  };

  static bool asks_high(const MarkerLevels& core, const std::string& marker) {
    const auto found = core.find(marker);
    return found != core.end() && found->second == std::vector<Level>{Level::kHigh};
  }

  /// A rule that is a corner by itself: what it and its siblings ask of the two markers gives way to it, and what only
  /// supports them, too.
  std::optional<Corner> take_named_corner(std::vector<Rules>& rules) const {
    const auto named = std::find_if(rules.begin(), rules.end(), [&](const Rules& rule) {
      return rule.is_corner && rule.core.size() == 2 && names_all(rule.core);
    });
    if (named == rules.end()) return std::nullopt;
    const auto is_down = [](const auto& entry) {
      return (allowed_tiers(entry.second, kHighTier) & kNegTier) != 0;
    };
    const auto &x = *named->core.begin(), &y = *named->core.rbegin();
    Corner corner{x.first, y.first, {}, is_down(x), is_down(y)};
    const std::int16_t asked = named->subset;
    std::vector<Rules> kept;  // parts of a sibling become alike
    for (Rules& rule : rules) {
      rule.core.erase(corner.x);
      rule.core.erase(corner.y);
      rule.support.clear();
      const bool is_there = std::any_of(kept.begin(), kept.end(), [&](const Rules& other) {
        return other.subset == rule.subset && other.core == rule.core;
      });
      if (is_there) continue;
      corner.is_asked.push_back(rule.subset == asked);
      kept.push_back(rule);
    }
    rules = std::move(kept);
    return corner;
  }

  /// Takes the two markers out of the rules that ask for the brightest cells of both: the corner takes their place.
  std::optional<Corner> take_corner(std::vector<Rules>& rules) const {
    if (std::optional<Corner> named = take_named_corner(rules)) return named;
    Corner corner;
    for (const Rules& rule : rules) {
      std::vector<std::string> bright;
      for (const auto& entry : rule.core) {
        if (asks_high(rule.core, entry.first) && subsets_.has_marker(entry.first))
          bright.push_back(entry.first);
      }
      if (bright.size() != 2) continue;
      corner.x = bright[0];
      corner.y = bright[1];
      break;
    }
    if (corner.x.empty()) return std::nullopt;
    for (Rules& rule : rules) {
      corner.is_asked.push_back(asks_high(rule.core, corner.x) && asks_high(rule.core, corner.y));
      if (!corner.is_asked.back()) continue;
      rule.core.erase(corner.x);
      rule.core.erase(corner.y);
    }
    return corner;
  }

  void add_corner(MixtureDesign& mixture, const Corner& corner) {
    MarkerDesign marker;
    marker.marker = rows_ + corners_.size();
    marker.levels = {"-/+", "high"};
    marker.highest_is_bright = marker.is_corner = true;
    marker.is_opposed = corner.is_x_down != corner.is_y_down;
    marker.lowest_is_negative = false;
    mixture.markers.push_back(marker);
    for (std::size_t c = 0; c < mixture.classes.size(); ++c)
      mixture.classes[c].rules.push_back({static_cast<LevelSet>(corner.is_asked[c] ? 2 : 1), true});
    CornerAxis axis;
    axis.x = row_of(corner.x);
    axis.y = row_of(corner.y);
    if (corner.is_x_down) axis.x_sd = -1.0;
    if (corner.is_y_down) axis.y_sd = -1.0;
    corners_.push_back(axis);
  }

  /// The subset below the root that holds `subset`, or is it.
  [[nodiscard]] const KnownSubset& lineage_of(const KnownSubset& subset) const {
    const KnownSubset* at = &subset;
    for (const KnownSubset* up = subsets_.knowledge.find(at->parent);
         up != nullptr && !up->parent.empty(); up = subsets_.knowledge.find(at->parent))
      at = up;
    return *at;
  }

  /// Whether every sibling asks for a marker that no other lineage has: all other cells show what is negative.
  [[nodiscard]] bool must_stand_out(const MixtureDesign& mixture, std::size_t m,
                                    const KnownSubset& parent) const {
    for (const ClassDesign& one : mixture.classes) {
      if (!one.rules[m].is_core) return false;
    }
    const std::string& lineage = lineage_of(parent).id;
    const std::vector<KnownMarker>& markers = subsets_.knowledge.markers;
    return std::any_of(markers.begin(), markers.end(), [&](const KnownMarker& marker) {
      return marker.only == lineage && subsets_.has_marker(marker.name) &&
             row_of(marker.name) == mixture.markers[m].marker;
    });
  }

  /// The overlay against everything else, which is cut into classes that miss one core rule each.
  void add_overlay(const KnownSubset& subset) {
    MixtureDesign mixture;
    mixture.parent = index_of(subset.parent);
    mixture.partition = subset.id;
    std::vector<Rules> rules{{index_of(subset.id), subset.core, subset.support}};
    const std::optional<Corner> corner = take_corner(rules);
    fill(mixture, rules, rules.front().core);
    if (corner) add_corner(mixture, *corner);
    for (MarkerDesign& marker : mixture.markers) marker.is_of_overlay = true;
    if (mixture.markers.empty()) return;
    const ClassDesign overlay = mixture.classes.front();
    ClassDesign rest;
    for (const MarkerDesign& marker : mixture.markers)
      rest.rules.push_back({all_levels(marker), false});
    for (std::size_t m = 0; m < mixture.markers.size(); ++m) {
      if (!overlay.rules[m].is_core) continue;
      ClassDesign missing = rest;
      missing.rules[m] = {static_cast<LevelSet>(all_levels(mixture.markers[m]) &
                                                ~unsigned{overlay.rules[m].allowed}),
                          true};
      mixture.classes.push_back(missing);
      rest.rules[m] = overlay.rules[m];
    }
    mixture.is_quadrants = are_quadrants(mixture);
    if (mixture.is_quadrants) draw_borders(mixture);
    mixtures_.push_back(std::move(mixture));
  }

  /// `complemented`: markers whose other levels are needed too, although no sibling names them.
  void fill(MixtureDesign& mixture, const std::vector<Rules>& rules,
            const MarkerLevels& complemented) {
    std::set<std::string> names;
    for (const Rules& rule : rules) {
      for (const auto* map : {&rule.core, &rule.support}) {
        for (const auto& entry : *map) {
          if (subsets_.has_marker(entry.first)) names.insert(entry.first);
        }
      }
      mixture.classes.push_back({rule.subset, {}, rule.is_further});
    }
    for (const std::string& name : names) {
      add_marker(mixture, row_of(name), rules, complemented.count(name) != 0,
                 [&](const MarkerLevels& map) { return lookup(map, name); });
    }
    for (const PanelChannel& dump : dumps_) {
      add_marker(mixture, row_of(dump.marker), rules, false,
                 [&](const MarkerLevels& map) { return dump_levels(map, dump.dump); });
    }
  }

  static std::optional<std::vector<Level>> lookup(const MarkerLevels& map,
                                                  const std::string& name) {
    const auto found = map.find(name);
    if (found == map.end()) return std::nullopt;
    return found->second;
  }

  /// A dump channel is negative where all its markers are, and positive where one of them is.
  static std::optional<std::vector<Level>> dump_levels(const MarkerLevels& map,
                                                       const std::vector<std::string>& markers) {
    std::size_t negatives = 0;
    for (const std::string& marker : markers) {
      const auto found = map.find(marker);
      if (found == map.end()) continue;
      if ((allowed_tiers(found->second, 0) & kNegTier) == 0) return std::vector<Level>{Level::kPos};
      if (found->second == std::vector<Level>{Level::kNeg}) ++negatives;
    }
    if (negatives == 0) return std::nullopt;
    return std::vector<Level>{Level::kNeg};
  }

  template <class Find>
  void add_marker(MixtureDesign& mixture, std::size_t row, const std::vector<Rules>& rules,
                  bool complemented, Find find) {
    unsigned set_apart = 0;
    for (const Rules& rule : rules) {
      for (const auto* map : {&rule.core, &rule.support}) {
        if (const auto levels = find(*map)) set_apart |= distinguished_tiers(*levels);
      }
    }
    std::vector<TierSet> tiers(rules.size(), 0);  // 0: no rule
    std::vector<bool> is_core(rules.size(), false);
    for (std::size_t c = 0; c < rules.size(); ++c) {
      auto levels = find(rules[c].core);
      is_core[c] = levels.has_value();
      if (!levels) levels = find(rules[c].support);
      if (levels) tiers[c] = allowed_tiers(*levels, static_cast<TierSet>(set_apart));
    }
    const bool has_dim = is_graded(row) && (set_apart & kLowTier) != 0;
    const std::vector<TierSet> atoms = set_apart_levels({tiers, complemented, has_dim});
    if (atoms.size() < 2) {
      return;  // nothing to tell apart
    }
    MarkerDesign marker;
    marker.marker = row;
    for (const TierSet atom : atoms) marker.levels.push_back(level_text(atom));
    marker.lowest_is_negative = (atoms.front() & kNegTier) != 0;
    marker.is_scatter = row == scatter_row_;
    marker.has_dim = has_dim && atoms.size() > 2 && marker.lowest_is_negative;
    marker.highest_is_bright = atoms.back() == kHighTier && !marker.is_scatter;
    mixture.markers.push_back(marker);
    for (std::size_t c = 0; c < rules.size(); ++c) {
      unsigned allowed = 0;
      for (std::size_t l = 0; l < atoms.size(); ++l) {
        if (tiers[c] == 0 || (tiers[c] & atoms[l]) != 0) allowed |= 1U << l;
      }
      mixture.classes[c].rules.push_back({static_cast<LevelSet>(allowed), is_core[c]});
    }
  }

  [[nodiscard]] bool is_graded(std::size_t row) const {
    return std::any_of(subsets_.knowledge.markers.begin(), subsets_.knowledge.markers.end(),
                       [&](const KnownMarker& marker) {
                         return marker.is_graded && subsets_.has_marker(marker.name) &&
                                row_of(marker.name) == row;
                       });
  }

  PanelSubsets subsets_;
  std::size_t rows_;  ///< of the events
  std::vector<PanelChannel> dumps_;
  std::optional<std::size_t> scatter_row_;
  std::vector<CornerAxis> corners_;
  std::vector<MixtureDesign> mixtures_;
};

}  // namespace

AnnotationDesign design_annotation(const Knowledge& knowledge,
                                   const std::vector<std::string>& markers, const Panel& panel,
                                   std::vector<BlindMarker> blind) {
  return Designer(fit_to_panel(knowledge, markers, std::move(blind)), panel, markers.size()).run();
}

}  // namespace gateless::annotate
