// Made-up samples for the tests of cleaning: each kind of event is known.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "host/core/panel.hpp"
#include "host/core/philox.hpp"
#include "host/core/raw_sample.hpp"

namespace gateless::preprocess {

/// Standard normal numbers by their index (Box-Muller).
class Normals {
 public:
  explicit Normals(std::uint64_t stream) : random_(42, stream) {}
  double operator()() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - random_.uniform(next_++)));
    return radius * std::cos(6.283185307179586 * random_.uniform(next_++));
  }
  double uniform() { return random_.uniform(next_++); }

 private:
  Philox random_;
  std::uint64_t next_ = 0;
};

/// Adds a channel with its values to a sample and its panel.
inline void add_channel(RawSample& sample, Panel& panel, const std::string& name, ChannelRole role,
                        PulseShape pulse, double range, std::vector<float> values) {
  PanelChannel channel;
  channel.channel = sample.channels.size();
  channel.name = name;
  channel.role = role;
  channel.pulse = pulse;
  if (role == ChannelRole::kMarker) channel.marker = name;
  panel.channels.push_back(channel);
  sample.channels.push_back({name, "", range});
  sample.events = values.size();
  sample.values.push_back(std::move(values));
}

enum class MadeKind { kCell, kDoublet, kDebris, kDead };

struct MadeSample {
  RawSample sample;
  Panel panel;
  std::vector<MadeKind> kinds;  ///< [events]
};

struct MadeFractions {
  double doublets = 0.0, debris = 0.0, dead = 0.0;
};

/// A flow sample of two cell types with FSC and SSC (area, height), viability, two markers and time.
inline MadeSample made_flow_sample(std::size_t events, const MadeFractions& fractions,
                                   std::uint64_t seed = 1) {
  Normals normal(seed);
  MadeSample made;
  std::vector<float> fsc_a, fsc_h, ssc_a, ssc_h, viability, cd3, cd19, time;
  for (std::size_t event = 0; event < events; ++event) {
    const double draw = normal.uniform();
    MadeKind kind = MadeKind::kCell;
    if (draw < fractions.doublets) {
      kind = MadeKind::kDoublet;
    } else if (draw < fractions.doublets + fractions.debris) {
      kind = MadeKind::kDebris;
    } else if (draw < fractions.doublets + fractions.debris + fractions.dead) {
      kind = MadeKind::kDead;
    }
    const bool is_t = normal.uniform() < 0.7;
    double area = 80'000.0 * std::exp(0.12 * normal());
    double side = 40'000.0 * std::exp(0.25 * normal());
    if (kind == MadeKind::kDebris) {
      area = 15'000.0 * std::exp(0.3 * normal());
      side *= 0.3;
    }
    const double pulses =
        kind == MadeKind::kDoublet ? 1.85 : 1.0;  // area of two cells under one height
    fsc_a.push_back(static_cast<float>(area * pulses));
    fsc_h.push_back(static_cast<float>(0.85 * area * std::exp(0.05 * normal())));
    ssc_a.push_back(static_cast<float>(side * pulses));
    ssc_h.push_back(static_cast<float>(0.9 * side * std::exp(0.06 * normal())));
    viability.push_back(static_cast<float>((kind == MadeKind::kDead ? 12'000.0 : 250.0) *
                                           std::exp(0.5 * normal())));
    cd3.push_back(
        static_cast<float>((is_t ? 8000.0 : 100.0) * std::exp(0.4 * normal()) + 80.0 * normal()));
    cd19.push_back(
        static_cast<float>((is_t ? 60.0 : 5000.0) * std::exp(0.4 * normal()) + 80.0 * normal()));
    time.push_back(static_cast<float>(event));
    made.kinds.push_back(kind);
  }
  made.sample.path = "made.fcs";
  made.panel.name = "made";
  constexpr double kRange = 262144.0;
  const auto add = [&](const char* name, ChannelRole role, PulseShape pulse,
                       std::vector<float>& values) {
    add_channel(made.sample, made.panel, name, role, pulse, kRange, std::move(values));
  };
  add("FSC-A", ChannelRole::kForward, PulseShape::kArea, fsc_a);
  add("FSC-H", ChannelRole::kForward, PulseShape::kHeight, fsc_h);
  add("SSC-A", ChannelRole::kSide, PulseShape::kArea, ssc_a);
  add("SSC-H", ChannelRole::kSide, PulseShape::kHeight, ssc_h);
  add("Live", ChannelRole::kViability, PulseShape::kNone, viability);
  add("CD3", ChannelRole::kMarker, PulseShape::kNone, cd3);
  add("CD19", ChannelRole::kMarker, PulseShape::kNone, cd19);
  add("Time", ChannelRole::kTime, PulseShape::kNone, time);
  return made;
}

}  // namespace gateless::preprocess
