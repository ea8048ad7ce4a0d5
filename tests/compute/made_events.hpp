// Small made-up pools of events and codebooks for the tests of this folder.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "host/core/event_store.hpp"
#include "host/core/matrix.hpp"
#include "host/core/philox.hpp"

namespace gateless::compute {

/// Events that own their values, [markers][stride]; the stride is longer than the row on purpose.
class MadeEvents {
 public:
  MadeEvents(std::size_t markers, std::size_t events)
      : markers_(markers), events_(events), stride_(events + 3), values_(markers * stride_, NAN) {}

  [[nodiscard]] float& at(std::size_t marker, std::size_t event) {
    return values_[marker * stride_ + event];
  }
  [[nodiscard]] EventView view() const { return {values_.data(), markers_, events_, stride_}; }

 private:
  std::size_t markers_;
  std::size_t events_;
  std::size_t stride_;
  std::vector<float> values_;  // not a number between the rows: nobody may read there
};

/// Uniform in [low, high), a function of the seed.
inline MadeEvents uniform_events(std::size_t markers, std::size_t events, double low, double high,
                                 std::uint64_t seed) {
  MadeEvents made(markers, events);
  const Philox random(seed, 0);
  for (std::size_t marker = 0; marker < markers; ++marker) {
    for (std::size_t event = 0; event < events; ++event) {
      const double unit = random.uniform(marker * events + event);
      made.at(marker, event) = static_cast<float>(low + (high - low) * unit);
    }
  }
  return made;
}

/// Uniform in [-1, 1), [nodes][markers].
inline Matrix<float> uniform_codebook(std::size_t nodes, std::size_t markers, std::uint64_t seed) {
  Matrix<float> codebook(nodes, markers);
  const Philox random(seed, 1);
  std::uint64_t counter = 0;
  for (float& weight : codebook.values()) {
    weight = static_cast<float>(2.0 * random.uniform(counter++) - 1.0);
  }
  return codebook;
}

}  // namespace gateless::compute
