// The arithmetic of an expectation step on a block of events: eight classes at a time, by the widest registers of the machine.
// The same bytes on all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gateless::annotate {

inline constexpr std::size_t kBlockEvents = 64;  ///< whose probabilities are asked for together
inline constexpr std::size_t kClassLanes = 8;    ///< classes are padded to a multiple of it

/// Log densities of the classes and the bins of at most kBlockEvents events.
struct ClassBlock {
  const float* log_weight = nullptr;              ///< [stride]
  const std::vector<std::vector<float>>& tables;  ///< [markers][bins][stride]
  const std::uint8_t* bins = nullptr;             ///< [markers][kBlockEvents]
  std::size_t events = 0;
  std::size_t stride = 0;         ///< classes, padded
  const float* weight = nullptr;  ///< [events], or 1 each
};

/// Probabilities of the classes, which sum to the event's weight. `result` is [events][stride].
void class_probabilities(const ClassBlock& block, float* result);

/// Adds up the events' probabilities, [events][stride]. `total` is [stride].
void add_probabilities(const float* probability, std::size_t events, std::size_t stride,
                       double* total);

/// Adds each event's probabilities to those of its bin. `bins` is [events], `counts` is [bins][stride].
void count_probabilities(const std::uint8_t* bins, const float* probability, std::size_t events,
                         std::size_t stride, float* counts);

}  // namespace gateless::annotate
