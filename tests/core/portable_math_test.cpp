// The portable functions against long double ones of the platform.
#include "host/core/portable_math.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <ostream>
#include <string>

#include "host/core/philox.hpp"

namespace gateless {
namespace {

double ulps_from(double value, long double exact) {
  const double nearest = static_cast<double>(exact);
  const double ulp = std::nextafter(std::fabs(nearest), INFINITY) - std::fabs(nearest);
  return static_cast<double>(std::fabs((static_cast<long double>(value) - exact) / ulp));
}

struct Function {
  const char* name;
  double (*portable)(double);
  long double (*exact)(long double);
  double low, high;
  bool by_exponent;  // sample evenly in the exponent, both signs where low < 0
};

void PrintTo(const Function& function, std::ostream* out) { *out << function.name; }

class PortableMath : public testing::TestWithParam<Function> {};

TEST_P(PortableMath, IsWithinTwoUlpOfTheExactValue) {
  const Function& f = GetParam();
  const Philox random(7, 1);
  double worst = 0.0;
  double where = 0.0;
  for (std::uint64_t draw = 0; draw < 200'000; ++draw) {
    double x = f.low + (f.high - f.low) * random.uniform(draw);
    if (f.by_exponent) {
      x = std::exp2(-60.0 + (std::log2(f.high) + 60.0) * random.uniform(draw));
      if (f.low < 0.0 && (draw & 1U) != 0U) x = -x;
    }
    const double error = ulps_from(f.portable(x), f.exact(static_cast<long double>(x)));
    if (error > worst) {
      worst = error;
      where = x;
    }
  }
  EXPECT_LE(worst, 2.0) << f.name << " at " << where;
  RecordProperty("worst_ulp", std::to_string(worst));
}

INSTANTIATE_TEST_SUITE_P(
    Functions, PortableMath,
    testing::Values(Function{"log", portable::log, std::log, 1e-12, 1e12, true},
                    Function{"log_near_one", portable::log, std::log, 0.5, 2.0, false},
                    Function{"log1p", portable::log1p, std::log1p, 0.0, 1e12, true},
                    Function{"log1p_near_zero", portable::log1p, std::log1p, -0.9, 2.0, false},
                    Function{"exp", portable::exp, std::exp, -700.0, 700.0, false},
                    Function{"exp_near_zero", portable::exp, std::exp, -2.0, 2.0, false},
                    Function{"expm1", portable::expm1, std::expm1, -0.7, 40.0, false},
                    Function{"asinh", portable::asinh, std::asinh, -1e12, 1e12, true},
                    Function{"asinh_near_zero", portable::asinh, std::asinh, -3.0, 3.0, false},
                    Function{"sinh", portable::sinh, std::sinh, -700.0, 700.0, true},
                    Function{"sinh_near_zero", portable::sinh, std::sinh, -3.0, 3.0, false}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(PortableMathEdges, FollowTheMathLibrary) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  constexpr double kTiny = std::numeric_limits<double>::denorm_min();
  EXPECT_EQ(portable::log(0.0), -kInf);
  EXPECT_TRUE(std::isnan(portable::log(-1.0)));
  EXPECT_TRUE(std::isnan(portable::log(NAN)));
  EXPECT_EQ(portable::log(kInf), kInf);
  EXPECT_EQ(portable::log(1.0), 0.0);
  EXPECT_DOUBLE_EQ(portable::log(kTiny), std::log(kTiny));
  EXPECT_EQ(portable::exp(0.0), 1.0);
  EXPECT_EQ(portable::exp(-kInf), 0.0);
  EXPECT_EQ(portable::exp(kInf), kInf);
  EXPECT_EQ(portable::exp(800.0), kInf);
  EXPECT_TRUE(std::isnan(portable::exp(NAN)));
  EXPECT_DOUBLE_EQ(portable::exp(709.7), std::exp(709.7));
  EXPECT_DOUBLE_EQ(portable::exp(-740.0), std::exp(-740.0));
  EXPECT_EQ(portable::asinh(0.0), 0.0);
  EXPECT_TRUE(std::signbit(portable::asinh(-0.0)));
  EXPECT_EQ(portable::asinh(-kInf), -kInf);
  EXPECT_TRUE(std::isnan(portable::asinh(NAN)));
  EXPECT_DOUBLE_EQ(portable::sinh(710.0), std::sinh(710.0));
  EXPECT_EQ(portable::sinh(-1000.0), -kInf);
}

}  // namespace
}  // namespace gateless
