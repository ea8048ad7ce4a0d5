// What changed in the cells of a subset, not in their number: the median of each marker, over all patients.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "host/core/results.hpp"
#include "host/core/study.hpp"

namespace gateless::statistics {

/// (panel, subset) -> markers by which its cells are told, whose medians are bounded by that.
using DefiningMarkers = std::map<std::pair<std::string, std::string>, std::set<std::string>>;

/// Compares study.compare.baseline with the other visits, as compare_visits() does: the exact Wilcoxon signed-rank test of the
/// differences of medians (what Weber et al., Commun Biol 2:183, 2019, call differential states, by another test), the
/// Hodges-Lehmann estimate and its interval, q by Benjamini-Hochberg over all rows. A patient counts whose subset is
/// quantifiable at both visits; replicates of a visit are averaged, each by its events; controls (role) are left out. By subset in
/// the order of `rows`, then marker, then visit; rows without a patient are left out.
[[nodiscard]] std::vector<MarkerChangeRow> compare_markers(
    const std::vector<MarkerMediansRow>& rows, const Study& study, const DefiningMarkers& defining);

}  // namespace gateless::statistics
