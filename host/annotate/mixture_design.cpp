#include "host/annotate/mixture_design.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "host/annotate/class_design.hpp"
#include "host/annotate/class_rules.hpp"
#include "host/annotate/corner_design.hpp"
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
    std::vector<ClassRules> rules;
    std::int16_t rest = -1;
    bool has_true_core = false;
    bool are_coarse = true;  // stand in for finer ones, which other panels tell
    for (const KnownSubset& child : known()) {
      if (child.parent != parent.id || child.is_overlay || child.partition != partition ||
          !subsets_.has_subset(child.id))
        continue;
      if (child.is_rest) rest = index_of(child.id);
      are_coarse = are_coarse && !child.unless.empty();
      has_true_core = has_true_core || subsets_.stand_ins.count(child.id) == 0;
      const std::vector<ClassRules> own =
          rules_of(child, parent.parent.empty(), child.is_corner && may_be_corner, subsets_);
      rules.insert(rules.end(), own.begin(), own.end());
    }
    MixtureDesign mixture;
    mixture.parent = index_of(parent.id);
    mixture.partition = partition;
    const std::optional<Corner> corner = take_corner(rules, subsets_);
    fill(mixture, rules, {});
    if (corner) place_corner(mixture, *corner);
    mixture.is_lineage = parent.parent.empty();
    for (MarkerDesign& marker : mixture.markers) marker.is_of_lineage = mixture.is_lineage;
    mixture.is_quadrants = !mixture.is_lineage && are_quadrants(mixture);
    if (mixture.is_quadrants) {
      draw_borders(mixture);
      for (std::size_t m = 0; m < mixture.markers.size(); ++m)
        mixture.markers[m].must_stand_out = must_stand_out(mixture, m, parent);
      mixture.markers.front().must_be_shown = are_coarse && mixture.markers.size() == 1;
    }
    // The rest of its parent, where the siblings cannot be told: it stands for the parent.
    const bool has_core =
        corner || std::any_of(rules.begin(), rules.end(), [&](const ClassRules& rule) {
          return asks_for_any(rule.core, subsets_);
        });
    if (rules.size() == 1 && !has_core) {
      mixture.markers.clear();
      mixture.classes.front().rules.clear();
    }
    // Positive and negative cells of another marker are told as well as those of the one that it stands for.
    const bool are_plain =
        std::all_of(mixture.markers.begin(), mixture.markers.end(),
                    [](const MarkerDesign& marker) { return marker.has_border; });
    // A corner lies beyond its parent's one mode.
    mixture.needs_modes = !has_true_core && !mixture.is_lineage && !are_plain && !corner;
    add_uncovered(mixture, rest);
    return mixture;
  }

  /// Straight borders, of core markers alone. Where negative and dim cells are one level, positive ones begin wherever
  /// the siblings say (CD25+ and CD127- regulatory cells), not at the edge of the negative ones.
  static void draw_borders(MixtureDesign& mixture) {
    drop_support(mixture);
    for (MarkerDesign& marker : mixture.markers) marker.has_border = marker.levels.front() == "-";
  }

  void place_corner(MixtureDesign& mixture, const Corner& corner) {
    add_corner(mixture, corner, rows_ + corners_.size());
    corners_.push_back(axis_of(corner, subsets_));
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
    std::vector<ClassRules> rules{
        {.subset = index_of(subset.id), .core = subset.core, .support = subset.support}};
    const std::optional<Corner> corner = take_corner(rules, subsets_);
    fill(mixture, rules, rules.front().core);
    if (corner) place_corner(mixture, *corner);
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
  void fill(MixtureDesign& mixture, const std::vector<ClassRules>& rules,
            const MarkerLevels& complemented) {
    std::set<std::string> names;
    for (const ClassRules& rule : rules) {
      for (const auto* map : {&rule.core, &rule.support}) {
        for (const auto& entry : *map) {
          if (subsets_.has_marker(entry.first)) names.insert(entry.first);
        }
      }
      mixture.classes.push_back({rule.subset, {}, rule.is_further});
    }
    for (const std::string& name : names) {
      add_marker(mixture, row_of(name), rules, complemented.count(name) != 0,
                 [&](const MarkerLevels& map) { return levels_asked(map, name); });
    }
    for (const PanelChannel& dump : dumps_) {
      add_marker(mixture, row_of(dump.marker), rules, false,
                 [&](const MarkerLevels& map) { return levels_asked_of_dump(map, dump.dump); });
    }
  }

  template <class Find>
  void add_marker(MixtureDesign& mixture, std::size_t row, const std::vector<ClassRules>& rules,
                  bool complemented, Find find) {
    unsigned set_apart = 0;
    for (const ClassRules& rule : rules) {
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
    marker.is_graded = is_graded(row);
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
