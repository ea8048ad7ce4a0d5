#include "host/compute/event_keys.hpp"

#include <algorithm>
#include <bit>

#include "host/core/parallel.hpp"

namespace gateless::compute {
namespace {

constexpr std::size_t kMixedEvents = 1U << 13U;  // whose keys stay in a cache

[[gnu::always_inline]] inline void add_mixed_values(const float* values, std::size_t count,
                                                    std::uint64_t* sums) {
  for (std::size_t i = 0; i < count; ++i) sums[i] += mix(std::bit_cast<std::uint32_t>(values[i]));
}

#if defined(__x86_64__)
/// With products of 64 bits in lanes, which no clone of target_clones has.
__attribute__((target("avx512f,avx512dq"))) void add_mixed_wide(const float* values,
                                                                std::size_t count,
                                                                std::uint64_t* sums) {
  add_mixed_values(values, count, sums);
}
#endif

}  // namespace

void add_mixed(std::span<const float> values, std::span<std::uint64_t> sums) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
    return add_mixed_wide(values.data(), values.size(), sums.data());
#endif
  add_mixed_values(values.data(), values.size(), sums.data());
}

void mix_sums(std::span<std::uint64_t> sums) {
  for (std::uint64_t& sum : sums) sum = mix(sum);
}

std::vector<std::uint64_t> keys_of(EventView events, std::size_t threads) {
  std::vector<std::uint64_t> keys(events.events, 0);
  const std::size_t chunks = (events.events + kMixedEvents - 1) / kMixedEvents;
  parallel_for(threads, chunks, [&](std::size_t chunk) {
    const std::size_t first = chunk * kMixedEvents;
    const std::size_t count = std::min(kMixedEvents, events.events - first);
    const auto own = std::span(keys).subspan(first, count);
    for (std::size_t m = 0; m < events.markers; ++m)
      add_mixed(events.marker(m).subspan(first, count), own);
    mix_sums(own);
  });
  return keys;
}

}  // namespace gateless::compute
