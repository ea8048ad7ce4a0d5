#include "host/annotate/mixture_tables.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

namespace gateless::annotate {
namespace {

constexpr double kTailShare = 0.03;    // of a level's events, with twice the spread
constexpr double kShiftPrior = 200.0;  // events that speak for no shift of a sample
constexpr double kRareLevel = 0.5;     // of its neighbour's events
constexpr double kSharedStaining = 0.1;

/// A normal density, with tails of one twice as wide; both but for a factor that all levels have.
double level_density(double bin, double mean, double per_sd) {
  const double z = (bin - mean) * per_sd;
  const double wide = std::exp(-0.125 * z * z);
  const double narrow = (wide * wide) * (wide * wide);
  return ((1.0 - kTailShare) * narrow + 0.5 * kTailShare * wide) * per_sd + 1e-6;
}

/// Densities [bins][levels] of one marker and class. Below the lowest and above the highest mean
/// nothing changes any more: what is brighter than bright is bright.
void add_levels(const std::vector<double>& mean, const std::vector<double>& sd,
                const std::vector<double>& shift, const std::vector<double>& move, double* table) {
  const std::size_t levels = mean.size();
  const double low = mean.front() + shift.front() + move.front();
  const double high = std::max(low, mean.back() + shift.back() + move.back());
  std::vector<double> own_mean(levels), per_sd(levels);
  for (std::size_t l = 0; l < levels; ++l) {
    own_mean[l] = mean[l] + shift[l] + move[l];
    per_sd[l] = 1.0 / sd[l];
  }
  double last = 0.0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const double x = std::clamp(static_cast<double>(bin) + 0.5, low, high);
    const bool is_same = bin > 0 && x == last;
    last = x;
    double* const own = table + bin * levels;
    for (std::size_t l = 0; l < levels; ++l)
      own[l] = is_same ? table[(bin - 1) * levels + l] : level_density(x, own_mean[l], per_sd[l]);
  }
}

/// The same for two levels on the sides of a border: the probability of lying on each, given the doubt around it.
void add_sides(const LevelBorder& border, const std::vector<double>& shift, double* table) {
  constexpr double kSmallest = 1e-6;
  const double at = border.at + (border.is_set ? 0.0 : 0.5 * (shift.front() + shift.back()));
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const double z = (static_cast<double>(bin) + 0.5 - at) / border.sd;
    const double above = 0.5 * std::erfc(-z / std::numbers::sqrt2);
    table[2 * bin] = std::max(kSmallest, 1.0 - above);
    table[2 * bin + 1] = std::max(kSmallest, above);
  }
}

/// The log density of a class in each bin, from those of its levels [bins][levels]; `table` is [bins][stride].
void mix_levels(const double* densities, const std::vector<double>& share, std::size_t stride,
                float* table) {
  const std::size_t levels = share.size();
  double last = 0.0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    double sum = 0.0;
    for (std::size_t l = 0; l < levels; ++l) sum += share[l] * densities[bin * levels + l];
    table[bin * stride] =
        bin > 0 && sum == last ? table[(bin - 1) * stride] : static_cast<float>(std::log(sum));
    last = sum;
  }
}

}  // namespace

ClassTables::ClassTables(const Parameters& parameters, const SampleFit& fit)
    : classes_(parameters.share.size()),
      stride_((classes_ + kClassLanes - 1) / kClassLanes * kClassLanes) {
  log_weight_.assign(stride_, -1e30F);
  for (std::size_t c = 0; c < classes_; ++c) {
    log_weight_[c] = static_cast<float>(std::log(std::max(fit.weights[c], 1e-12)));
  }
  for (std::size_t m = 0; m < parameters.mean.size(); ++m) {
    const std::size_t size = kBins * parameters.mean[m].size();
    const bool has_border = !parameters.border.empty() && parameters.border[m].sd > 0.0;
    const auto have_one_place = [&](std::size_t a, std::size_t b) {
      return has_border || parameters.move[a][m] == parameters.move[b][m];
    };
    LevelTables& own_levels = levels_.emplace_back();
    std::vector<float>& table = tables_.emplace_back(kBins * stride_, 0.0F);
    for (std::size_t c = 0; c < classes_; ++c) {
      // Most classes have their levels where one before has them, and many ask for the same of them.
      std::size_t like = 0;
      while (like < c && !have_one_place(like, c)) ++like;
      own_levels.of_class.push_back(like < c ? own_levels.of_class[like]
                                             : own_levels.densities.size());
      if (like == c) {
        double* const own = own_levels.densities.emplace_back(size).data();
        if (has_border) {
          add_sides(parameters.border[m], fit.shift[m], own);
        } else {
          add_levels(parameters.mean[m], parameters.sd[m], fit.shift[m], parameters.move[c][m],
                     own);
        }
      }
      while (like < c &&
             !(have_one_place(like, c) && parameters.share[like][m] == parameters.share[c][m]))
        ++like;
      if (like < c) {
        for (std::size_t bin = 0; bin < kBins; ++bin)
          table[bin * stride_ + c] = table[bin * stride_ + like];
      } else {
        mix_levels(levels(m, c), parameters.share[c][m], stride_, table.data() + c);
      }
    }
  }
}

