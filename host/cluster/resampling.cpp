#include "host/cluster/resampling.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

#include "host/cluster/agglomerate.hpp"
#include "host/cluster/node_samples.hpp"
#include "host/cluster/some_events.hpp"
#include "host/cluster/training.hpp"
#include "host/compute/cpu_backend.hpp"
#include "host/core/clones.hpp"
#include "host/core/layers.hpp"
#include "host/core/parallel.hpp"
#include "host/core/philox.hpp"
#include "host/core/piece_values.hpp"

namespace gateless::cluster {
namespace {

constexpr std::size_t kResamples = 60;
constexpr std::size_t kCuts = 5;              ///< of the tree of each
constexpr std::size_t kPoolEvents = 50000;    ///< what the bootstrap samples are drawn from
constexpr std::size_t kSampleEvents = 20000;  ///< of one bootstrap sample
constexpr std::size_t kEventsPerNode = 64;    ///< that say where a node belongs
constexpr std::size_t kFewestNodes = 60;
constexpr std::size_t kMostNodes = 150;
constexpr std::size_t kSeedingEvents = 4000;
constexpr std::size_t kEpochs = 6;
// Multiples of the noise within nodes at which resamples are cut.
constexpr double kFinest = 4.0;
constexpr double kCoarsest = 12.0;
constexpr std::size_t kEnoughMarkers = 6;
constexpr std::size_t kTurnsOfPiece = 20;  ///< at least; an interrupted run goes on after them
constexpr std::uint64_t kStream = 0x7265736DU;

/// Places in the pool, drawn with replacement, in rising order.
std::vector<std::size_t> bootstrap(std::size_t events, const Philox& random) {
  const std::size_t wanted = std::min(events, kSampleEvents);
  std::vector<std::uint32_t> times(events, 0);
  for (std::size_t i = 0; i < wanted; ++i) ++times[random.below(events, i)];
  std::vector<std::size_t> chosen;
  chosen.reserve(wanted);
  for (std::size_t event = 0; event < events; ++event) {
    for (std::uint32_t left = times[event]; left > 0; --left) chosen.push_back(event);
  }
  return chosen;
}

/// Nodes cut a population up: noise within each of k nodes is less than its spread by the markers-th root of k (Zador,
/// IEEE Trans. Inf. Theory 1982). The range of the cuts covers this from kEnoughMarkers on; with fewer
/// it is raised by what is missing. What has a valley is not joined however coarse the cuts are.
double raise_for_few_markers(std::size_t markers, std::size_t nodes) {
  if (markers >= kEnoughMarkers) return 1.0;
  return std::pow(static_cast<double>(nodes),
                  1.0 / static_cast<double>(markers) - 1.0 / static_cast<double>(kEnoughMarkers));
}

GATELESS_CLONES
double sum_of_squares(const float* values, std::size_t count, float shift, float scale) {
  constexpr std::size_t kLanes = 16, kRun = 4096;  // few enough for sums of float
  double sum = 0.0;
  for (std::size_t first = 0; first < count; first += kRun) {
    const std::size_t end = std::min(count - first, kRun);
    float lanes[kLanes] = {};
    const auto square = [&](std::size_t i) {
      const float scaled = (values[first + i] - shift) * scale;
      const float low = scaled < kScaledLimit ? scaled : kScaledLimit;
      const float x = low > -kScaledLimit ? low : -kScaledLimit;
      return x * x;
    };
    std::size_t i = 0;
    for (; i + kLanes <= end; i += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += square(i + lane);
    }
    for (; i < end; ++i) lanes[0] += square(i);
    for (const float lane : lanes) sum += static_cast<double>(lane);
  }
  return sum;
}

/// Root mean square over markers of the distance of events to the mean of their node, scaled units: the squares of all less
/// those of the means.
double noise_of(EventView sample, const Scaling& scaling, const NodeSums& sums) {
  constexpr double kUnit =
      1.0 / static_cast<double>(std::uint64_t{1} << std::uint64_t{kFractionBits});
  double squares = 0.0;
  for (std::size_t m = 0; m < sample.markers; ++m)
    squares +=
        sum_of_squares(sample.marker(m).data(), sample.events, scaling.shift[m], scaling.scale);
  for (std::size_t node = 0; node < sums.counts.size(); ++node) {
    if (sums.counts[node] == 0) continue;
    double of_mean = 0.0;
    for (const std::int64_t sum : sums.sums.row(node))
      of_mean += static_cast<double>(sum) * kUnit * static_cast<double>(sum) * kUnit;
    squares -= of_mean / static_cast<double>(sums.counts[node]);
  }
  return std::sqrt(std::max(squares, 0.0) / static_cast<double>(sample.events * sample.markers));
}

/// A coarse clustering of one bootstrap sample, cut at several heights.
struct CoarseMap {
  Matrix<float> codebook;
  std::vector<std::vector<std::size_t>> group_of_node;  ///< [kCuts][nodes]
};

/// Each of kCuts equal stretches from the finest to the coarsest is cut once, where the turn says.
double cut_of(std::size_t cut, std::size_t turn) {
  const double place = (static_cast<double>(turn) + 0.5) / static_cast<double>(kResamples);
  return kFinest +
         (kCoarsest - kFinest) * (static_cast<double>(cut) + place) / static_cast<double>(kCuts);
}

CoarseMap map_sample(EventView sample, const Scaling& scaling, Backend& backend, std::size_t turn,
                     const Philox& random) {
  ClusterOptions options;
  options.algorithm = ClusterOptions::Algorithm::kKMeans;
  options.nodes = kFewestNodes + random.below(kMostNodes - kFewestNodes, 0);
  options.nodes = std::min(options.nodes, sample.events);
  options.seed = random.bits(1);
  const auto resident = backend.load(sample, scaling);
  CoarseMap map;
  map.codebook = start_by_seeding(sample, scaling, options, kSeedingEvents);
  NodeSums sums;
  for (std::size_t epoch = 0; epoch < kEpochs; ++epoch) {
    sums = resident->pass(map.codebook);
    map.codebook = update_means(std::move(map.codebook), sums);
  }
  const double noise =
      noise_of(sample, scaling, sums) * raise_for_few_markers(sample.markers, options.nodes);
  const std::vector<Merge> merges = agglomerate(distances_between(map.codebook));
  for (std::size_t cut = 0; cut < kCuts; ++cut) {
    map.group_of_node.push_back(cut_at(merges, cut_of(cut, turn) * noise));
  }
  return map;
}

/// Where the chosen events of each node go in a coarse map whose node for each of them is `coarse`.
Shares shares_of(const ChosenEvents& witnesses, const std::vector<NodeIndex>& coarse,
                 const std::vector<std::size_t>& group_of_node) {
  const std::size_t groups = 1 + *std::max_element(group_of_node.begin(), group_of_node.end());
  Shares shares(witnesses.first.size() - 1, groups, 0.0F);
  for (std::size_t node = 0; node < shares.rows(); ++node) {
    const float weight = 1.0F / static_cast<float>(std::max<std::size_t>(1, witnesses.count(node)));
    for (std::size_t i = witnesses.first[node]; i < witnesses.first[node + 1]; ++i) {
      shares(node, group_of_node[coarse[i]]) += weight;
    }
  }
  return shares;
}

/// Events of the pool, and what is asked of each resample.
class Resampler {
 public:
  Resampler(EventView events, const Scaling& scaling, const Matrix<float>& codebook,
            std::span<const NodeIndex> node_of_event, std::uint64_t seed, std::size_t threads)
      : scaling_(scaling),
        seed_(seed),
        threads_(threads),
        pool_(events, spread_events(events.events, kPoolEvents)),
        witnesses_(spread_over_nodes(node_of_event, codebook.rows(), kEventsPerNode, threads)),
        asked_(events, witnesses_.events) {}

