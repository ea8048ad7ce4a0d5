#include "host/annotate/mixture_design.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <set>

#include "host/core/level_tiers.hpp"

namespace gateless {
namespace {

/// A rule that keeps out one end only (not high, not neg) is no loss when its marker is missing: the subset is
/// then slightly too wide, where without it all its children would be lost.
bool is_mild_exclusion(const std::vector<Level>& levels) {
  return std::popcount(allowed_tiers(levels, kHighTier)) == 3 &&
         (allowed_tiers(levels, kHighTier) & kNegTier) != 0;
}

class Designer {
 public:
  Designer(const Knowledge& knowledge, const std::vector<std::string>& markers, const Panel& panel)
      : knowledge_(knowledge) {
    for (std::size_t row = 0; row < markers.size(); ++row) row_of_[markers[row]] = row;
    for (KnownSubset& subset : knowledge_.subsets) take_rule_that_fits(subset);
    for (const PanelChannel& channel : panel.channels) {
      if (channel.role == ChannelRole::kSide && row_of_.count(channel.marker) != 0)
        scatter_row_ = row_of_.at(channel.marker);
      if (channel.dump.size() > 1 && row_of_.count(channel.marker) != 0) dumps_.push_back(channel);
    }
  }

  AnnotationDesign run() {
    for (const KnownSubset& subset : knowledge_.subsets) resolve(subset);
    for (const KnownSubset& parent : knowledge_.subsets) {
      if (index_of_.count(parent.id) != 0) add_mixtures(parent);
    }
    return std::move(design_);
  }

 private:
  [[nodiscard]] bool has_all(const MarkerLevels& rule) const {
    return std::all_of(rule.begin(), rule.end(), [&](const auto& entry) {
      return row_of_.count(entry.first) != 0 || is_mild_exclusion(entry.second);
    });
  }

  /// Each marker of the rule is in the panel.
  [[nodiscard]] bool names_all(const MarkerLevels& rule) const {
    return std::all_of(rule.begin(), rule.end(),
                       [&](const auto& entry) { return row_of_.count(entry.first) != 0; });
  }

  /// Where the panel lacks a core marker, the first of the other rules that it can follow takes the core's place.
  void take_rule_that_fits(KnownSubset& subset) const {
    if (has_all(subset.core)) return;
    const auto rule = std::find_if(subset.instead.begin(), subset.instead.end(),
                                   [&](const MarkerLevels& other) { return has_all(other); });
    if (rule != subset.instead.end()) subset.core = *rule;
  }

  void resolve(const KnownSubset& subset) {
    const auto fail = [&](const std::string& reason) {
      design_.unresolved.push_back({subset.id, subset.name, reason});
    };
    if (!subset.parent.empty() && index_of_.count(subset.parent) == 0) {
      const KnownSubset* parent = knowledge_.find(subset.parent);
      return fail((parent != nullptr ? parent->name : subset.parent) + " cannot be told");
    }
    const auto is_there = [&](const std::string& marker) { return row_of_.count(marker) != 0; };
    if (!subset.needs.empty() && std::none_of(subset.needs.begin(), subset.needs.end(), is_there)) {
      return fail(fmt::format("{} {} not in the panel", fmt::join(subset.needs, ", "),
                              subset.needs.size() > 1 ? "are" : "is"));
    }
    const auto other = std::find_if(subset.unless.begin(), subset.unless.end(), is_there);
    if (other != subset.unless.end())
      return fail(*other + " is in the panel and tells finer subsets in its place");
    // Of the root nothing is asked: cleaning has left the events that count.
    if (!subset.parent.empty()) {
      std::string missing;
      bool several = false;
      for (const auto& [marker, levels] : subset.core) {
        if (row_of_.count(marker) != 0 || is_mild_exclusion(levels)) continue;
        several = !missing.empty();
        missing += (several ? ", " : "") + marker;
      }
      if (!missing.empty()) return fail(missing + (several ? " are" : " is") + " not in the panel");
      const bool any =
          subset.require_any_count == 0 ||
          std::any_of(subset.require_any.begin(), subset.require_any.end(),
                      [&](const auto& rule) { return row_of_.count(rule.first) != 0; });
      if (!any) return fail("none of the markers that would confirm it is in the panel");
    }
    index_of_[subset.id] = static_cast<std::int16_t>(design_.subsets.size());
    const std::int16_t parent =
        subset.parent.empty() ? std::int16_t{-1} : index_of_.at(subset.parent);
    design_.subsets.push_back({subset.id, subset.name, parent, subset.is_overlay, 0.0});
  }

