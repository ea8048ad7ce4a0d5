// Fits one mixture with tied levels by expectation and maximisation, and gives events their class probabilities.
// Values are bins (256 a marker), so densities are table look-ups and every sum but one is over bins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "host/annotate/level_placing.hpp"
#include "host/annotate/mixture_design.hpp"
#include "host/annotate/subset_model.hpp"

namespace gateless {

/// Values of one sample as bins, [markers][events].
struct BinnedSample {
  std::size_t events = 0;
  std::vector<std::vector<std::uint8_t>> bins;
  std::span<const std::uint16_t>
      nodes;  ///< [events], node of each in the panel's map; may be empty
};

/// The events of one sample that may belong to a population.
struct Members {
  std::vector<std::uint32_t> events;  ///< rising
  std::vector<float> probability;     ///< [events]
};

/// How one sample deviates from the pool: its class weights, and the move of its levels.
struct SampleFit {
  std::vector<double> weights;             ///< [classes]
  std::vector<std::vector<double>> shift;  ///< [markers of the mixture][levels], bins
};

/// A mixture as learned.
struct LearnedMixture {
  SubsetMixture mixture;
  std::vector<std::vector<PlacedLevel>> placed{};  ///< [markers][levels], what it started from
  std::optional<std::size_t> untold;  ///< row of a marker that does not tell its positive cells
};

/// Learns levels, level shares and weights. `pool` [markers of the events].
[[nodiscard]] LearnedMixture learn_mixture(const MixtureDesign& design,
                                           const std::vector<BinnedSample>& samples,
                                           const std::vector<Members>& members,
                                           const std::vector<PoolModes>& pool,
                                           const std::vector<MarkerRange>& ranges,
                                           std::size_t threads);

/// Fits weights and shifts of one sample, the mixture fixed.
[[nodiscard]] SampleFit fit_sample(const SubsetMixture& mixture,
                                   const std::vector<MarkerRange>& ranges,
                                   const BinnedSample& sample, const Members& members);

/// Where the levels of one marker of the mixture meet in a sample, one less than it has levels; transformed units.
[[nodiscard]] std::vector<double> level_borders(const SubsetMixture& mixture,
                                                const std::vector<MarkerRange>& ranges,
                                                const SampleFit& fit, std::size_t marker);

/// Calls visit(member, probabilities [classes]) for every member, probabilities within the parent.
void classify(
    const SubsetMixture& mixture, const std::vector<MarkerRange>& ranges, const SampleFit& fit,
    const BinnedSample& sample, const Members& members,
    const std::function<void(std::size_t member, std::span<const float> probability)>& visit);

}  // namespace gateless
