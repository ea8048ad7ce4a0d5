// Transforms and compensation on a device: the bytes of the host, whatever the tiles; the kernels' own lines run on the
// simulated GPU.
#include "cuda/column_work.hpp"

#include <gtest/gtest.h>

#include "cuda/column_stream.hpp"
#include "host/core/unmix.hpp"
#include "tests/compute/made_columns.hpp"
#include "tests/compute/simulated_device.hpp"

namespace gateless {
namespace {

struct Shape {
  std::size_t columns, events, tile_values;
};

class ColumnStreams : public testing::TestWithParam<Shape> {
 protected:
  Values values_ = linear_values(GetParam().columns, GetParam().events);
  Values expected_ = values_;
  simulated::DeviceLog log_;
  cuda::ColumnStream stream_{
      std::make_unique<simulated::SimulatedDevice>(simulated::DeviceTraits{}, log_),
      GetParam().tile_values};
};

TEST_P(ColumnStreams, TransformAsTheHostDoes) {
  const auto curves = some_curves(GetParam().columns);
  transform_columns(Columns(expected_.begin(), expected_.end()), curves, 1);
  EXPECT_TRUE(stream_.transform(Columns(values_.begin(), values_.end()), curves));
  EXPECT_TRUE(bytes_of(values_) == bytes_of(expected_));
}

TEST_P(ColumnStreams, UnmixAsTheHostDoes) {
  const Matrix<float> weights = some_weights(GetParam().columns);
  unmix(Columns(expected_.begin(), expected_.end()), weights);
  EXPECT_TRUE(stream_.unmix(Columns(values_.begin(), values_.end()), weights));
  EXPECT_TRUE(bytes_of(values_) == bytes_of(expected_));
}

// One tile; many and a short last one; tiles of one event; no event.
INSTANTIATE_TEST_SUITE_P(Shapes, ColumnStreams,
                         testing::Values(Shape{1, 5, 1000}, Shape{4, 2000, 8000},
                                         Shape{7, 1501, 700}, Shape{20, 33, 20}, Shape{3, 0, 30}));

TEST(ColumnsOnDevice, StayOnTheHostWhereCurvesAndWeightsHaveNoRoom) {
  simulated::DeviceLog log;
  const std::size_t tiles = std::size_t{4} * 1000 * sizeof(float);
  cuda::ColumnStream stream(
      std::make_unique<simulated::SimulatedDevice>(
          simulated::DeviceTraits{.refuses_above = tiles + 4 * 4 * sizeof(float) - 1}, log),
      1000);
  Values values = linear_values(4, 300);
  const Values before = values;
  EXPECT_FALSE(stream.transform(Columns(values.begin(), values.end()), some_curves(4)));
  EXPECT_FALSE(stream.unmix(Columns(values.begin(), values.end()), some_weights(4)));
  EXPECT_TRUE(bytes_of(values) == bytes_of(before));
}

TEST(ColumnsOnDevice, StayOnTheHostWhereTheDeviceHasNoRoom) {
  simulated::DeviceLog log;
  std::vector<std::string> warnings;
  BackendOptions options;
  options.warn = [&](const std::string& what) { warnings.push_back(what); };
  const auto backend = simulated::make_backend(options, {.refuses_above = 1000}, log);
  Values values = linear_values(4, 300);
  Values expected = values;
  const auto curves = some_curves(4);
  transform_columns(Columns(expected.begin(), expected.end()), curves, 1);
  unmix(Columns(expected.begin(), expected.end()), some_weights(4));
  backend->transform(Columns(values.begin(), values.end()), curves, 1);
  backend->unmix(Columns(values.begin(), values.end()), some_weights(4));
  EXPECT_TRUE(bytes_of(values) == bytes_of(expected));
  EXPECT_EQ(warnings.size(), 1U);
}

}  // namespace
}  // namespace gateless
