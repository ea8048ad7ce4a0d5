#include "host/cluster/cluster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "host/cluster/far_groups.hpp"
#include "host/cluster/metacluster.hpp"
#include "host/cluster/node_samples.hpp"
#include "host/cluster/noise_units.hpp"
#include "host/cluster/resampling.hpp"
#include "host/cluster/timed_events.hpp"
#include "host/cluster/trained_nodes.hpp"
#include "host/compute/event_keys.hpp"
#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/core/piece_values.hpp"

namespace gateless::cluster {
namespace {

constexpr std::size_t kMostFarGroups = 64;

void check_input(EventView events, const ClusterOptions& options) {
  if (events.events == 0) {
    throw InputError(
        "no events are left to cluster (nothing can be learned from none); look at qc.csv for what "
        "dropped them");
  }
  if (events.markers == 0) {
    throw InputError(
        "no marker is left to cluster on (events cannot be separated); name markers with "
        "--markers "
        "or in the study's panel");
  }
  if (options.node_count() == 0 || options.node_count() > kMaxNodes) {
    throw UsageError(
        fmt::format("{} nodes are not possible (a map has 1 to {}); change --grid or --nodes",
                    options.node_count(), kMaxNodes));
  }
}

void warn_of_constant_markers(const std::vector<std::size_t>& constant, std::size_t markers,
                              Clustering& clustering) {
  for (const std::size_t marker : constant) {
    clustering.warnings.push_back(fmt::format(
        "marker {} of {} has the same value in every event; it does not tell them apart",
        marker + 1, markers));
  }
}

/// Trains the nodes of a clustering, or takes them as an interrupted run has trained them. Returns the variance within them.
template <class Train>
Matrix<double> kept_nodes(Pieces& pieces, Clustering& clustering, const Train& train) {
  bool is_trained = false;
  auto [nodes, variance] = finished(pieces, "nodes", [&] {
    is_trained = true;
    Matrix<double> within = train();
    return std::pair(std::move(clustering), std::move(within));
  });
  clustering = std::move(nodes);
  if (!is_trained) clustering.pass_seconds = 0.0;  // they were of the other run
  return std::move(variance);
}

/// Gives compact groups that lie far from all nodes a node each, after the others. Returns how many.
std::size_t add_far_groups(EventView events, const Matrix<double>& variance,
                           const std::vector<std::uint32_t>& region_of_node, std::size_t threads,
                           ResidentEvents* loaded, const std::function<TimedEvents&()>& resident,
                           Clustering& clustering) {
  const std::size_t trained = clustering.codebook.rows();
  const Matrix<float> far =
      find_far_groups(events, clustering.scaling,
                      {clustering.codebook, clustering.node_of_event, clustering.node_events,
                       variance, region_of_node},
                      std::min(kMostFarGroups, kMaxNodes - trained), threads, loaded);
  if (far.rows() == 0) return 0;
  Matrix<float> extended(trained + far.rows(), far.columns());
  const auto middle = std::copy(clustering.codebook.values().begin(),
                                clustering.codebook.values().end(), extended.values().begin());
  std::copy(far.values().begin(), far.values().end(), middle);
  clustering.codebook = std::move(extended);
  resident().assign_added(clustering.codebook, trained, clustering.node_of_event);
  clustering.node_events =
      count_events(clustering.node_of_event, clustering.codebook.rows(), threads);
  return far.rows();
}

}  // namespace

Matrix<double> Clustering::prototypes() const {
  Matrix<double> result(codebook.rows(), codebook.columns());
  for (std::size_t node = 0; node < codebook.rows(); ++node) {
    for (std::size_t marker = 0; marker < codebook.columns(); ++marker) {
      result(node, marker) = static_cast<double>(codebook(node, marker)) / scaling.scale +
                             static_cast<double>(scaling.shift[marker]);
    }
  }
  return result;
}

Clustering cluster_events(EventView events, const ClusterOptions& options, Backend& backend,
                          std::size_t threads, Progress& progress, Pieces& pieces) {
  check_input(events, options);
  Clustering clustering;
  // Made when they are first needed: of an interrupted run some never are.
  std::optional<TimedEvents> loaded;
  std::vector<std::uint64_t> drawn;
  const auto resident = [&]() -> TimedEvents& {
    if (!loaded) loaded.emplace(events, backend.load(events, clustering.scaling), clustering);
    return *loaded;
  };
  const auto keys = [&]() -> const std::vector<std::uint64_t>& {
    if (drawn.empty()) drawn = keys_of(events, threads);
    return drawn;
  };
  progress.expect(options.epochs + 1);
  const Matrix<double> variance = kept_nodes(pieces, clustering, [&] {
    MeasuredEvents measured = backend.load(events);
    warn_of_constant_markers(measured.constant_markers, events.markers, clustering);
    clustering.scaling = measured.scaling;
    drawn = std::move(measured.keys);
    loaded.emplace(events, std::move(measured.events), clustering);
    return train_nodes(events, keys(), options, backend, threads, progress, pieces, resident(),
                       clustering);
  });
  const std::size_t nodes = clustering.codebook.rows();
  const std::vector<Shares> resamples =
      resample(events, clustering.scaling, clustering.codebook, clustering.node_of_event,
               options.seed, threads, pieces);
  const NoiseUnits units(events, clustering.scaling, clustering.codebook, variance,
                         clustering.node_events);
  const auto metacluster = [&] {
    const NodeSamples samples(units, clustering.node_of_event, clustering.node_events, keys(),
                              threads);
    return metacluster_nodes(clustering.codebook, clustering.node_events, resamples, samples, nodes,
                             options.metaclusters);
  };
  Metaclusters metaclusters = finished(pieces, "regions", metacluster);
  ResidentEvents* const at_hand = loaded ? &loaded->resident() : nullptr;
  if (add_far_groups(events, variance, metaclusters.of_node, threads, at_hand, resident,
                     clustering) > 0) {
    metaclusters = metacluster();
  }
  if (options.metaclusters > metaclusters.count) {
    clustering.warnings.push_back(
        fmt::format("{} metaclusters were asked for but only {} nodes hold events",
                    options.metaclusters, metaclusters.count));
  }
  clustering.metacluster_of_node = std::move(metaclusters.of_node);
  clustering.metaclusters = metaclusters.count;
  clustering.stability = std::move(metaclusters.stability);
  return clustering;
}

std::vector<NodeIndex> map_events(EventView events, const Clustering& model, Backend& backend) {
  if (events.events == 0) return {};
  if (events.markers != model.codebook.columns()) {
    throw InputError(
        fmt::format("events have {} markers but the model has {} (distances need the "
                    "same markers); map files of the model's panel",
                    events.markers, model.codebook.columns()));
  }
  std::vector<NodeIndex> nodes(events.events);
  backend.load(events, model.scaling)->assign(model.codebook, nodes);
  return nodes;
}

}  // namespace gateless::cluster
