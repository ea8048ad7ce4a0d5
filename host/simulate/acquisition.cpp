#include "host/simulate/acquisition.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "host/simulate/cell_types.hpp"

namespace gateless::simulate {
namespace {

/// Events made together, so that their columns stay in the cache.
constexpr std::size_t kBlock = 1024;
using Column = std::array<float, kBlock>;

enum ScatterChannel : std::size_t {
  kForwardArea,
  kForwardHeight,
  kForwardWidth,
  kSideArea,
  kSideHeight
};
constexpr std::array<const char*, 5> kScatterNames{"FSC-A", "FSC-H", "FSC-W", "SSC-A", "SSC-H"};

/// 10^x for x in (-30, 30), 7 digits: 2^n from the exponent bits times 2^f by its Taylor series, f in [-1/2, 1/2].
float power_of_ten(float x) {
  const float y = x * 3.3219280949F;
  const int n = static_cast<int>(y + 128.5F) - 128;
  const float f = y - static_cast<float>(n);
  float series = 1.5403530393e-4F;
  series = series * f + 1.3333558146e-3F;
  series = series * f + 9.6181291076e-3F;
  series = series * f + 5.5504108665e-2F;
  series = series * f + 2.4022650696e-1F;
  series = series * f + 6.9314718056e-1F;
  series = series * f + 1.0F;
  return series * std::bit_cast<float>(static_cast<std::uint32_t>(n + 127) << 23U);
}

/// The look of one cell type to one panel.
struct Look {
  CellShape shape;
  std::vector<MarkerLevel> levels;  ///< [detectors]
};

/// Where a stain's light goes.
struct LightPath {
  std::size_t detector;
  float fraction;
};

class Cytometer {
 public:
  Cytometer(const Conditions& conditions, RandomStream& random)
      : conditions_(conditions), random_(random), detectors_(conditions.panel->detectors.size()) {
    for (const CellType& type : cell_types()) {
      Look look{type.shape, {}};
      for (const Detector& detector : conditions.panel->detectors) {
        look.levels.push_back(type.level(detector.marker));
      }
      looks_.push_back(std::move(look));
    }
    const Matrix<double> spillover = spillover_of(*conditions.panel);
    paths_.resize(detectors_);
    for (std::size_t dye = 0; dye < detectors_; ++dye) {
      for (std::size_t detector = 0; detector < detectors_; ++detector) {
        const auto fraction = static_cast<float>(spillover(dye, detector));
        if (fraction > 0.0F) paths_[dye].push_back({detector, fraction});
      }
    }
    double sum = 0.0;
    for (const double fraction : conditions.composition) cumulative_.push_back(sum += fraction);
    light_.resize(detectors_);
    scatter_.resize(kScatterNames.size());
  }

  Acquired run() {
    Acquired acquired = empty_sample();
    for (std::size_t first = 0; first < conditions_.events; first += kBlock) {
      first_ = first;
      count_ = std::min(kBlock, conditions_.events - first);
      draw_cells(acquired);
      shine();
      scatter();
      join_doublets();
      detect(acquired);
    }
    return acquired;
  }

 private:
  Acquired empty_sample() const {
    Acquired acquired;
    for (const char* name : kScatterNames)
      acquired.channels.push_back({name, "", kTopOfScale + 1.0});
    for (const Detector& detector : conditions_.panel->detectors) {
      acquired.channels.push_back({detector.dye + "-A", detector.stain, kTopOfScale + 1.0});
    }
    acquired.channels.push_back({"Time", "", kTopOfScale + 1.0});
    acquired.values.assign(acquired.channels.size(), std::vector<float>(conditions_.events));
    acquired.types.resize(conditions_.events);
    acquired.fates.resize(conditions_.events);
    return acquired;
  }

  void draw_cells(Acquired& acquired) {
    for (std::size_t event = 0; event < count_; ++event) {
      const double place = random_.uniform() * cumulative_.back();
      const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end() - 1, place);
      types_[event] = static_cast<std::uint8_t>(found - cumulative_.begin());
      fates_[event] = draw_fate();
      size_[event] = random_.normal();
      state_[event] = random_.normal();
      acquired.types[first_ + event] = types_[event];
      acquired.fates[first_ + event] = fates_[event];
    }
  }

