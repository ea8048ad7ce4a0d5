#include "host/cluster/event_map.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "host/cluster/landmarks.hpp"
#include "host/cluster/lanes.hpp"
#include "host/core/parallel.hpp"

// The same loops for wider vectors: element by element, and without fused operations, so the bits are the same.
#if defined(__x86_64__) && defined(__GNUC__)
#define GATELESS_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define GATELESS_WIDE
#endif

namespace gateless {
namespace {

constexpr std::size_t kChunk = 1U << 15U;
constexpr std::size_t kNear = kMapNeighbours + 1;  // one more sets the scale of the scores
constexpr std::size_t kMostPairs = kMapNeighbours * (kMapNeighbours - 1) / 2;
constexpr std::array<double, kNear> kOfRank = {
    1.0,     1.0 / 2,  1.0 / 3,  1.0 / 4,  1.0 / 5,  1.0 / 6,  1.0 / 7,  1.0 / 8,
    1.0 / 9, 1.0 / 10, 1.0 / 11, 1.0 / 12, 1.0 / 13, 1.0 / 14, 1.0 / 15, 1.0 / 16};
constexpr std::size_t kPaddedPairs = (kMostPairs + kLanes - 1) / kLanes * kLanes;

/// The nearest landmarks of one event, rising; equal distances by index.
struct Nearest {
  alignas(32) std::array<double, kNear> squared;
  std::array<std::uint32_t, kNear> landmark;
  std::size_t count = 0;
};

/// The same while they are looked for.
struct Candidates {
  std::array<float, kNear> squared;
  std::array<std::uint32_t, kNear> landmark;
  std::size_t count = 0;

