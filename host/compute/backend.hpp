// The seam between the arithmetic over all events and everything above it: per node, the sum of the events
// nearest to it and their number (as in GigaSOM.jl, src/analysis/core.jl). Nothing else is heavy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/compute/event_sums.hpp"
#include "host/core/event_store.hpp"
#include "host/core/matrix.hpp"
#include "host/core/scaling.hpp"

namespace gateless::compute {

/// The scaling for these events: shift is the middle of each marker's range (rounded to float), scale the
/// largest power of two within 2^-126 .. 2^126 that brings the widest marker into [-1, 1] (1 where no marker
/// has a range). Values that are not finite are left out. Independent of threads and order.
[[nodiscard]] Scaling scaling_of(EventView events, std::size_t threads);

/// Sums in units of 2^-kFractionBits of the scaled value; 64-bit, so addition is associative and exact.
inline constexpr int kFractionBits = 24;

/// What one pass brings back.
struct NodeSums {
  Matrix<std::int64_t> sums;          ///< [nodes][markers], fixed point, scaled units
  std::vector<std::uint64_t> counts;  ///< [nodes]

  friend bool operator==(const NodeSums&, const NodeSums&) = default;
};

inline constexpr std::size_t kMaxNodes = 4096;
inline constexpr std::size_t kMaxMarkers = 128;

/// Scaled values are clamped to +-kScaledLimit: events mapped onto a frozen model may lie outside the range its
/// scaling was made for, and the fixed point of one value must fit 32 bits.
inline constexpr float kScaledLimit = 127.0F;

/// Which events lie far from their nodes: those for which the sum over markers m of (place[m] - places[m][node])^2, floats that
/// are added in marker order, is above `limit`; place[m] = x'[m] / unit[m], or 0 for a unit of 0.
struct FarQuestion {
  const Matrix<float>& places;               ///< of the nodes, [markers][nodes]
  std::span<const float> unit;               ///< [markers], scaled units
  std::span<const NodeIndex> node_of_event;  ///< [events]
  float limit = 0.0F;
};

/// Events loaded once, over all passes.
///
/// x' = clamp((x - shift[m]) * scale), every step rounded to float. The nearest node of an event is the argmin over nodes of  1/2 |w|^2 - x.w, evaluated as one chain of fused
/// multiply-adds in marker order: d = half_norm[node]; d = fma(-x'[m], w[node][m], d) for m = 0, 1, ...;
/// half_norm[node] is the same kind of chain, h = fma(0.5f * w[m], w[m], h), from 0. The search
/// starts at node 0 with d = infinity and a node must be nearer to win, so the lowest index wins a tie. Sums add rint(x' * 2^kFractionBits) (ties to even). Every backend gives the same bytes.
class ResidentEvents {
 public:
  ResidentEvents() = default;
  ResidentEvents(const ResidentEvents&) = delete;
  ResidentEvents& operator=(const ResidentEvents&) = delete;
  virtual ~ResidentEvents() = default;

  /// One look at all events. `codebook` is [nodes][markers], scaled units.
  /// Errors: UsageError when it has no or too many nodes, or other markers than the events.
  [[nodiscard]] virtual NodeSums pass(const Matrix<float>& codebook) = 0;

  /// The nearest node of each event, in load order. `nodes` has room for all events.
  virtual void assign(const Matrix<float>& codebook, std::span<NodeIndex> nodes) = 0;

  /// assign(), and in the same look the squares of each node's events.
  [[nodiscard]] virtual NodeSquares assign_with_squares(const Matrix<float>& codebook,
                                                        std::span<NodeIndex> nodes) = 0;

  /// The products of all pairs of markers over all events.
  [[nodiscard]] virtual MarkerProducts products() = 0;

  /// The far events in rising order; nothing where the events are not nearer to this backend than to its caller.
  [[nodiscard]] virtual std::optional<std::vector<std::size_t>> far_events(
      const FarQuestion& /*question*/) {
    return std::nullopt;
  }

  /// assign() where `nodes` holds the nearest of the first `known` nodes already, so that only those behind them need be looked at.
  virtual void assign_added(const Matrix<float>& codebook, std::size_t /*known*/,
                            std::span<NodeIndex> nodes) {
    assign(codebook, nodes);
  }
};

/// How the cuda backend finds the nearest node. Never changes a result.
enum class NearestBy {
  kAuto,   ///< see cuda/pass_plan.hpp
  kChain,  ///< float32, the chain itself
  kProposal,  ///< tensor cores propose, what is near a tie is measured again; where the codebook allows
  kProposalWhileFew,  ///< kProposal where that should pay, until a pass measures many again; then kChain
};

struct BackendOptions {
  std::size_t threads = 0;  ///< 0: all cores
  std::size_t tile_events =
      0;  ///< events that travel together; 0: chosen by the backend. Never changes a result
  double memory_gib = 0.0;        ///< upper bound for resident memory; 0: what is there
  std::vector<int> devices = {};  ///< GPUs by number; empty: the first
  NearestBy nearest_by = NearestBy::kAuto;
  std::function<void(const std::string&)> warn =
      {};  ///< called if the work continues in another way than asked for
};

/// Events as they were loaded, and what was seen of them on the way.
struct MeasuredEvents {
  Scaling scaling;                            ///< scaling_of() them
  std::vector<std::size_t> constant_markers;  ///< those with one value in all events
  std::vector<std::uint64_t> keys;            ///< [events], see event_keys.hpp
  std::unique_ptr<ResidentEvents> events;
};

class Backend {
 public:
  Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;
  virtual ~Backend() = default;

  [[nodiscard]] virtual std::string name() const = 0;    ///< "reference", "cpu", "cuda"
  [[nodiscard]] virtual std::string device() const = 0;  ///< e.g. "2 threads, AVX-512"

  /// Scales and keeps the events. The view must stay valid as long as the result.
  /// Errors: DeviceError when memory does not suffice; UsageError for no or more than kMaxMarkers markers;
  /// InputError for a value that is not finite.
  [[nodiscard]] virtual std::unique_ptr<ResidentEvents> load(EventView events,
                                                             const Scaling& scaling) = 0;

  /// The same with the scaling that these events ask for, all in one look at them.
  [[nodiscard]] virtual MeasuredEvents load(EventView events) = 0;

  /// Registers a pool whose events the ranks hold already, transformed, under a number above 0: rank 0 those before ends[0], rank
  /// 1 those from there to ends[1], and so on. Loading rows of it then sends no events. The pool must stay where it is.
  virtual void hold(std::uint64_t /*pool*/, EventView /*events*/,
                    const std::vector<std::size_t>& /*ends*/) {}
};

/// One line of `gateless devices`.
struct BackendInfo {
  std::string name;
  bool available = false;
  std::string device = {};  ///< what it would run on
  double memory_gib = 0.0;  ///< of that device
  std::size_t devices = 1;  ///< such devices on this machine; 0 if not available
  std::string reason = {};  ///< why it is missing; empty if available
};

[[nodiscard]] std::vector<BackendInfo> list_backends();

/// `name` is auto, cpu, cuda or reference; auto is cuda where a device answers, else cpu.
/// Errors: UsageError for another name, DeviceError when the named backend cannot run here.
[[nodiscard]] std::unique_ptr<Backend> make_backend(const std::string& name,
                                                    const BackendOptions& options);

}  // namespace gateless::compute
