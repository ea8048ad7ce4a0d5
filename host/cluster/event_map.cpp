#include "host/cluster/event_map.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "host/cluster/landmarks.hpp"
#include "host/cluster/lanes.hpp"
#include "host/core/clones.hpp"
#include "host/core/parallel.hpp"

namespace gateless::cluster {
namespace {

constexpr std::size_t kChunk = 1U << 14U;
constexpr std::size_t kNear = kMapNeighbours + 1;  // one more sets the scale of the scores
static_assert(kNear == kLanes && kBlock == kLanes && kMapNeighbours % 2 == 1);
constexpr std::array<float, kLanes> kOfRank = {1.0F,     1.0F / 2, 1.0F / 3, 1.0F / 4,
                                               1.0F / 5, 1.0F / 6, 1.0F / 7, 1.0F / 8};
constexpr std::array<float, kLanes> kLane = {0, 1, 2, 3, 4, 5, 6, 7};

// Zeros that are written over at once would cost an eighth of the time.
// NOLINTBEGIN(cppcoreguidelines-pro-type-member-init)

/// The nearest landmarks of one event, rising.
struct Nearest {
  alignas(32) std::array<float, Landmarks::kListed> squared;
  std::array<std::uint32_t, Landmarks::kListed> landmark;
  std::size_t count = 0;
};

/// Squared distances of an event from all that are listed around its own landmark.
GATELESS_INLINE void measure(const float* event, const float* values, std::size_t markers,
                             float* squared) {
  constexpr std::size_t kTogether = 3;  // as each sum is a chain
  static_assert(Landmarks::kListed % (kTogether * kBlock) == 0);
  for (std::size_t first = 0; first < Landmarks::kListed; first += kTogether * kBlock) {
    const float* block = values + first * markers;
    std::array<Lanes, kTogether> sums{};
    for (std::size_t m = 0; m < markers; ++m) {
      for (std::size_t b = 0; b < kTogether; ++b) {
        const Lanes apart = event[m] - load(block + (b * markers + m) * kBlock);
        sums[b] += apart * apart;
      }
    }
    for (std::size_t b = 0; b < kTogether; ++b) store(sums[b], squared + first + b * kBlock);
  }
}

/// Puts those that can be among the nearest in order by keys that differ: distances to five digits, then their places in the
/// list. The rank of each is how many come before it.
GATELESS_INLINE void find_nearest(const Landmarks& marks, const float* event, std::size_t home,
                                  Nearest& nearest) {
  constexpr std::int32_t kPlaces = 63, kLargest = std::numeric_limits<std::int32_t>::max();
  static_assert(Landmarks::kListed <= kPlaces);
  alignas(32) std::array<float, Landmarks::kListed> squared;
  alignas(32) std::array<std::int32_t, Landmarks::kListed> all, key, rank;
  measure(event, marks.values_around(home), marks.markers(), squared.data());
  const std::size_t listed = std::min(marks.count(), Landmarks::kListed);
  const auto last = static_cast<std::int32_t>(listed) - 1;
  // The bits of positive numbers are in their order.
  WholeLanes place = {0, 1, 2, 3, 4, 5, 6, 7}, least = WholeLanes{} + kLargest;
  for (std::size_t first = 0; first < listed; first += kLanes, place += std::int32_t{kLanes}) {
    WholeLanes own;
    std::memcpy(&own, squared.data() + first, sizeof own);
    own = (own & (kLargest - kPlaces)) | place;
    own |= ((last - place) >> 31) & kLargest;  // beyond the list
    const WholeLanes lower = own - least;
    least += lower & (lower >> 31);
    std::memcpy(all.data() + first, &own, sizeof own);
  }
  // Each lane has one that is no farther than this.
  std::int32_t limit = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) limit = std::max(limit, least[lane]);
  std::size_t count = 0;
  for (std::size_t i = 0; i < listed; ++i) {
    key[count] = all[i];
    count += all[i] <= limit ? 1U : 0U;
  }
  for (std::size_t i = count; i % kLanes != 0; ++i) key[i] = 0;
  for (std::size_t first = 0; first < count; first += kLanes) {
    WholeLanes own, before{};
    std::memcpy(&own, key.data() + first, sizeof own);
    for (std::size_t i = 0; i < count; ++i) before -= (key[i] - own) >> 31;
    std::memcpy(rank.data() + first, &before, sizeof before);
  }
  const std::uint32_t* around = marks.around(home);
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(key[i] & kPlaces);
    nearest.squared[static_cast<std::size_t>(rank[i])] = squared[at];
    nearest.landmark[static_cast<std::size_t>(rank[i])] = around[at];
  }
  nearest.count = std::min(count, kNear);
  for (std::size_t i = nearest.count; i < kLanes; ++i) {  // which nobody counts
    nearest.squared[i] = 0.0F;
    nearest.landmark[i] = nearest.landmark[0];
  }
}

/// How much each landmark weighs: by its distance against the mean and the spread of all of them, which count by 1 / rank.
GATELESS_INLINE Lanes score(const Nearest& nearest) {
  constexpr float kBoost = 0.36787944F;  // e^-1: smoothness 0
  constexpr float kFade = 10.0F;         // how steeply the last ones fade
  alignas(32) std::array<float, kLanes> root;
  for (std::size_t i = 0; i < kLanes; ++i) root[i] = std::sqrt(nearest.squared[i]);
  const Lanes distance = load(root.data());
  const auto count = static_cast<float>(nearest.count);
  const Lanes weight = where_negative(load(kLane.data()) - count, load(kOfRank.data()), 0.0F);
  const float sum = total(weight);
  const float mean = total(weight * distance) / sum;
  const Lanes off = distance - mean;
  const float spread = std::sqrt(total(weight * off * off) / sum);
  Lanes result = exp_lanes(off * (-kBoost / std::max(spread, 1e-12F)));
  if (nearest.count == kNear) {
    const float farthest = std::max(root[kNear - 1], 1e-12F);
    result = result * (1.0F - exp_lanes(distance * (kFade / farthest) - kFade));
  }
  // Where all are equally far, all count the same.
  result = where_negative(result - 1e-12F, 1e-12F, result);
  return where_negative(load(kLane.data()) - std::min(count, float{kMapNeighbours}), result, 0.0F);
}