  GATELESS_INLINE void offer(float distance, std::uint32_t index, std::size_t wanted) {
    std::size_t at = count;
    if (count == wanted) {
      if (!(distance < squared[count - 1])) return;
      --at;
    } else {
      ++count;
    }
    for (; at > 0 && distance < squared[at - 1]; --at) {
      squared[at] = squared[at - 1];
      landmark[at] = landmark[at - 1];
    }
    squared[at] = distance;
    landmark[at] = index;
  }
};

/// Squared distances of an event from one block of landmarks.
GATELESS_INLINE void block_distances(const float* event, const float* block, std::size_t markers,
                                     float* squared) {
  FloatLanes one{}, other{};
  for (std::size_t m = 0; m < markers; ++m, block += kBlock) {
    const FloatLanes apart = event[m] - load_floats(block);
    const FloatLanes further = event[m] - load_floats(block + kFloatLanes);
    one += apart * apart;
    other += further * further;
  }
  std::memcpy(squared, &one, sizeof one);
  std::memcpy(squared + kFloatLanes, &other, sizeof other);
}

/// Whether a block holds a distance below a limit.
GATELESS_INLINE bool any_below(const float* squared, float limit) {
  const FloatLanes one = load_floats(squared), other = load_floats(squared + kFloatLanes);
  const FloatLanes least = one < other ? one : other;
  float nearest = least[0];
  for (std::size_t l = 1; l < kFloatLanes; ++l) nearest = least[l] < nearest ? least[l] : nearest;
  return nearest < limit;
}

/// Looks from the landmark of the event's node outwards until the triangle inequality rules out all that follow.
GATELESS_INLINE Candidates find_candidates(const Landmarks& marks, const float* event,
                                           std::size_t home) {
  constexpr float kDoubt = 1e-5F;  // of single precision
  constexpr float kFar = std::numeric_limits<float>::infinity();
  const std::size_t wanted = std::min(kNear, marks.count());
  Candidates found;
  alignas(32) std::array<float, kBlock> squared;
  float from_home = 0.0F;
  for (std::size_t b = 0; b < marks.blocks(); ++b) {
    const float ring = marks.ring(home, b) - from_home;
    if (found.count == wanted && ring > 0.0F && ring * ring > found.squared[wanted - 1])
      return found;
    block_distances(event, marks.block(home, b), marks.markers(), squared.data());
    if (b == 0) from_home = std::sqrt(squared[0]) * (1.0F + kDoubt);
    const float worst = found.count == wanted ? found.squared[wanted - 1] : kFar;
    if (!any_below(squared.data(), worst)) continue;
    for (std::size_t l = 0; l < marks.in_block(b); ++l)
      found.offer(squared[l], marks.in_order(home, b * kBlock + l), wanted);
  }
  if (marks.lists_all()) return found;
  found.count = 0;
  for (std::size_t l = 0; l < marks.count(); ++l) {
    const float* mark = marks.mark(l);
    float sum = 0.0F;
    for (std::size_t m = 0; m < marks.markers(); ++m)
      sum += (event[m] - mark[m]) * (event[m] - mark[m]);
    found.offer(sum, static_cast<std::uint32_t>(l), wanted);
  }
  return found;
}

/// The candidates by their distances in double.
GATELESS_INLINE Nearest find_nearest(const Landmarks& marks, const float* event, std::size_t home) {
  const Candidates found = find_candidates(marks, event, home);
  Nearest nearest;
  nearest.squared.fill(0.0);
  for (std::size_t i = 0; i < found.count; ++i) {
    const std::uint32_t index = found.landmark[i];
    const float* mark = marks.mark(index);
    Lanes sums{};
    std::size_t m = 0;
    for (; m + kLanes <= marks.markers(); m += kLanes) {
      const Lanes apart = widen(event + m) - widen(mark + m);
      sums += apart * apart;
    }
    double sum = total(sums);
    for (; m < marks.markers(); ++m) {
      const double apart = static_cast<double>(event[m]) - static_cast<double>(mark[m]);
      sum += apart * apart;
    }
    std::size_t at = i;
    for (; at > 0 && (sum < nearest.squared[at - 1] ||
                      (sum == nearest.squared[at - 1] && index < nearest.landmark[at - 1]));
         --at) {
      nearest.squared[at] = nearest.squared[at - 1];
      nearest.landmark[at] = nearest.landmark[at - 1];
    }
    nearest.squared[at] = sum;
    nearest.landmark[at] = index;
  }
  nearest.count = found.count;
  return nearest;
}

/// How much each landmark weighs: by its distance against the mean and the spread of all of them, which count by 1 / rank.
GATELESS_INLINE void score(const Nearest& nearest, std::size_t used, double* scores) {
  constexpr double kBoost = 0.36787944117144233;  // e^-1: smoothness 0
  constexpr double kFade = 10.0;                  // how steeply the last ones fade
  alignas(32) std::array<double, kNear> distance;
  double mean = 0.0, square = 0.0, sum = 0.0;
  for (std::size_t i = 0; i < kNear; ++i) distance[i] = std::sqrt(nearest.squared[i]);
  for (std::size_t i = 0; i < nearest.count; ++i) {
    const double weight = kOfRank[i];
    mean += weight * distance[i];
    square += weight * nearest.squared[i];
    sum += weight;
  }
  mean /= sum;
  const double steep = kBoost / std::sqrt(std::max(square / sum - mean * mean, 1e-24));
  const double fade = kFade / std::max(distance[nearest.count - 1], 1e-12);
  const bool fades = used < nearest.count;
  for (std::size_t i = 0; i < kNear; i += kLanes) {
    const Lanes own = load(distance.data() + i);
    Lanes result = exp_lanes((mean - own) * steep);
    if (fades) result *= 1.0 - exp_lanes(own * fade - kFade);
    // Where all are equally far, all count the same.
    result = result > 1e-12 ? result : Lanes{} + 1e-12;
    std::memcpy(scores + i, &result, sizeof result);
  }
}

/// The equations of one event: what each two of its landmarks say.
GATELESS_INLINE std::array<double, 2> solve(const Landmarks& marks, const Nearest& nearest,
                                            const double* scores, std::size_t used) {
  alignas(32) std::array<double, kPaddedPairs> share, weight, across, up, offset, inverse;
  std::size_t pairs = 0;
  constexpr double kPull = 1e-5;  // a little towards each landmark: never singular
  double xx = 0.0, xy = 0.0, yy = 0.0, x = 0.0, y = 0.0;
  for (std::size_t i = 0; i < used; ++i) {
    const double pull = kPull * scores[i];
    xx += pull;
    yy += pull;
    x += pull * marks.x(nearest.landmark[i]);
    y += pull * marks.y(nearest.landmark[i]);
    const LandmarkPair* row = marks.pairs_of(nearest.landmark[i]);
    for (std::size_t j = i + 1; j < used; ++j, ++pairs) {
      const LandmarkPair& pair = row[nearest.landmark[j]];
      share[pairs] = (nearest.squared[i] - nearest.squared[j]) * pair.half_inverse;
      weight[pairs] = scores[i] * scores[j] * pair.weight;
      across[pairs] = pair.x;
      up[pairs] = pair.y;
      inverse[pairs] = pair.inverse_plane;
      offset[pairs] = pair.offset;
    }
  }
  for (; pairs % kLanes != 0; ++pairs) {
    share[pairs] = weight[pairs] = across[pairs] = up[pairs] = offset[pairs] = inverse[pairs] = 0.0;
  }
  Lanes sum_xx{}, sum_xy{}, sum_yy{}, sum_x{}, sum_y{};
  for (std::size_t p = 0; p < pairs; p += kLanes) {
    const Lanes u = load(share.data() + p);
    const Lanes s = load(weight.data() + p) * exp_lanes(-(u * u));
    const Lanes hx = load(across.data() + p), hy = load(up.data() + p);
    const Lanes flat = s * load(inverse.data() + p);
    const Lanes right = s * (u + load(offset.data() + p));
    sum_xx += flat * hx * hx;
    sum_xy += flat * hx * hy;
    sum_yy += flat * hy * hy;
    sum_x += right * hx;
    sum_y += right * hy;
  }
  xx += total(sum_xx);
  xy += total(sum_xy);
  yy += total(sum_yy);
  x += total(sum_x);
  y += total(sum_y);
  const double determinant = xx * yy - xy * xy;
  return {(x * yy - y * xy) / determinant, (xx * y - xy * x) / determinant};
}

/// Events of a chunk, event by event and ordered by landmark, so that those with the same neighbours follow each other.
struct Chunk {
  std::vector<float> values;  ///< [events][markers], scaled
  std::vector<std::uint32_t> order;
};

Chunk take_chunk(EventView events, const std::vector<std::size_t>& rows,
                 const Clustering& clustering, const Landmarks& marks, std::size_t first,
                 std::size_t count) {
  Chunk chunk;
  chunk.values.resize(count * rows.size());
  for (std::size_t m = 0; m < rows.size(); ++m) {
    const auto column = events.marker(rows[m]).subspan(first, count);
    const float shift = clustering.scaling.shift[m];
    for (std::size_t i = 0; i < count; ++i)
      chunk.values[i * rows.size() + m] = (column[i] - shift) * clustering.scaling.scale;
  }
  std::vector<std::uint32_t> place(marks.count() + 1, 0);
  const auto home = [&](std::size_t i) {
    return marks.home_of_node(clustering.node_of_event[first + i]);
  };
  for (std::size_t i = 0; i < count; ++i) ++place[home(i) + 1];
  std::partial_sum(place.begin(), place.end(), place.begin());
  chunk.order.resize(count);
  for (std::size_t i = 0; i < count; ++i)
    chunk.order[place[home(i)]++] = static_cast<std::uint32_t>(i);
  return chunk;
}

GATELESS_WIDE void place_chunk(const Landmarks& marks, const Chunk& chunk,
                               const NodeIndex* node_of_event, float* xs, float* ys) {
  alignas(32) std::array<double, kNear> scores{};
  for (const std::uint32_t i : chunk.order) {
    const float* event = chunk.values.data() + std::size_t{i} * marks.markers();
    const Nearest nearest = find_nearest(marks, event, marks.home_of_node(node_of_event[i]));
    const std::size_t used = std::min(nearest.count, kMapNeighbours);
    score(nearest, used, scores.data());
    const auto [x, y] = solve(marks, nearest, scores.data(), used);
    xs[i] = static_cast<float>(x);
    ys[i] = static_cast<float>(y);
  }
}

}  // namespace

EventMap place_events(EventView events, const std::vector<std::size_t>& rows,
                      const Clustering& clustering, const Matrix<double>& layout,
                      std::size_t threads) {
  const Landmarks marks(clustering.codebook, layout);
  EventMap map;
  map.x.resize(events.events);
  map.y.resize(events.events);
  parallel_for(threads, (events.events + kChunk - 1) / kChunk, [&](std::size_t c) {
    const std::size_t first = c * kChunk;
    const std::size_t count = std::min(kChunk, events.events - first);
    const Chunk chunk = take_chunk(events, rows, clustering, marks, first, count);
    place_chunk(marks, chunk, clustering.node_of_event.data() + first, map.x.data() + first,
                map.y.data() + first);
  });
  return map;
}

}  // namespace gateless