void ClassTables::probabilities(const std::uint8_t* bins, const float* weight, std::size_t events,
                                float* result) const {
  class_probabilities({log_weight_.data(), tables_, bins, events, stride_, weight}, result);
}

namespace {

/// The expectation of one marker: members of one bin are alike, so each bin is asked for once.
void expect_by_bin(const ClassTables& tables, const std::vector<std::uint8_t>& column,
                   const Members& members, std::size_t step, ClassHistograms& result) {
  const std::size_t stride = tables.stride();
  std::vector<double> weight(kBins, 0.0);
  for (std::size_t i = 0; i < members.size(); i += step)
    weight[column[members.event(i)]] += static_cast<double>(members.probability(i));
  std::array<std::uint8_t, kBlockEvents> bins{};
  std::array<float, kBlockEvents> of_bin{};
  std::vector<float> probability(kBlockEvents * stride);
  for (std::size_t first = 0; first < kBins; first += kBlockEvents) {
    for (std::size_t i = 0; i < kBlockEvents; ++i) {
      bins[i] = static_cast<std::uint8_t>(first + i);
      of_bin[i] = static_cast<float>(weight[first + i]);
    }
    tables.probabilities(bins.data(), of_bin.data(), kBlockEvents, probability.data());
    add_probabilities(probability.data(), kBlockEvents, stride, result.total.data());
    std::copy(probability.begin(), probability.end(),
              result.counts.front().begin() + static_cast<std::ptrdiff_t>(first * stride));
  }
}

}  // namespace

PackedMembers pack_members(const std::vector<std::size_t>& rows, const BinnedSample& sample,
                           const Members& members, std::size_t most) {
  const std::size_t step = std::max<std::size_t>(1, (members.size() + most - 1) / most);
  PackedMembers packed;
  packed.sample.events = (members.size() + step - 1) / step;
  packed.sample.bins.resize(sample.bins.size());
  for (const std::size_t row : rows) {
    std::vector<std::uint8_t>& column = packed.sample.bins[row];
    column.reserve(packed.sample.events);
    for (std::size_t i = 0; i < members.size(); i += step)
      column.push_back(sample.bins[row][members.event(i)]);
  }
  std::vector<float> probability(packed.sample.events);
  for (std::size_t i = 0; i < probability.size(); ++i)
    probability[i] = members.probability(i * step);
  packed.members = Members::everyone(std::move(probability));
  return packed;
}

ClassHistograms expect(const ClassTables& tables, const std::vector<std::size_t>& rows,
                       const BinnedSample& sample, const Members& members, std::size_t most) {
  ClassHistograms result;
  const std::size_t stride = tables.stride();
  result.total.assign(stride, 0.0);
  result.counts.assign(rows.size(), std::vector<float>(kBins * stride, 0.0F));
  const std::size_t step = std::max<std::size_t>(1, (members.size() + most - 1) / most);
  if (rows.size() == 1) {
    expect_by_bin(tables, sample.bins[rows.front()], members, step, result);
    result.total.resize(tables.classes());
    return result;
  }
  for_each_block(
      tables, rows, sample, members, step, true,
      [&](std::size_t, std::size_t count, const float* probability, const std::uint8_t* bins) {
        add_probabilities(probability, count, stride, result.total.data());
        for (std::size_t m = 0; m < rows.size(); ++m)
          count_probabilities(bins + m * kBlockEvents, probability, count, stride,
                              result.counts[m].data());
      });
  result.total.resize(tables.classes());
  return result;
}

namespace {

/// Sums of one class over the bins of one marker.
template <std::size_t kLevels>
struct SumsOfClass {
  std::array<double, kLevels> events{}, first{},
      second{};                             ///< around the sample's and the class's shift
  std::array<double, kLevels> own_first{};  ///< around the sample's shift

