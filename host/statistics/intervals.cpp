#include "host/statistics/intervals.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <cassert>
#include <cmath>

namespace gateless::statistics {

double normal_quantile_of(double level) {
  return boost::math::quantile(boost::math::normal(), 0.5 + level / 2.0);
}

Interval wilson(double successes, double trials, double level) {
  assert(trials > 0.0);
  const double z2 = std::pow(normal_quantile_of(level), 2);
  const double fraction = successes / trials;
  const double centre = fraction + z2 / (2.0 * trials);
  const double half =
      std::sqrt(z2 * (fraction * (1.0 - fraction) / trials + z2 / (4.0 * trials * trials)));
  const double scale = 1.0 + z2 / trials;
  return {.low = std::max(0.0, (centre - half) / scale),
          .high = std::min(1.0, (centre + half) / scale)};
}

Interval clopper_pearson(double successes, double trials, double level) {
  assert(trials > 0.0);
  const double tail = (1.0 - level) / 2.0;
  const double failures = std::max(0.0, trials - successes);
  Interval interval;
  if (successes > 0.0) interval.low = boost::math::ibeta_inv(successes, failures + 1.0, tail);
  if (failures > 0.0) interval.high = boost::math::ibetac_inv(successes + 1.0, failures, tail);
  return interval;
}

}  // namespace gateless::statistics
