#include "host/annotate/scatter_gates.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "host/annotate/descent.hpp"
#include "host/annotate/parent_density.hpp"

namespace gateless::annotate {
namespace {

/// How far the side scatter of a lineage reaches from its mode, on the natural logarithmic scale: four spreads, and never
/// less than twice and a half of its light, as gates drawn by hand on lymphocytes are roomy.
constexpr double kReach = 4.0;
constexpr double kLeastReach = 0.8;
/// Blasts scatter up to 1.8 times as much as resting lymphocytes; half of the reach lies beyond them.
constexpr double kBlasts = 0.588;
constexpr double kFewestEvents = 200.0;

/// The scatter marker of the mixture.
std::optional<std::size_t> scatter_of(const MixtureDesign& design) {
  for (std::size_t m = 0; m < design.markers.size(); ++m) {
    if (design.markers[m].is_scatter) return m;
  }
  return std::nullopt;
}

/// Whether a rule asks for the lowest of the levels, alone or beside some others.
bool is_of_lymphocytes(const RuleDesign& rule, std::size_t levels) {
  const unsigned all = (1U << levels) - 1U;
  return (rule.allowed & 1U) != 0 && (rule.allowed & all) != all;
}

/// Sure members of each target of the mixture by side scatter, each sample's own shift taken off. [targets]
std::vector<BinCounts> count_scatter(const SubsetMixture& mixture, std::size_t m,
                                     const std::vector<MarkerRange>& ranges,
                                     const std::vector<BinnedSample>& samples,
                                     const SampleMembers& members,
                                     const std::vector<const SampleFit*>& fits) {
  std::vector<BinCounts> counts;
  const std::size_t row = mixture.markers[m].marker;
  for (std::size_t s = 0; s < samples.size(); ++s) {
    const MixtureCaller caller(mixture, ranges, *fits[s]);
    counts.resize(caller.targets().size(), BinCounts{});
    Members looked_at;
    const Members& all = *members[s];
    const std::size_t stride = all.stride_of(members_looked_at(samples.size()));
    for (std::size_t i = 0; i < all.size(); i += stride)
      looked_at.add(all.event(i), all.probability(i));
    caller.call(
        samples[s], looked_at,
        [&](std::size_t t, std::uint32_t event, float p, float) {
          if (p < Members::kSure) return;
          const double bin = samples[s].bins[row][event] - fits[s]->shift[m].front();
          counts[t][static_cast<std::size_t>(std::clamp(bin, 0.0, kBins - 1.0))] += 1.0;
        },
        [](std::size_t, float) {});
  }
  return counts;
}

}  // namespace

std::vector<ScatterGate> place_scatter_gates(const MixtureDesign& design,
                                             const SubsetMixture& mixture,
                                             const std::vector<MarkerRange>& ranges,
                                             const std::vector<BinnedSample>& samples,
                                             const SampleMembers& members,
                                             const std::vector<const SampleFit*>& fits) {
  const std::optional<std::size_t> m = scatter_of(design);
  if (!m || !design.is_lineage) return {};
  const std::size_t row = mixture.markers[*m].marker;
  const MarkerRange& range = ranges[row];
  const double unit = (range.high - range.low) / static_cast<double>(kBins);
  const std::vector<BinCounts> counts = count_scatter(mixture, *m, ranges, samples, members, fits);
  std::vector<std::int16_t> targets;
  std::vector<ScatterGate> gates;
  for (const ClassDesign& one : design.classes) {
    if (one.subset < 0 || std::find(targets.begin(), targets.end(), one.subset) != targets.end())
      continue;
    targets.push_back(one.subset);
    const RuleDesign& rule = one.rules[*m];
    const BinCounts& own = counts[targets.size() - 1];
    if (!is_of_lymphocytes(rule, design.markers[*m].levels.size()) ||
        std::accumulate(own.begin(), own.end(), 0.0) < kFewestEvents)
      continue;
    const std::optional<Mode> mode = main_mode(own);
    if (!mode) continue;
    const double sd = mode->sd * unit;
    const double reach = std::max(kLeastReach, kReach * sd);
    const bool has_blasts = rule.allowed != 1U;
    const double above = has_blasts ? std::max(reach, kBlasts + 0.5 * reach) : reach;
    const double at = range.low + (mode->position + 0.5) * unit;
    gates.push_back({one.subset, row, at - reach, at + above});
  }
  return gates;
}

}  // namespace gateless::annotate