  void add_mixtures(const KnownSubset& parent) {
    std::vector<std::string> partitions;
    for (const KnownSubset& child : knowledge_.subsets) {
      if (child.parent != parent.id || index_of_.count(child.id) == 0) continue;
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
  };

  void add_partition(const KnownSubset& parent, const std::string& partition) {
    std::vector<Rules> rules;
    std::int16_t rest = -1;
    for (const KnownSubset& child : knowledge_.subsets) {
      if (child.parent != parent.id || child.is_overlay || child.partition != partition) continue;
      const auto found = index_of_.find(child.id);
      if (found == index_of_.end()) continue;
      if (child.is_rest) rest = found->second;
      MarkerLevels support = child.support;
      for (const auto& [marker, levels] : child.require_any) support.emplace(marker, levels);
      const std::vector<Rules> parts =
          parent.parent.empty() ? std::vector<Rules>{} : parts_of(child, support);
      if (parts.empty()) {
        rules.push_back({found->second, child.core, support});
      } else {
        rules.insert(rules.end(), parts.begin(), parts.end());
      }
      for (const std::vector<MarkerLevels>& others : child.also) {
        const auto other = std::find_if(others.begin(), others.end(),
                                        [&](const MarkerLevels& one) { return names_all(one); });
        if (other == others.end()) continue;
        MarkerLevels with = support;
        for (const auto& entry : *other) with.erase(entry.first);
        rules.push_back({found->second, *other, with, true});
      }
    }
    MixtureDesign mixture;
    mixture.parent = index_of_.at(parent.id);
    mixture.partition = partition;
    fill(mixture, rules, {});
    // The rest of its parent, where the siblings cannot be told: it stands for the parent.
    const bool has_core = std::any_of(rules.begin(), rules.end(), [&](const Rules& rule) {
      return std::any_of(rule.core.begin(), rule.core.end(),
                         [&](const auto& entry) { return row_of_.count(entry.first) != 0; });
    });
    if (rules.size() == 1 && !has_core) {
      mixture.markers.clear();
      mixture.classes.front().rules.clear();
    }
    add_uncovered(mixture, rest);
    design_.mixtures.push_back(std::move(mixture));
  }

  /// A subset that is itself divided is a class for each of its parts: transitional and activated naive B cells
  /// differ in more than what they share, and together make a poor single class. None where it is not divided,
  /// or in more than one way.
  std::vector<Rules> parts_of(const KnownSubset& subset, const MarkerLevels& support) const {
    std::vector<Rules> parts;
    std::set<std::string> partitions;
    for (const KnownSubset& part : knowledge_.subsets) {
      if (part.parent != subset.id || part.is_overlay || index_of_.count(part.id) == 0) continue;
      partitions.insert(part.partition);
      MarkerLevels levels = part.core;
      levels.insert(part.support.begin(), part.support.end());
      levels.insert(support.begin(), support.end());
      for (const auto& entry : subset.core) levels.erase(entry.first);
      parts.push_back({index_of_.at(subset.id), subset.core, levels});
    }
    if (partitions.size() != 1 || parts.size() < 2) return {};
    parts.push_back(
        {index_of_.at(subset.id), subset.core, support});  // what none of its parts describes
    return parts;
  }

  /// Classes for the combinations of core levels that no rule describes, for the subset that takes the rest;
  /// one broad class where they are many.
  static void add_uncovered(MixtureDesign& mixture, std::int16_t rest_subset) {
    std::vector<std::size_t> core;  // markers with a core rule
    std::size_t combinations = 1;
    for (std::size_t m = 0; m < mixture.markers.size(); ++m) {
      const bool is_core = std::any_of(
          mixture.classes.begin(), mixture.classes.end(),
          [m](const ClassDesign& one) { return one.rules[m].is_core && !one.is_further; });
      if (!is_core) continue;
      core.push_back(m);
      combinations *= mixture.markers[m].levels.size();
    }
    if (core.empty()) return;
    std::vector<ClassDesign> uncovered;
    for (std::size_t combination = 0; combination < combinations; ++combination) {
      ClassDesign one{rest_subset, {}};
      for (const MarkerDesign& marker : mixture.markers)
        one.rules.push_back({all_levels(marker), false});
      std::size_t rest = combination;
      for (const std::size_t m : core) {
        const std::size_t levels = mixture.markers[m].levels.size();
        one.rules[m] = {static_cast<LevelSet>(1U << (rest % levels)), true};
        rest /= levels;
      }
      const bool is_covered = std::any_of(
          mixture.classes.begin(), mixture.classes.end(), [&](const ClassDesign& other) {
            // A further rule that asks for another marker covers a part of the combination only.
            for (std::size_t m = 0; m < other.rules.size(); ++m) {
              if (other.rules[m].is_core && std::find(core.begin(), core.end(), m) == core.end())
                return false;
            }
            return std::all_of(core.begin(), core.end(), [&](std::size_t m) {
              return !other.rules[m].is_core ||
                     (other.rules[m].allowed & one.rules[m].allowed) != 0;
            });
          });
      if (!is_covered) uncovered.push_back(one);
    }
    constexpr std::size_t kMostClasses = 8;
    mixture.has_other = uncovered.size() > kMostClasses;
    if (!mixture.has_other) {
      mixture.classes.insert(mixture.classes.end(), uncovered.begin(), uncovered.end());
    }
  }

  /// The overlay against everything else, which is cut into classes that miss one core rule each.
  void add_overlay(const KnownSubset& subset) {
    MixtureDesign mixture;
    mixture.parent = index_of_.at(subset.parent);
    mixture.partition = subset.id;
    fill(mixture, {{index_of_.at(subset.id), subset.core, subset.support}}, subset.core);
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
    design_.mixtures.push_back(std::move(mixture));
  }

  static LevelSet all_levels(const MarkerDesign& marker) {
    return static_cast<LevelSet>((1U << marker.levels.size()) - 1U);
  }

  /// `complemented`: markers whose other levels are needed too, although no sibling names them.
  void fill(MixtureDesign& mixture, const std::vector<Rules>& rules,
            const MarkerLevels& complemented) {
    std::set<std::string> names;
    for (const Rules& rule : rules) {
      for (const auto* map : {&rule.core, &rule.support}) {
        for (const auto& entry : *map) {
          if (row_of_.count(entry.first) != 0) names.insert(entry.first);
        }
      }
      mixture.classes.push_back({rule.subset, {}, rule.is_further});
    }
    for (const std::string& name : names) {
      add_marker(mixture, row_of_.at(name), rules, complemented.count(name) != 0,
                 [&](const MarkerLevels& map) { return lookup(map, name); });
    }
    for (const PanelChannel& dump : dumps_) {
      add_marker(mixture, row_of_.at(dump.marker), rules, false,
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
    const std::vector<TierSet> atoms = atoms_of(tiers, complemented, has_dim);
    if (atoms.size() < 2) {
      return;  // nothing to tell apart
    }
    MarkerDesign marker;
    marker.marker = row;
    for (const TierSet atom : atoms) marker.levels.push_back(text_of(atom));
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

  /// Neighbouring tiers that every rule treats alike are one level; tiers that no rule allows join a neighbour.
  /// A marker that every rule calls the same still tells them from what no rule describes.
  /// `has_dim`: low stays a level of its own, even where every rule treats it as negative.
  static std::vector<TierSet> atoms_of(const std::vector<TierSet>& tiers, bool complemented,
                                       bool has_dim) {
    std::vector<TierSet> atoms;
    std::vector<bool> is_used;
    for (const TierSet tier : {kNegTier, kLowTier, kIntTier, kHighTier}) {
      const bool used = complemented || std::any_of(tiers.begin(), tiers.end(),
                                                    [&](TierSet t) { return (t & tier) != 0; });
      const bool like_previous =
          !atoms.empty() && std::all_of(tiers.begin(), tiers.end(), [&](TierSet t) {
            return t == 0 || ((t & tier) != 0) == ((t & atoms.back()) != 0);
          });
      if (like_previous && used == is_used.back() && !(has_dim && tier == kLowTier)) {
        atoms.back() = static_cast<TierSet>(atoms.back() | tier);
      } else {
        atoms.push_back(tier);
        is_used.push_back(used);
      }
    }
    return join_unused(atoms, is_used);
  }

  [[nodiscard]] bool is_graded(std::size_t row) const {
    return std::any_of(knowledge_.markers.begin(), knowledge_.markers.end(),
                       [&](const KnownMarker& marker) {
                         const auto found = row_of_.find(marker.name);
                         return marker.is_graded && found != row_of_.end() && found->second == row;
                       });
  }

  static std::vector<TierSet> join_unused(const std::vector<TierSet>& atoms,
                                          const std::vector<bool>& is_used) {
    const auto used = static_cast<std::size_t>(std::count(is_used.begin(), is_used.end(), true));
    // One level only is asked for: its counterpart is kept, to tell it from what no rule describes.
    if (used < 2) {
      TierSet rest = 0, asked = 0;
      for (std::size_t i = 0; i < atoms.size(); ++i) {
        TierSet& side = is_used[i] ? asked : rest;
        side = static_cast<TierSet>(side | atoms[i]);
      }
      if (asked == 0 || rest == 0) return {};
      return (asked & kNegTier) != 0 ? std::vector<TierSet>{asked, rest}
                                     : std::vector<TierSet>{rest, asked};
    }
    std::vector<TierSet> joined;
    unsigned pending = 0;
    for (std::size_t i = 0; i < atoms.size(); ++i) {
      if (is_used[i]) {
        joined.push_back(static_cast<TierSet>(atoms[i] | pending));
        pending = 0;
      } else if (joined.empty()) {
        pending = atoms[i];
      } else {
        joined.back() = static_cast<TierSet>(joined.back() | atoms[i]);
      }
    }
    return joined;
  }

  static std::string text_of(TierSet tiers) {
    if ((tiers & kNegTier) != 0)
      return (tiers & kIntTier) != 0 ? "-/+" : (tiers & kLowTier) != 0 ? "-/low" : "-";
    if (tiers == kLowTier) return "low";
    if (tiers == kHighTier) return "high";
    return "+";
  }

  Knowledge knowledge_;  ///< with the rules that fit the panel
  std::map<std::string, std::size_t> row_of_;
  std::vector<PanelChannel> dumps_;
  std::optional<std::size_t> scatter_row_;
  std::map<std::string, std::int16_t> index_of_;
  AnnotationDesign design_;
};

}  // namespace

AnnotationDesign design_annotation(const Knowledge& knowledge,
                                   const std::vector<std::string>& markers, const Panel& panel) {
  return Designer(knowledge, markers, panel).run();
}

}  // namespace gateless
