// Counter-based random numbers: a value is a function of (seed, stream, counter) and of nothing else,
// so that the order of events, threads and tiles cannot change a result.
#pragma once

#include <array>
#include <cstdint>

namespace gateless {

/// Philox4x32-10 (Salmon et al., SC 2011, "Parallel random numbers: as easy as 1, 2, 3").
class Philox {
 public:
  using Block = std::array<std::uint32_t, 4>;

  constexpr Philox(std::uint64_t seed, std::uint64_t stream) : seed_(seed), stream_(stream) {}

  /// Four independent 32-bit values for one counter.
  [[nodiscard]] constexpr Block block(std::uint64_t counter) const {
    Block x{static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32U),
            static_cast<std::uint32_t>(stream_), static_cast<std::uint32_t>(stream_ >> 32U)};
    std::uint32_t key0 = static_cast<std::uint32_t>(seed_);
    std::uint32_t key1 = static_cast<std::uint32_t>(seed_ >> 32U);
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t product0 = std::uint64_t{0xD2511F53U} * x[0];
      const std::uint64_t product1 = std::uint64_t{0xCD9E8D57U} * x[2];
      x = {static_cast<std::uint32_t>(product1 >> 32U) ^ x[1] ^ key0,
           static_cast<std::uint32_t>(product1),
           static_cast<std::uint32_t>(product0 >> 32U) ^ x[3] ^ key1,
           static_cast<std::uint32_t>(product0)};
      key0 += 0x9E3779B9U;
      key1 += 0xBB67AE85U;
    }
    return x;
  }

  /// A 64-bit value for one counter.
  [[nodiscard]] constexpr std::uint64_t bits(std::uint64_t counter) const {
    const Block x = block(counter);
    return (std::uint64_t{x[0]} << 32U) | x[1];
  }

  /// Uniform in [0, 1), 53 bits.
  [[nodiscard]] constexpr double uniform(std::uint64_t counter) const {
    return static_cast<double>(bits(counter) >> 11U) * 0x1.0p-53;
  }

  /// Uniform in [0, bound) by multiplication (bias below bound / 2^64); bound > 0.
  [[nodiscard]] constexpr std::uint64_t below(std::uint64_t bound, std::uint64_t counter) const {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((Wide{bits(counter)} * bound) >> 64U);
  }

 private:
  std::uint64_t seed_;
  std::uint64_t stream_;
};

}  // namespace gateless