  /// `count` is [bins][stride], `densities` [bins][levels]; `share`, `shift` and `move` are [levels].
  void add(const float* count, std::size_t stride, const double* densities, const double* share,
           const double* shift, const double* move) {
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const auto weight = static_cast<double>(count[bin * stride]);
      if (weight <= 1e-9) continue;
      std::array<double, kLevels> part;  // NOLINT(cppcoreguidelines-pro-type-member-init)
      double total = 0.0;
      for (std::size_t l = 0; l < kLevels; ++l)
        total += part[l] = share[l] * densities[bin * kLevels + l];
      for (std::size_t l = 0; l < kLevels; ++l) {
        const double here = weight * part[l] / total;
        const double own = static_cast<double>(bin) + 0.5 - shift[l];
        const double x = own - move[l];
        events[l] += here;
        own_first[l] += here * own;
        first[l] += here * x;
        second[l] += here * x * x;
      }
    }
  }
};

template <std::size_t kLevels>
void sum_levels_of(const Parameters& parameters, const ClassTables& tables,
                   const ClassHistograms& histograms, std::size_t m,
                   const std::vector<double>& shift, const std::vector<bool>& is_other,
                   LevelSums& sums) {
  for (std::size_t c = 0; c < tables.classes(); ++c) {
    SumsOfClass<kLevels> of_class;
    of_class.add(histograms.counts[m].data() + c, tables.stride(), tables.levels(m, c),
                 parameters.share[c][m].data(), shift.data(), parameters.move[c][m].data());
    sums.by_class.emplace_back(of_class.events.begin(), of_class.events.end());
    sums.first_by_class.emplace_back(of_class.own_first.begin(), of_class.own_first.end());
    if (is_other[c]) continue;
    for (std::size_t l = 0; l < kLevels; ++l) {
      sums.events[l] += of_class.events[l];
      sums.first[l] += of_class.first[l];
      sums.second[l] += of_class.second[l];
    }
  }
}

}  // namespace

LevelSums sum_levels(const Parameters& parameters, const ClassTables& tables,
                     const ClassHistograms& histograms, std::size_t m,
                     const std::vector<double>& shift, const std::vector<bool>& is_other) {
  const std::size_t levels = parameters.mean[m].size();
  LevelSums sums{std::vector<double>(levels),
                 std::vector<double>(levels),
                 std::vector<double>(levels),
                 {},
                 {}};
  // As many levels as the words of a knowledge file for them: known to the compiler, sums stay in registers.
  constexpr std::array kSumOf = {sum_levels_of<1>, sum_levels_of<2>, sum_levels_of<3>,
                                 sum_levels_of<4>, sum_levels_of<5>};
  kSumOf.at(levels - 1)(parameters, tables, histograms, m, shift, is_other, sums);
  return sums;
}

void update_weights(SampleFit& fit, const std::vector<double>& total,
                    const std::vector<double>& pooled) {
  constexpr double kPrior = 2.0;
  const double sum = std::accumulate(total.begin(), total.end(), 0.0);
  for (std::size_t c = 0; c < total.size(); ++c) {
    fit.weights[c] = (total[c] + kPrior * pooled[c]) / (sum + kPrior);
  }
}

void update_shift(std::vector<double>& shift, const LevelSums& sums,
                  const std::vector<double>& mean, ShiftKind kind) {
  const std::size_t levels = shift.size();
  std::vector<double> moved(levels);
  for (std::size_t l = 0; l < levels; ++l)
    moved[l] = sums.first[l] - sums.events[l] * (mean[l] - shift[l]);
  const double all_moved = std::accumulate(moved.begin(), moved.end(), 0.0);
  const double all_events = std::accumulate(sums.events.begin(), sums.events.end(), 0.0);
  const double part = kind == ShiftKind::kShared ? kSharedStaining : 0.0;  // of other levels
  for (std::size_t l = 0; l < levels; ++l) {
    const double events = sums.events[l] + part * (all_events - sums.events[l]);
    const double toward = moved[l] + part * (all_moved - moved[l]);
    double limit = 25.0;
    if (l > 0) limit = std::min(limit, 0.3 * (mean[l] - mean[l - 1]));
    if (l + 1 < levels) limit = std::min(limit, 0.3 * (mean[l + 1] - mean[l]));
    shift[l] = std::clamp(toward / (events + kShiftPrior), -limit, limit);
  }
  if (kind == ShiftKind::kRigid) std::fill(shift.begin(), shift.end(), shift.front());
  if (kind != ShiftKind::kFollowing || levels < 2) return;
  const std::vector<double> own = shift;
  for (std::size_t l = 0; l < levels; ++l) {
    const std::size_t below = l > 0 ? l - 1 : 1, above = l + 1 < levels ? l + 1 : levels - 2;
    const std::size_t denser = sums.events[below] > sums.events[above] ? below : above;
    if (sums.events[l] < kRareLevel * sums.events[denser]) shift[l] = own[denser];
  }
}

}  // namespace gateless::annotate
