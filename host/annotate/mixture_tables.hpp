// One expectation step of a tied mixture: class densities as look-up tables over bins, the events' class
// probabilities, and the sums over bins that maximisation needs.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "host/annotate/mixture_fit.hpp"

namespace gateless {

/// The tied levels of a mixture in bins, and the shares of its classes.
struct Parameters {
  std::vector<std::vector<double>> mean, sd;            ///< [markers][levels]
  std::vector<std::vector<std::vector<double>>> share;  ///< [classes][markers][levels]
  std::vector<std::vector<std::vector<double>>>
      move;                           ///< [classes][markers][levels], of a class's own levels
  std::vector<LevelBorder> border{};  ///< [markers], or empty: levels meet where their densities do
};

/// e^x for x <= 0, relative error below 1e-6; basic operations only, so that every machine agrees.
inline float exp_negative(float x) {
  const float y = std::max(x, -80.0F) * 1.44269504F;
  const float whole = std::floor(y);
  const float f = y - whole;
  const float p =
      1.0F + f * (0.693147181F +
                  f * (0.240226507F +
                       f * (0.0555041087F +
                            f * (0.00961812911F + f * (0.00133335581F + f * 0.000154353F)))));
  return p * std::bit_cast<float>((static_cast<std::int32_t>(whole) + 127) << 23);
}

/// Log densities of the classes for every bin of every marker, of one sample.
class ClassTables {
 public:
  ClassTables(const Parameters& parameters, const SampleFit& fit);

  [[nodiscard]] std::size_t classes() const { return classes_; }
  [[nodiscard]] std::size_t stride() const { return stride_; }
  /// Densities [bins][levels] of one marker's levels as one class has them.
  [[nodiscard]] const double* levels(std::size_t marker, std::size_t one) const {
    return levels_[marker].data() + one * (levels_[marker].size() / classes_);
  }

  /// Probabilities [stride] of the classes, given one bin per marker.
  template <class BinOf>
  void probabilities(BinOf bin_of, std::span<float> result) const {
    std::copy(log_weight_.begin(), log_weight_.end(), result.begin());
    for (std::size_t m = 0; m < tables_.size(); ++m) {
      const float* row = tables_[m].data() + bin_of(m) * stride_;
      for (std::size_t c = 0; c < stride_; ++c) result[c] += row[c];
    }
    const float largest = *std::max_element(result.begin(), result.end());
    float sum = 0.0F;
    for (std::size_t c = 0; c < stride_; ++c) {
      result[c] = exp_negative(result[c] - largest);
    }
    for (std::size_t c = 0; c < stride_; ++c) sum += result[c];
    const float scale = 1.0F / sum;
    for (std::size_t c = 0; c < stride_; ++c) result[c] *= scale;
  }

 private:
  std::size_t classes_, stride_;
  std::vector<float> log_weight_;            ///< [stride]
  std::vector<std::vector<float>> tables_;   ///< [markers][bins][stride]
  std::vector<std::vector<double>> levels_;  ///< [markers][classes][bins][levels]
};

/// Expected events per class, marker and bin: all that maximisation needs.
struct ClassHistograms {
  std::vector<double> total;               ///< [classes]
  std::vector<std::vector<float>> counts;  ///< [markers][bins][stride]
};

/// Looks at no more than `most` members, evenly spaced. `rows` [markers of the mixture] are rows of the events.
[[nodiscard]] ClassHistograms expect(const ClassTables& tables,
                                     const std::vector<std::size_t>& rows,
                                     const BinnedSample& sample, const Members& members,
                                     std::size_t most);

/// Sums over the bins of one marker: events, first and second moment per level, events per class and level.
struct LevelSums {
  std::vector<double> events, first, second;  ///< [levels], around the sample's shift
  std::vector<std::vector<double>> by_class;  ///< [classes][levels]
  std::vector<std::vector<double>> first_by_class;
};

/// `is_other` [classes]: classes that tell nothing about where the levels lie.
[[nodiscard]] LevelSums sum_levels(const Parameters& parameters, const ClassTables& tables,
                                   const ClassHistograms& histograms, std::size_t m,
                                   const std::vector<double>& shift,
                                   const std::vector<bool>& is_other);

/// A sample's class weights from its expected events, drawn a little to the pooled ones.
void update_weights(SampleFit& fit, const std::vector<double>& total,
                    const std::vector<double>& pooled);
/// Moves a sample's levels to where its events lie, against a prior of no move.
void update_shift(std::vector<double>& shift, const LevelSums& sums,
                  const std::vector<double>& mean, bool is_rigid);

}  // namespace gateless
