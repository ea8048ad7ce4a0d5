// The knowledge file in memory: markers with their synonyms, and subsets with their parent and levels.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gateless {

/// Levels of a marker within the parent, in rank order. `kPos` stands for low, int and high
/// unless a sibling of the same partition tells these apart.
enum class Level { kNeg, kLow, kInt, kPos, kHigh };

struct KnownMarker {
  std::string name;
  std::vector<std::string> synonyms;
  std::vector<std::string> clones;
  std::vector<std::string> look_alikes;  ///< `not:` names that must never be taken for this marker
  std::string role;                      ///< "viability", "side scatter" or empty
  std::string only;        ///< subset id: no cell outside it has this marker; empty: not so
  bool is_graded = false;  ///< dim cells have a level of their own, between negative and positive
  int line = 0;            ///< where it stands in its file, 1-based
};

using MarkerLevels = std::map<std::string, std::vector<Level>>;  ///< marker -> any of these levels

struct KnownSubset {
  std::string id;
  std::string name;
  std::string parent;       ///< id; empty for the root
  std::string partition;    ///< siblings of one partition exclude each other and sum to the parent
  int order = 0;            ///< within a partition: earlier ones take first; 0 = no order
  bool is_overlay = false;  ///< cuts across siblings; reported as an extra fraction of the parent
  bool is_corner = false;   ///< `corner: true`: two core markers make one border across both
  bool is_rest = false;     ///< `rest: true`: takes also what no rule of its partition describes
  bool is_reclustered =
      false;  ///< `recluster: true`: its events are clustered again on their own markers
  bool is_searched =
      false;  ///< `searched: true`: for populations that no rule describes and patients have more of
  MarkerLevels core;     ///< all must be in the panel
  MarkerLevels support;  ///< add confidence where present
  /// Other core rules that make the same subset; of each list the first that the panel can follow.
  std::vector<std::vector<MarkerLevels>> also;
  std::vector<MarkerLevels>
      instead;  ///< core rules for panels that lack a core marker; the first that fits
  /// Core rules for panels that cannot tell the parent: the subset takes its place. The first that fits.
  std::vector<MarkerLevels> without_parent;
  std::vector<std::string>
      needs;  ///< only where one of these markers is in the panel; empty: always
  std::vector<std::string> unless;    ///< not where one of these markers is in the panel
  std::size_t require_any_count = 0;  ///< `require_any: {n, of}`: at least n of these must hold
  MarkerLevels require_any;
  std::string cell_ontology;  ///< "CL:0000236" or empty
  bool is_abnormal = false;
  bool is_abnormal_memory = false;
  bool is_non_reactive = false;
  std::vector<std::string> synonyms;
  std::string note;
  std::string compared;  ///< how a second source defines it, and where the two differ
  std::vector<std::string> sources;
  int line = 0;  ///< where it stands in its file, 1-based
};

/// A sum of subsets, for the report.
struct KnownComposite {
  std::string id;
  std::string name;
  std::vector<std::string> of;
  std::vector<std::string> where_resolvable =
      {};                             ///< added to `of` as far as the panel can tell them
  std::vector<std::string> fallback;  ///< used when a part of `of` is not resolvable
  std::vector<std::string> ratio;     ///< numerator, denominator; then `of` is empty
  std::string denominator;
  bool is_memory = false;  ///< `memory: true`: its parts are the memory cells of what is searched
  int line = 0;            ///< where it stands in its file, 1-based
};

/// How large a subset is in healthy people.
struct ReferenceRange {
  std::string subset;      ///< id
  std::string of;          ///< id of what the fraction is of; empty: cells per microlitre
  double low = 0.0;        ///< fraction 0..1, or cells per microlitre
  double high = 0.0;       ///< the same; infinite where the source gives none
  std::string population;  ///< in the words of the file
};

struct ChannelNameRules {
  std::vector<std::string> fluorochromes;
  std::vector<std::string> non_markers;
  std::vector<std::string> unlabelled;
  std::vector<std::string>
      other_molecules;  ///< words beside a marker's name that make it another's
};

struct Knowledge {
  std::string path;
  std::string text;  ///< the file as read, kept in the model
  std::vector<KnownMarker> markers;
  std::vector<KnownSubset> subsets;  ///< parents before children
  std::vector<KnownComposite> composites;
  std::vector<std::string> primary;  ///< subset or composite ids, trial_report.primary
  std::vector<std::string> secondary;
  std::vector<ReferenceRange> ranges;  ///< those that give limits
  ChannelNameRules channel_names;

  [[nodiscard]] const KnownSubset* find(const std::string& id) const {
    for (const KnownSubset& subset : subsets) {
      if (subset.id == id) return &subset;
    }
    return nullptr;
  }
};

/// Markers and channel names only: what bare clustering needs to read a panel.
[[nodiscard]] inline Knowledge names_only(Knowledge knowledge) {
  knowledge.subsets.clear();
  knowledge.composites.clear();
  return knowledge;
}

}  // namespace gateless