  Fate draw_fate() {
    double place = random_.uniform();
    for (std::size_t fate = kFates; --fate > 0;) {
      place -= conditions_.fates[fate];
      if (place < 0.0) return static_cast<Fate>(fate);
    }
    return Fate::kLive;
  }

  /// Light at every detector, before it is counted.
  void shine() {
    for (std::size_t detector = 0; detector < detectors_; ++detector) {
      const float base = conditions_.panel->detectors[detector].autofluorescence;
      for (std::size_t event = 0; event < count_; ++event) {
        float own = looks_[types_[event]].shape.autofluorescence;
        if (fates_[event] == Fate::kDead) own *= 3.0F;
        if (fates_[event] == Fate::kDebris) own *= 0.3F;
        light_[detector][event] = base * own * power_of_ten(0.06F * size_[event]);
      }
    }
    Column stain;
    for (std::size_t dye = 0; dye < detectors_; ++dye) {
      const bool is_viability = conditions_.panel->detectors[dye].marker == "Viability";
      const float staining = conditions_.staining[dye];
      for (std::size_t event = 0; event < count_; ++event) {
        const MarkerLevel& level = looks_[types_[event]].levels[dye];
        const float own = random_.normal();
        const float shared = state_[event];
        const float deviation =
            level.state * shared + std::sqrt(1.0F - level.state * level.state) * own;
        float amount = level.mean + level.spread * deviation + 0.05F * size_[event];
        if (fates_[event] == Fate::kDead) amount = dead_amount(amount, own, is_viability);
        if (fates_[event] == Fate::kDebris) amount -= is_viability ? 0.1F : 1.2F;
        stain[event] = staining * power_of_ten(amount);
      }
      for (const LightPath& path : paths_[dye]) {
        Column& light = light_[path.detector];
        for (std::size_t event = 0; event < count_; ++event) {
          light[event] += path.fraction * stain[event];
        }
      }
    }
  }

  /// The dye enters the dead, antigens fade, and what sticks to them is more than on the living.
  static float dead_amount(float amount, float own, bool is_viability) {
    if (is_viability) return 4.30F + 0.20F * own;
    return std::max(amount - 0.25F, 2.35F + 0.30F * own);
  }

  void scatter() {
    for (std::size_t event = 0; event < count_; ++event) {
      const CellShape& shape = looks_[types_[event]].shape;
      float forward = shape.forward * power_of_ten(0.042F * size_[event]);
      float side =
          shape.side * power_of_ten(0.03F * size_[event] + shape.side_spread * random_.normal());
      if (fates_[event] == Fate::kDead) {
        forward *= 0.62F * power_of_ten(0.05F * random_.normal());
        side *= 1.45F;
      } else if (fates_[event] == Fate::kDebris) {
        forward = 9'000.0F * power_of_ten(0.20F * random_.normal());
        side = 5'000.0F * power_of_ten(0.25F * random_.normal());
      }
      scatter_[kForwardArea][event] = forward;
      scatter_[kSideArea][event] = side;
      scatter_[kForwardHeight][event] = forward * (0.94F + 0.02F * random_.normal());
      scatter_[kSideHeight][event] = side * (0.92F + 0.025F * random_.normal());
    }
  }

  /// Two cells that pass together: areas add up, heights hardly grow.
  void join_doublets() {
    for (std::size_t event = 0; event < count_; ++event) {
      if (fates_[event] != Fate::kDoublet) continue;
      const std::size_t other = random_.below(count_);
      if (fates_[other] == Fate::kDoublet || fates_[other] == Fate::kDebris) {
        fates_[event] = Fate::kLive;  // corrected in the truth by detect()
        continue;
      }
      for (Column& light : light_) light[event] += light[other];
      for (const std::size_t area : {kForwardArea, kSideArea}) {
        scatter_[area][event] += scatter_[area][other];
      }
      for (const std::size_t height : {kForwardHeight, kSideHeight}) {
        scatter_[height][event] = random_.uniform(1.0F, 1.22F) *
                                  std::max(scatter_[height][event], scatter_[height][other]);
      }
    }
  }