/// The landmarks of an event twice in a row, so that each pair of them is met once by a few shifts. What is beyond is not met.
struct Ring {
  alignas(32) std::array<float, 2 * kLanes> x, y, squared, score;
  std::array<const float*, kLanes> half_inverses;
  std::array<std::uint32_t, 2 * kLanes> landmark;

  GATELESS_INLINE Ring(const Landmarks& marks, const Nearest& nearest, Lanes scores) {
    const float middle_x = marks.x(nearest.landmark[0]), middle_y = marks.y(nearest.landmark[0]);
    alignas(32) std::array<float, kLanes> own_x, own_y;
    for (std::size_t i = 0; i < kLanes; ++i) {
      own_x[i] = marks.x(nearest.landmark[i]) - middle_x;
      own_y[i] = marks.y(nearest.landmark[i]) - middle_y;
    }
    twice(own_x.data(), x.data());
    twice(own_y.data(), y.data());
    twice(nearest.squared.data(), squared.data());
    twice(nearest.landmark.data(), landmark.data());
    store(scores, score.data());
    store(scores, score.data() + kMapNeighbours);
    for (std::size_t i = 0; i < kLanes; ++i) half_inverses[i] = marks.half_inverses(landmark[i]);
  }

 private:
  template <class Value>
  GATELESS_INLINE static void twice(const Value* from, Value* to) {
    constexpr std::size_t kBytes = kLanes * sizeof(Value);
    std::memcpy(to, from, kBytes);
    std::memcpy(to + kMapNeighbours, from, kBytes);
  }
};

/// The equations of one event: what each two of its landmarks say.
GATELESS_INLINE std::array<float, 2> solve(const Landmarks& marks, const Nearest& nearest,
                                           Lanes scores) {
  constexpr float kPull = 1e-5F;  // a little towards each landmark: never singular
  constexpr float kSamePlace = 1e-10F;
  alignas(32) std::array<float, kLanes> half_inverse;
  const Ring ring(marks, nearest, scores);
  const Lanes own_x = load(ring.x.data()), own_y = load(ring.y.data());
  const Lanes own_squared = load(ring.squared.data());
  const Lanes pull = kPull * scores;
  Lanes xx = pull, xy{}, yy = pull, x = pull * own_x, y = pull * own_y;
  for (std::size_t shift = 1; 2 * shift < kMapNeighbours; ++shift) {
    for (std::size_t i = 0; i < kLanes; ++i)
      half_inverse[i] = ring.half_inverses[i][ring.landmark[i + shift]];
    const Lanes inverse = load(half_inverse.data());
    const Lanes hx = load(ring.x.data() + shift) - own_x, hy = load(ring.y.data() + shift) - own_y;
    const Lanes plane = hx * hx + hy * hy;
    const Lanes u = (own_squared - load(ring.squared.data() + shift)) * inverse;
    // Nothing where both lie in one place.
    const Lanes tells = where_negative(plane - kSamePlace, 0.0F, scores);
    // Pairs that lie together in the plane count more.
    const Lanes flat = where_negative(0.0F - inverse, tells, 0.0F) *
                       load(ring.score.data() + shift) * exp_lanes(0.0F - u * u) /
                       ((1.0F + plane) * plane + kSamePlace * kSamePlace);
    const Lanes right = flat * (plane * (u + 0.5F) + hx * own_x + hy * own_y);
    xx += flat * hx * hx;
    xy += flat * hx * hy;
    yy += flat * hy * hy;
    x += right * hx;
    y += right * hy;
  }
  const double a = total(xx), b = total(xy), c = total(yy), d = total(x), e = total(y);
  const double determinant = a * c - b * b;
  return {static_cast<float>((d * c - e * b) / determinant) + marks.x(nearest.landmark[0]),
          static_cast<float>((a * e - b * d) / determinant) + marks.y(nearest.landmark[0])};
}

// NOLINTEND(cppcoreguidelines-pro-type-member-init)

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
    return marks.home_of(NodeId(clustering.node_of_event[first + i]));
  };
  for (std::size_t i = 0; i < count; ++i) ++place[home(i) + 1];
  std::partial_sum(place.begin(), place.end(), place.begin());
  chunk.order.resize(count);
  for (std::size_t i = 0; i < count; ++i)
    chunk.order[place[home(i)]++] = static_cast<std::uint32_t>(i);
  return chunk;
}

GATELESS_CLONES_TO_AVX2 void place_chunk(const Landmarks& marks, const Chunk& chunk,
                                         const NodeIndex* node_of_event, float* xs, float* ys) {
  Nearest nearest;
  const auto values = [&](std::size_t i) { return chunk.values.data() + i * marks.markers(); };
  for (std::size_t rank = 0; rank < chunk.order.size(); ++rank) {
    const std::uint32_t i = chunk.order[rank];
    const float* event = values(i);
    __builtin_prefetch(values(chunk.order[std::min(rank + 4, chunk.order.size() - 1)]));
    find_nearest(marks, event, marks.home_of(NodeId(node_of_event[i])), nearest);
    const auto [x, y] = solve(marks, nearest, score(nearest));
    xs[i] = x;
    ys[i] = y;
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

}  // namespace gateless::cluster
