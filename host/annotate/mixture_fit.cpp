#include "host/annotate/mixture_fit.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "host/annotate/mixture_tables.hpp"

namespace gateless::annotate {
namespace {

constexpr std::size_t kFittingMembers = 10000;
constexpr int kFittingRounds = 12;
constexpr double kClassFloor = 1e-3;  // of the parent: no class starves

// A fit that moves by less in a round has found its place: of a class's share (or of 1 % of the parent), and in bins.
constexpr double kSettledShare = 1e-3;
constexpr double kSettledShift = 0.01;

bool has_settled(const SampleFit& before, const SampleFit& after) {
  for (std::size_t c = 0; c < after.weights.size(); ++c) {
    const double moved = std::abs(after.weights[c] - before.weights[c]);
    if (moved > kSettledShare * std::max(0.01, after.weights[c])) return false;
  }
  for (std::size_t m = 0; m < after.shift.size(); ++m) {
    for (std::size_t l = 0; l < after.shift[m].size(); ++l) {
      if (std::abs(after.shift[m][l] - before.shift[m][l]) > kSettledShift) return false;
    }
  }
  return true;
}

SampleFit start_fit(const SubsetMixture& mixture, std::vector<double> weights) {
  SampleFit fit;
  fit.weights = std::move(weights);
  for (const LearnedMarker& marker : mixture.markers)
    fit.shift.emplace_back(marker.levels.size(), 0.0);
  return fit;
}

double bin_of(double value, const MarkerRange& range) {
  return (value - range.low) / (range.high - range.low) * static_cast<double>(kBins);
}
Parameters parameters_of(const SubsetMixture& mixture, const std::vector<MarkerRange>& ranges) {
  Parameters parameters;
  for (const LearnedMarker& marker : mixture.markers) {
    const MarkerRange& range = ranges[marker.marker];
    std::vector<double> mean, sd;
    for (const LevelDensity& level : marker.levels) {
      mean.push_back(bin_of(level.mean, range));
      sd.push_back(level.sd / (range.high - range.low) * static_cast<double>(kBins));
    }
    parameters.mean.push_back(std::move(mean));
    parameters.sd.push_back(std::move(sd));
  }
  for (const SubsetClass& one : mixture.classes) {
    parameters.share.push_back(one.level_share);
    parameters.move.emplace_back();
    for (std::size_t m = 0; m < mixture.markers.size(); ++m) {
      const MarkerRange& range = ranges[mixture.markers[m].marker];
      std::vector<double> move;
      for (const double one_move : one.level_move[m]) {
        move.push_back(one_move / (range.high - range.low) * static_cast<double>(kBins));
      }
      parameters.move.back().push_back(std::move(move));
    }
  }
  return parameters;
}

std::vector<double> weights_of(const SubsetMixture& mixture) {
  std::vector<double> weights;
  for (const SubsetClass& one : mixture.classes) weights.push_back(one.weight);
  return weights;
}

/// How much each level of a marker weighs where borders are straight: alike beside a border that stands, else by the square
/// root of what the sample holds of it.
std::vector<double> straight_levels(const SubsetMixture& mixture, const SampleFit& fit,
                                    std::size_t m) {
  std::vector<double> weights(mixture.markers[m].levels.size(), 0.0);
  if (mixture.markers[m].border_sd > 0.0) return std::vector<double>(weights.size(), 1.0);
  for (std::size_t c = 0; c < mixture.classes.size(); ++c) {
    for (std::size_t l = 0; l < weights.size(); ++l)
      weights[l] += fit.weights[c] * mixture.classes[c].level_share[m][l];
  }
  for (double& weight : weights) weight = std::sqrt(weight + kClassFloor);
  return weights;
}

/// Quadrants: a class weighs what the levels weigh that it asks for, however rare their combination; where it asks for
/// none, a marker does not speak for or against it, whatever its events have there.
void draw_straight(const SubsetMixture& mixture, const SampleFit& fit, Parameters& parameters,
                   std::vector<double>& weights) {
  weights.assign(mixture.classes.size(), 1.0);
  for (std::size_t m = 0; m < mixture.markers.size(); ++m) {
    const std::vector<double> level = straight_levels(mixture, fit, m);
    const double all = std::accumulate(level.begin(), level.end(), 0.0);
    for (std::size_t c = 0; c < mixture.classes.size(); ++c) {
      std::vector<double>& share = parameters.share[c][m];
      if (mixture.classes[c].is_free[m]) {
        for (std::size_t l = 0; l < share.size(); ++l) share[l] = level[l] / all;
        weights[c] *= all;
      } else {
        weights[c] *= std::inner_product(share.begin(), share.end(), level.begin(), 0.0);
      }
    }
  }
}

/// Weights that draw borders, square roots of shares: half way between what the sample holds, which leaves a rare subset nothing
/// beside a dense one, and all alike. The classes of one subset share its weight as the sample has them.
std::vector<double> border_weights(const SubsetMixture& mixture, const SampleFit& fit) {
  if (mixture.is_lineage) return fit.weights;
  const bool is_rigid = std::all_of(mixture.markers.begin(), mixture.markers.end(),
                                    [](const LearnedMarker& marker) { return marker.is_rigid; });
  if (is_rigid) return std::vector<double>(mixture.classes.size(), 1.0);
  std::map<std::int16_t, double> held;
  for (std::size_t c = 0; c < mixture.classes.size(); ++c)
    held[mixture.classes[c].subset] += fit.weights[c] + kClassFloor;
  std::vector<double> weights;
  for (std::size_t c = 0; c < mixture.classes.size(); ++c) {
    const std::int16_t subset = mixture.classes[c].subset;
    const double own = fit.weights[c] + kClassFloor;
    weights.push_back(subset < 0 ? std::sqrt(own) : own / std::sqrt(held[subset]));
  }
  return weights;
}

}  // namespace

std::vector<std::size_t> rows_of(const SubsetMixture& mixture) {
  std::vector<std::size_t> rows;
  for (const LearnedMarker& marker : mixture.markers) rows.push_back(marker.marker);
  return rows;
}

SampleFit fit_sample(const SubsetMixture& mixture, const std::vector<MarkerRange>& ranges,
                     const BinnedSample& sample, const Members& members) {
  const std::vector<double> pooled = weights_of(mixture);
  SampleFit fit = start_fit(mixture, pooled);
  if (mixture.markers.empty() || members.size() == 0) return fit;
  const Parameters parameters = parameters_of(mixture, ranges);
  const std::vector<std::size_t> rows = rows_of(mixture);
  std::vector<bool> is_other;
  for (const SubsetClass& one : mixture.classes) is_other.push_back(one.subset < 0);
  const PackedMembers packed = pack_members(rows, sample, members, kFittingMembers);
  for (int round = 0; round < kFittingRounds; ++round) {
    const SampleFit before = fit;
    const ClassTables tables(parameters, fit);
    const ClassHistograms histograms =
        expect(tables, rows, packed.sample, packed.members, kFittingMembers);
    for (std::size_t m = 0; m < rows.size(); ++m) {
      update_shift(
          fit.shift[m], sum_levels(parameters, tables, histograms, m, fit.shift[m], is_other),
          parameters.mean[m],
          shift_kind(mixture.markers[m].is_rigid, mixture.is_lineage, mixture.is_quadrants));
    }
    update_weights(fit, histograms.total, pooled);
    if (has_settled(before, fit)) break;
  }
  return fit;
}

std::vector<double> level_borders(const SubsetMixture& mixture,
                                  const std::vector<MarkerRange>& ranges, const SampleFit& fit,
                                  std::size_t m) {
  const LearnedMarker& marker = mixture.markers[m];
  const MarkerRange& range = ranges[marker.marker];
  const double bin = (range.high - range.low) / static_cast<double>(kBins);
  if (marker.border_sd > 0.0)
    return {marker.border +
            (marker.is_set ? 0.0 : 0.5 * bin * (fit.shift[m].front() + fit.shift[m].back()))};
  const std::vector<double> weights = mixture.is_quadrants
                                          ? straight_levels(mixture, fit, m)
                                          : std::vector<double>(marker.levels.size(), 1.0);
  std::vector<double> borders;
  for (std::size_t l = 0; l + 1 < marker.levels.size(); ++l) {
    const auto log_density = [&](std::size_t level, double x) {
      const LevelDensity& own = marker.levels[level];
      const double z = (x - own.mean - bin * fit.shift[m][level]) / own.sd;
      return std::log(weights[level] / own.sd) - 0.5 * z * z;
    };
    double low = marker.levels[l].mean + bin * fit.shift[m][l];
    double high = marker.levels[l + 1].mean + bin * fit.shift[m][l + 1];
    for (int step = 0; step < 40; ++step) {
      const double middle = 0.5 * (low + high);
      (log_density(l, middle) > log_density(l + 1, middle) ? low : high) = middle;
    }
    borders.push_back(0.5 * (low + high));
  }
  return borders;
}

ClassTables border_tables(const SubsetMixture& mixture, const std::vector<MarkerRange>& ranges,
                          const SampleFit& fit) {
  SampleFit drawn = fit;
  Parameters parameters = parameters_of(mixture, ranges);
  if (mixture.is_quadrants) {
    draw_straight(mixture, fit, parameters, drawn.weights);
  } else {
    drawn.weights = border_weights(mixture, fit);
  }
  for (const LearnedMarker& marker : mixture.markers) {
    const MarkerRange& range = ranges[marker.marker];
    parameters.border.push_back(
        {bin_of(marker.border, range),
         marker.border_sd / (range.high - range.low) * static_cast<double>(kBins), marker.is_set});
  }
  return {parameters, drawn};
}

}  // namespace gateless::annotate
