#include "io/fcs_value_repairs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

namespace gateless::io {
namespace {

/// How many events lie just above the value that $PnR allows, for each just below it; flags in the upper bits shift most
/// events there, and damaged ones leave a gap.
double share_across(std::span<const float> values, double top) {
  std::size_t below = 0;
  std::size_t above = 0;
  for (const float each : values) {
    const auto value = static_cast<double>(each);
    below += value >= 0.75 * top && value < top ? 1U : 0U;
    above += value >= top && value < 1.25 * top ? 1U : 0U;
  }
  return static_cast<double>(above) / static_cast<double>(std::max<std::size_t>(below, 1));
}

/// The share of values that no light can have: they are not 0 and smaller or larger than any detector gives. Some events tell.
double share_of_nonsense(const std::vector<std::vector<float>>& values) {
  constexpr std::size_t kEvents = 2'000;  ///< of each channel
  constexpr float kSmallest = 1e-30F;
  constexpr float kLargest = 1e20F;
  std::size_t nonsense = 0;
  std::size_t all = 0;
  for (const std::vector<float>& channel : values) {
    const std::size_t step = channel.size() / kEvents + 1;
    for (std::size_t event = 0; event < channel.size(); event += step, ++all) {
      const float value = channel[event];
      const float size = std::fabs(value);
      const bool is_finite = size <= std::numeric_limits<float>::max();
      nonsense += is_finite && value != 0.0F && (size < kSmallest || size > kLargest) ? 1U : 0U;
    }
  }
  return all == 0 ? 0.0 : static_cast<double>(nonsense) / static_cast<double>(all);
}

}  // namespace

void keep_bits_beyond_range(const ByteSource& source, const FcsLayout& layout,
                            std::vector<std::vector<float>>& values,
                            std::vector<ChannelCounts>& counts,
                            std::vector<std::string>& warnings) {
  constexpr double kFewest = 0.001;  // of the events; fewer are damage
  constexpr double kLeastShare = 0.05;
  constexpr double kMostShare = 3.0;
  FcsLayout open = layout;
  bool is_any = false;
  for (std::size_t channel = 0; channel < counts.size(); ++channel) {
    const auto cleared = static_cast<double>(counts[channel].cleared);
    if (layout.columns[channel].decades > 0.0 || cleared == 0.0) continue;
    open.columns[channel].mask = ~std::uint64_t{0};
    is_any |= cleared > kFewest * static_cast<double>(layout.events);
  }
  if (!is_any) return;
  std::vector<std::vector<float>> stored(values.size(), std::vector<float>(layout.events));
  read_blocks(source, open, stored);
  std::string names;
  for (std::size_t channel = 0; channel < counts.size(); ++channel) {
    if (open.columns[channel].mask == layout.columns[channel].mask) continue;
    const double top =
        (static_cast<double>(layout.columns[channel].mask) + 1.0) / layout.columns[channel].gain;
    const double share = share_across(stored[channel], top);
    if (share < kLeastShare || share > kMostShare) continue;
    values[channel] = std::move(stored[channel]);
    counts[channel].cleared = 0;
    names += (names.empty() ? "" : ", ") + layout.channels[channel].name;
  }
  if (!names.empty()) {
    warnings.push_back(fmt::format(
        "Values go on beyond their $PnR, which was therefore not followed: {}.", names));
  }
}

void correct_byte_order(const ByteSource& source, FcsLayout& layout,
                        std::vector<std::vector<float>>& values, std::vector<ChannelCounts>& counts,
                        std::vector<std::string>& warnings) {
  constexpr double kOften = 0.2;
  constexpr double kHardlyEver = 0.01;
  const bool is_float =
      std::all_of(layout.columns.begin(), layout.columns.end(), [](const FcsColumn& column) {
        return column.type == FcsValueType::kFloat || column.type == FcsValueType::kDouble;
      });
  const bool can_swap = layout.order == ByteOrder::kLittle || layout.order == ByteOrder::kBig;
  if (!is_float || !can_swap || share_of_nonsense(values) < kOften) return;
  FcsLayout swapped = layout;
  swapped.order = layout.order == ByteOrder::kLittle ? ByteOrder::kBig : ByteOrder::kLittle;
  std::vector<std::vector<float>> other(values.size(), std::vector<float>(layout.events));
  std::vector<ChannelCounts> other_counts = read_blocks(source, swapped, other);
  if (share_of_nonsense(other) > kHardlyEver) {
    warnings.emplace_back(
        "Most values are smaller or larger than any detector gives; the file may be damaged.");
    return;
  }
  layout.order = swapped.order;
  values = std::move(other);
  counts = std::move(other_counts);
  warnings.emplace_back(
      "The bytes of the values are in the other order than $BYTEORD says (as declared they would "
      "be "
      "smaller or larger than any detector gives); they are read in the other order.");
}

}  // namespace gateless::io
