#include "host/annotate/class_block.hpp"

#include <array>
#include <cstring>

#include "host/core/clones.hpp"

#define GATELESS_INLINE inline __attribute__((always_inline))

namespace gateless::annotate {
namespace {

// Vectors are passed by reference: by value, the registers they travel in would differ from machine to machine.
using Lanes = float __attribute__((vector_size(kClassLanes * sizeof(float))));
using WholeLanes = std::int32_t __attribute__((vector_size(kClassLanes * sizeof(std::int32_t))));
using WideLanes = double __attribute__((vector_size(kClassLanes * sizeof(double))));

template <class Vector, class Value>
GATELESS_INLINE void load(const Value* from, Vector& to) {
  std::memcpy(&to, from, sizeof(Vector));
}
template <class Vector, class Value>
GATELESS_INLINE void store(const Vector& from, Value* to) {
  std::memcpy(to, &from, sizeof(Vector));
}

/// e^x for x <= 0, relative error below 1e-6; basic operations only, so that every machine agrees.
GATELESS_INLINE void exp_negative(Lanes& x) {
  const Lanes lowest = Lanes{} - 80.0F;
  const Lanes y = (x > lowest ? x : lowest) * 1.44269504F;
  WholeLanes whole = __builtin_convertvector(y, WholeLanes);
  whole += __builtin_convertvector(whole, Lanes) > y;  // -1 where the conversion has rounded up
  const Lanes f = y - __builtin_convertvector(whole, Lanes);
  const Lanes p =
      1.0F + f * (0.693147181F +
                  f * (0.240226507F +
                       f * (0.0555041087F +
                            f * (0.00961812911F + f * (0.00133335581F + f * 0.000154353F)))));
  const WholeLanes bits = (whole + 127) << 23;
  Lanes power;
  std::memcpy(&power, &bits, sizeof(power));
  x = p * power;
}

GATELESS_INLINE void keep_larger(const Lanes& other, Lanes& lanes) {
  lanes = lanes > other ? lanes : other;
}

/// The largest of all lanes, in every lane.
GATELESS_INLINE void spread_largest(Lanes& lanes) {
  keep_larger(__builtin_shufflevector(lanes, lanes, 4, 5, 6, 7, 0, 1, 2, 3), lanes);
  keep_larger(__builtin_shufflevector(lanes, lanes, 2, 3, 0, 1, 6, 7, 4, 5), lanes);
  keep_larger(__builtin_shufflevector(lanes, lanes, 1, 0, 3, 2, 5, 4, 7, 6), lanes);
}

/// The sum of all lanes, in every lane; pair by pair, so that all are alike.
GATELESS_INLINE void spread_sum(Lanes& lanes) {
  lanes += __builtin_shufflevector(lanes, lanes, 4, 5, 6, 7, 0, 1, 2, 3);
  lanes += __builtin_shufflevector(lanes, lanes, 2, 3, 0, 1, 6, 7, 4, 5);
  lanes += __builtin_shufflevector(lanes, lanes, 1, 0, 3, 2, 5, 4, 7, 6);
}

}  // namespace

// Each step is done for all events before the next, so that no event waits for its own last result.
GATELESS_CLONES
void class_probabilities(const ClassBlock& block, float* result) {
  const std::size_t stride = block.stride;
  std::array<Lanes, kBlockEvents> of_event{};
  for (std::size_t i = 0; i < block.events; ++i) {
    Lanes largest = Lanes{} - 3e38F;
    for (std::size_t c = 0; c < stride; c += kClassLanes) {
      Lanes sum, own;
      load(block.log_weight + c, sum);
      for (std::size_t m = 0; m < block.tables.size(); ++m) {
        load(block.tables[m].data() + block.bins[m * kBlockEvents + i] * stride + c, own);
        sum += own;
      }
      store(sum, result + i * stride + c);
      keep_larger(sum, largest);
    }
    spread_largest(largest);
    of_event[i] = largest;
  }
  for (std::size_t i = 0; i < block.events; ++i) {
    Lanes all{};
    for (std::size_t c = 0; c < stride; c += kClassLanes) {
      Lanes own;
      load(result + i * stride + c, own);
      own -= of_event[i];
      exp_negative(own);
      store(own, result + i * stride + c);
      all += own;
    }
    of_event[i] = all;
  }
  for (std::size_t i = 0; i < block.events; ++i) {
    Lanes all = of_event[i];
    spread_sum(all);
    const Lanes scale = (block.weight == nullptr ? 1.0F : block.weight[i]) / all;
    for (std::size_t c = 0; c < stride; c += kClassLanes) {
      Lanes own;
      load(result + i * stride + c, own);
      own *= scale;
      store(own, result + i * stride + c);
    }
  }
}

// In four sums, so that none waits for itself.
GATELESS_CLONES
void add_probabilities(const float* probability, std::size_t events, std::size_t stride,
                       double* total) {
  constexpr std::size_t kSums = 4;
  for (std::size_t c = 0; c < stride; c += kClassLanes) {
    std::array<WideLanes, kSums> sums{};
    load(total + c, sums[0]);
    std::size_t i = 0;
    for (; i + kSums <= events; i += kSums) {
      for (std::size_t s = 0; s < kSums; ++s) {
        Lanes own;
        load(probability + (i + s) * stride + c, own);
        sums[s] += __builtin_convertvector(own, WideLanes);
      }
    }
    for (; i < events; ++i) {
      Lanes own;
      load(probability + i * stride + c, own);
      sums[0] += __builtin_convertvector(own, WideLanes);
    }
    sums[0] += sums[1];
    sums[2] += sums[3];
    sums[0] += sums[2];
    store(sums[0], total + c);
  }
}

GATELESS_CLONES
void count_probabilities(const std::uint8_t* bins, const float* probability, std::size_t events,
                         std::size_t stride, float* counts) {
  for (std::size_t i = 0; i < events; ++i) {
    float* row = counts + bins[i] * stride;
    for (std::size_t c = 0; c < stride; c += kClassLanes) {
      Lanes own, sum;
      load(probability + i * stride + c, own);
      load(row + c, sum);
      sum += own;
      store(sum, row + c);
    }
  }
}

}  // namespace gateless::annotate
