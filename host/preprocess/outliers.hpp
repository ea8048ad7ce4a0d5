// One channel of the kept events, and where its outliers begin. Internal to host/preprocess.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace gateless::preprocess {

inline constexpr double kMassCofactor = 5.0;  ///< arcsinh of ion counts

/// The values of `events`, in their order.
[[nodiscard]] std::vector<float> gather(std::span<const float> values,
                                        std::span<const std::uint32_t> events);

/// The same on the arcsinh scale.
[[nodiscard]] std::vector<float> gather_arcsinh(std::span<const float> values,
                                                std::span<const std::uint32_t> events,
                                                double cofactor);

/// Ion counts and pushes on the arcsinh scale. Whole numbers are spread over their unit, so that their density has no
/// comb whose gaps look like valleys.
[[nodiscard]] std::vector<float> gather_counts(std::span<const float> values,
                                               std::span<const std::uint32_t> events);

/// Those of `events` whose value ([events]) is above or below `cut`, in their order.
[[nodiscard]] std::vector<std::uint32_t> above(std::span<const float> values,
                                               std::span<const std::uint32_t> events, double cut);
[[nodiscard]] std::vector<std::uint32_t> below(std::span<const float> values,
                                               std::span<const std::uint32_t> events, double cut);

/// Where outliers above the main mode begin.
struct Fence {
  double strong =
      0.0;  ///< on its own: the valley before a second peak 2.5 to 6 spreads away, else 4 spreads
  double weak = 0.0;  ///< half that far: enough where another channel agrees
};

/// Which half width at half height tells the spread of single cells. Outliers do not reach half the mode's height; cells
/// of several kinds make it lopsided, for which the larger side allows.
enum class Side { kBelow, kLarger };

/// Neither bound is nearer to the mode than `least`. Empty where there are too few values to tell.
[[nodiscard]] std::optional<Fence> upper_fence(std::span<const float> values, double least,
                                               Side side = Side::kLarger);

}  // namespace gateless::preprocess
