// The cytometer at work: from a composition and the conditions of the day to the events of one file.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/core/matrix.hpp"
#include "host/core/raw_sample.hpp"
#include "host/simulate/instrument.hpp"
#include "host/simulate/random_stream.hpp"

namespace gateless::simulate {

/// What becomes of a cell on its way through the laser. All but kLive have a truth of their own.
enum class Fate : std::uint8_t { kLive, kDoublet, kDead, kDebris, kMargin };
inline constexpr std::size_t kFates = 5;

/// One file's conditions.
struct Conditions {
  const StainingPanel* panel = nullptr;
  std::size_t events = 0;
  std::vector<double> composition;        ///< [cell types], fractions of the cells
  std::array<double, kFates> fates{1.0};  ///< probabilities, by Fate
  std::vector<float> staining;  ///< [detectors], antibody lot, donor and tube; 1 = as designed
  std::vector<float> gains;     ///< [detectors], the day's voltages; 1 = nominal
  float scatter_gain = 1.0F;
  float drift =
      0.0F;  ///< relative change of the fluorescence gain from the first event to the last
  float clog_begin = 1.0F, clog_end = 1.0F;  ///< part of the acquisition with a clogged nozzle
  float events_per_second = 3000.0F;
};

struct Acquired {
  std::vector<Channel> channels;           ///< scatter, detectors, Time
  std::vector<std::vector<float>> values;  ///< [channels][events], linear units
  std::vector<std::uint8_t> types;         ///< [events], index into cell_types()
  std::vector<Fate> fates;                 ///< [events]
};

/// Each stain's light is log-normal with the size and state of its cell, spills over, meets
/// autofluorescence, and is counted: variance grows with the light (hence the spreading error after
/// compensation), plus the electronics' own. A doublet is the sum of the light of two cells.
[[nodiscard]] Acquired acquire(const Conditions& conditions, RandomStream& random);

}  // namespace gateless::simulate
