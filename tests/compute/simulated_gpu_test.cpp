// The simulated GPU itself: what it must notice, and that its warp operations are those of a GPU.
#include "tests/compute/simulated_gpu.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "cuda/half.hpp"
#include "host/core/layers.hpp"
#include "host/core/philox.hpp"

namespace gateless::compute::simulated {
namespace {

TEST(SimulatedGpu, RunsEveryThreadOfEveryBlockOnce) {
  std::vector<int> runs(3 * 64);
  run({.blocks = 3, .threads = 64}, [&](const Lane& lane) {
    ++runs[lane.block() * 64 + static_cast<unsigned>(lane.thread())];
    EXPECT_EQ(lane.blocks(), 3U);
    EXPECT_EQ(lane.threads(), 64);
  });
  EXPECT_EQ(runs, std::vector<int>(3 * 64, 1));
}

TEST(SimulatedGpu, LetsAThreadSeeWhatOthersWroteBeforeABarrier) {
  for (const Order order : {Order::kForward, Order::kBackward, Order::kShuffled}) {
    run({.threads = 96, .shared_bytes = 96 * sizeof(int), .order = order}, [](const Lane& lane) {
      int* const cells = static_cast<int*>(lane.shared());
      cells[lane.thread()] = lane.thread();
      lane.wait_for_block();
      EXPECT_EQ(cells[95 - lane.thread()], 95 - lane.thread());
    });
  }
}

TEST(SimulatedGpu, TellsAMissingBarrierByTheOrderOfThreads) {
  const auto stale_reads = [](Order order) {
    int stale = 0;
    run({.threads = 64, .shared_bytes = 64 * sizeof(int), .order = order}, [&](const Lane& lane) {
      int* const cells = static_cast<int*>(lane.shared());
      cells[lane.thread()] = 1;
      stale += lane.thread() > 0 && cells[lane.thread() - 1] != 1 ? 1 : 0;
    });
    return stale;
  };
  EXPECT_EQ(stale_reads(Order::kForward), 0);
  EXPECT_EQ(stale_reads(Order::kBackward), 63);
}

TEST(SimulatedGpu, RefusesABarrierThatSomeThreadsNeverReach) {
  const Launch launch{.threads = 64};
  EXPECT_THROW(run(launch,
                   [](const Lane& lane) {
                     if (lane.thread() != 5) lane.wait_for_block();
                   }),
               std::logic_error);
  EXPECT_THROW(run(launch,
                   [](const Lane& lane) {
                     if (lane.thread() % 2 == 0) (void)lane.vote(true);
                   }),
               std::logic_error);
  EXPECT_THROW(run(launch, [](const Lane& lane) { (void)lane.sum_over(3U, 1U); }),
               std::logic_error);
  EXPECT_THROW(run({.threads = 40}, [](const Lane&) {}), std::logic_error);
}

TEST(SimulatedGpu, ComputesOverAWarp) {
  run({.threads = 64}, [](const Lane& lane) {
    const int self = lane.thread() % 32;
    EXPECT_EQ(lane.vote(self % 3 == 0), 0x49249249U);
    EXPECT_EQ(lane.peers(self % 2), self % 2 == 0 ? 0x55555555U : 0xAAAAAAAAU);
    EXPECT_EQ(lane.largest(-5 - self), -5);
    EXPECT_EQ(lane.from_lane(1.5F * static_cast<float>(self), 7), 10.5F);
    EXPECT_EQ(lane.exchange(self, 5), self ^ 5);
    const unsigned half = self < 16 ? 0xFFFFU : 0xFFFF0000U;
    EXPECT_EQ(lane.sum_over(half, self), self < 16 ? 120 : 376);
  });
}

TEST(SimulatedGpu, MultipliesMatricesAsTheFragmentsOfPtxLie) {
  // A[row][k] = row + 1 at k = row, B[k][column] = 10 k + column: C = start + (row + 1) (10 row + column).
  run({.threads = 32, .tensor_sums = TensorSums::kNearest}, [](const Lane& lane) {
    const int group = lane.thread() / 4;
    const int place = lane.thread() % 4;
    const auto pair = [](float low, float high) {
      return cuda::half_of(low) | cuda::half_of(high) << 16U;
    };
    const auto a = [](int row, int k) { return row == k ? static_cast<float>(row + 1) : 0.0F; };
    const auto b = [](int k, int column) { return static_cast<float>(10 * k + column); };
    std::uint32_t left[4];
    for (int word = 0; word < 4; ++word) {
      const int row = group + word % 2 * 8;
      const int k = 2 * place + word / 2 * 8;
      left[word] = pair(a(row, k), a(row, k + 1));
    }
    std::uint32_t right[2];
    for (int word = 0; word < 2; ++word) {
      const int k = 2 * place + word * 8;
      right[word] = pair(b(k, group), b(k + 1, group));
    }
    const float start[4] = {0.5F, 0.5F, 0.5F, 0.5F};
    float sums[4];
    lane.multiply_add(sums, left, right, start);
    for (int cell = 0; cell < 4; ++cell) {
      const int row = group + cell / 2 * 8;
      const int column = 2 * place + cell % 2;
      EXPECT_EQ(sums[cell], 0.5F + static_cast<float>((row + 1) * (10 * row + column)));
    }
    const std::uint32_t half_left[2] = {left[0], left[1]};
    lane.multiply_add(sums, half_left, right[0], start);
    for (int cell = 0; cell < 4; ++cell) {
      const int row = group + cell / 2 * 8;
      const int column = 2 * place + cell % 2;
      const int product = row < 8 ? (row + 1) * (10 * row + column) : 0;
      EXPECT_EQ(sums[cell], 0.5F + static_cast<float>(product));
    }
  });
}

TEST(Half, GivesBackEveryFloat16) {
  for (std::uint32_t half = 0; half < 0x7C00U; ++half) {
    for (const std::uint32_t sign : {0U, 0x8000U}) {
      EXPECT_EQ(cuda::half_of(cuda::value_of_half(half | sign)), half | sign);
    }
  }
  EXPECT_EQ(cuda::value_of_half(0x3C00U), 1.0F);
  EXPECT_EQ(cuda::value_of_half(0x0001U), 0x1p-24F);
  EXPECT_EQ(cuda::value_of_half(0xFBFFU), -65504.0F);
  EXPECT_EQ(cuda::half_of(-65520.0F), 0xFC00U);
  EXPECT_EQ(cuda::value_of_half(0xFC00U), -INFINITY);
  EXPECT_TRUE(std::isnan(cuda::value_of_half(cuda::half_of(NAN))));
  const std::uint32_t pair = cuda::half_pair_of(1.5F, -2.0F);
  EXPECT_EQ(cuda::first_of_pair(pair), 1.5F);
  EXPECT_EQ(cuda::second_of_pair(pair), -2.0F);
}

TEST(Half, RoundsToTheNearestAndHalvesToEven) {
  for (std::uint32_t half = 0; half + 1 < 0x7C00U; ++half) {
    const float low = cuda::value_of_half(half);
    const float high = cuda::value_of_half(half + 1);
    const float middle = low + (high - low) / 2;  // exact
    EXPECT_EQ(cuda::half_of(middle), half + half % 2);
    EXPECT_EQ(cuda::half_of(std::nextafter(middle, 0.0F)), half);
    EXPECT_EQ(cuda::half_of(std::nextafter(middle, 1e9F)), half + 1);
  }
}

}  // namespace
}  // namespace gateless::compute::simulated