  /// The cuts of some turns, kCuts each.
  [[nodiscard]] std::vector<Shares> run(std::size_t first_turn, std::size_t turns) const {
    std::vector<Shares> resamples(turns * kCuts);
    parallel_for(threads_, turns, [&](std::size_t turn) {
      std::vector<Shares> cuts = run(first_turn + turn);
      std::move(cuts.begin(), cuts.end(),
                resamples.begin() + static_cast<std::ptrdiff_t>(turn * kCuts));
    });
    return resamples;
  }

 private:
  [[nodiscard]] std::vector<Shares> run(std::size_t turn) const {
    // Small enough for one core; the bytes are the same on any backend.
    const auto backend = make_cpu_backend({.threads = 1});
    const Philox random(seed_, kStream + turn);
    const SomeEvents sample(pool_.view(), bootstrap(pool_.view().events, random));
    const CoarseMap map = map_sample(sample.view(), scaling_, *backend, turn, random);
    std::vector<NodeIndex> coarse(witnesses_.events.size());
    backend->load(asked_.view(), scaling_)->assign(map.codebook, coarse);
    std::vector<Shares> cuts;
    for (const auto& group_of_node : map.group_of_node)
      cuts.push_back(shares_of(witnesses_, coarse, group_of_node));
    return cuts;
  }

  const Scaling& scaling_;
  std::uint64_t seed_;
  std::size_t threads_;
  SomeEvents pool_;
  ChosenEvents witnesses_;
  SomeEvents asked_;
};

}  // namespace

std::vector<Shares> resample(EventView events, const Scaling& scaling,
                             const Matrix<float>& codebook,
                             std::span<const NodeIndex> node_of_event, std::uint64_t seed,
                             std::size_t threads, Pieces& pieces) {
  // No thread waits for others more often than it would without pieces.
  const std::size_t together = (kTurnsOfPiece + threads - 1) / threads * threads;
  std::optional<Resampler> resampler;
  FinishedTurns<std::vector<Shares>> stretches(pieces, "resamples");
  std::vector<Shares> resamples;
  while (resamples.size() < kResamples * kCuts) {
    const std::size_t turn = resamples.size() / kCuts;
    std::vector<Shares> stretch = stretches.next([&] {
      if (!resampler) resampler.emplace(events, scaling, codebook, node_of_event, seed, threads);
      return resampler->run(turn, std::min(together, kResamples - turn));
    });
    std::move(stretch.begin(), stretch.end(), std::back_inserter(resamples));
  }
  return resamples;
}

}  // namespace gateless::cluster