  void detect(Acquired& acquired) {
    for (std::size_t event = 0; event < count_; ++event) {
      acquired.fates[first_ + event] = fates_[event];
      const float elapsed =
          static_cast<float>(first_ + event) / static_cast<float>(conditions_.events);
      const bool is_clogged = elapsed >= conditions_.clog_begin && elapsed < conditions_.clog_end;
      const float clog = is_clogged ? 0.55F : 1.0F;
      scatter_gain_[event] = clog * conditions_.scatter_gain;
      gain_[event] = clog * (1.0F + conditions_.drift * (elapsed - 0.5F));
      const double rate = conditions_.events_per_second * (is_clogged ? 0.25 : 1.0);
      seconds_ -= portable::log(random_.uniform()) / rate;
      acquired.values.back()[first_ + event] = static_cast<float>(100.0 * seconds_);
    }
    detect_scatter(acquired);
    for (std::size_t detector = 0; detector < detectors_; ++detector) {
      const Detector& optics = conditions_.panel->detectors[detector];
      const float dark = optics.electronic_noise * optics.electronic_noise;
      float* out = acquired.values[kScatterNames.size() + detector].data() + first_;
      for (std::size_t event = 0; event < count_; ++event) {
        const float light = light_[detector][event];
        const float noise = std::sqrt(optics.photon_noise * light + dark) * random_.normal();
        out[event] =
            std::min(gain_[event] * conditions_.gains[detector] * (light + noise), kTopOfScale);
      }
    }
    drive_to_margin(acquired);
  }

  void detect_scatter(Acquired& acquired) {
    for (std::size_t channel = 0; channel < kScatterNames.size(); ++channel) {
      if (channel == kForwardWidth) continue;
      for (std::size_t event = 0; event < count_; ++event) {
        acquired.values[channel][first_ + event] =
            std::min(scatter_gain_[event] * scatter_[channel][event], kTopOfScale);
      }
    }
    // The width that digital cytometers report: area over height, 65536 for a rectangle.
    for (std::size_t event = first_; event < first_ + count_; ++event) {
      acquired.values[kForwardWidth][event] =
          std::min(65'536.0F * acquired.values[kForwardArea][event] /
                       std::max(acquired.values[kForwardHeight][event], 1.0F),
                   kTopOfScale);
    }
  }

  void drive_to_margin(Acquired& acquired) {
    for (std::size_t event = first_; event < first_ + count_; ++event) {
      if (acquired.fates[event] != Fate::kMargin) continue;
      const float choice = random_.uniform();
      if (choice < 0.4F) {
        for (const std::size_t channel : {kForwardArea, kForwardHeight, kForwardWidth}) {
          acquired.values[channel][event] = kTopOfScale;
        }
      } else if (choice < 0.7F) {
        for (const std::size_t channel : {kSideArea, kSideHeight}) {
          acquired.values[channel][event] = kTopOfScale;
        }
      } else {
        acquired.values[kScatterNames.size() + random_.below(detectors_)][event] = kTopOfScale;
      }
    }
  }

  const Conditions& conditions_;
  RandomStream& random_;
  std::size_t detectors_;
  std::vector<Look> looks_;                    ///< [cell types]
  std::vector<std::vector<LightPath>> paths_;  ///< [dyes]
  std::vector<double> cumulative_;             ///< [cell types]
  double seconds_ = 0.0;

  std::size_t first_ = 0, count_ = 0;  ///< the block
  std::array<std::uint8_t, kBlock> types_{};
  std::array<Fate, kBlock> fates_{};
  Column size_{}, state_{}, gain_{}, scatter_gain_{};
  std::vector<Column> light_;    ///< [detectors]
  std::vector<Column> scatter_;  ///< [scatter channels]
};

}  // namespace

Acquired acquire(const Conditions& conditions, RandomStream& random) {
  return Cytometer(conditions, random).run();
}

}  // namespace gateless::simulate
