// Fits one mixture with tied levels by expectation and maximisation.
// Values are bins (256 a marker), so densities are table look-ups and every sum but one is over bins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "host/annotate/level_placing.hpp"
#include "host/annotate/members.hpp"
#include "host/annotate/mixture_design.hpp"
#include "host/annotate/subset_model.hpp"

namespace gateless::annotate {

/// Values of one sample as bins, [markers][events].
struct BinnedSample {
  std::size_t events = 0;
  std::vector<std::vector<std::uint8_t>> bins;
  std::vector<std::uint16_t> nodes;  ///< [events], node of each in the panel's map; may be empty
};

/// A mixture as learned.
struct LearnedMixture {
  SubsetMixture mixture;
  std::vector<std::vector<PlacedLevel>> placed{};  ///< [markers][levels], what it started from
  std::optional<std::size_t> untold;  ///< row of a marker that does not tell its positive cells
};

class ClassTables;

/// Learns levels, level shares and weights. `pool` [markers of the events].
[[nodiscard]] LearnedMixture learn_mixture(const MixtureDesign& design,
                                           const std::vector<BinnedSample>& samples,
                                           const SampleMembers& members,
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

/// The densities that draw a mixture's borders within one sample.
[[nodiscard]] ClassTables border_tables(const SubsetMixture& mixture,
                                        const std::vector<MarkerRange>& ranges,
                                        const SampleFit& fit);

/// The rows of the events that a mixture looks at. [markers of the mixture]
[[nodiscard]] std::vector<std::size_t> rows_of(const SubsetMixture& mixture);

}  // namespace gateless::annotate
