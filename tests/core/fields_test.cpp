#include "host/core/fields.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/core/results.hpp"

namespace gateless {
namespace {

struct Inner {
  double low = 0.0, high = 1.0;
};
struct Outer {
  std::optional<double> number;
  std::string text;
  std::vector<int> values;
  std::map<std::string, int> map{};
  Inner inner{};
  std::array<float, 3> three{};
  std::optional<std::string> word = {};
  bool is_set = false;
};
struct One {
  int only = 1;
};

static_assert(field_count<One>() == 1);
static_assert(field_count<Inner>() == 2);
static_assert(field_count<Outer>() == 8);
static_assert(field_count<Results>() == 41);

TEST(Fields, AreReferencesInTheOrderOfTheStruct) {
  Outer outer{.number = 2.0, .text = "text", .values = {1, 2}};
  auto fields = fields_of(outer);
  static_assert(std::tuple_size_v<decltype(fields)> == 8);
  EXPECT_EQ(std::get<0>(fields), 2.0);
  EXPECT_EQ(std::get<1>(fields), "text");
  EXPECT_EQ(std::get<4>(fields).high, 1.0);
  std::get<7>(fields) = true;
  EXPECT_TRUE(outer.is_set);
  const Outer& same = outer;
  EXPECT_EQ(std::get<2>(fields_of(same)), (std::vector{1, 2}));
}

}  // namespace
}  // namespace gateless
