#include "host/compute/ranked_backend.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <map>
#include <new>
#include <numeric>
#include <optional>

#include "host/compute/checks.hpp"
#include "host/compute/cuda_backend.hpp"
#include "host/core/error.hpp"
#include "host/core/parallel.hpp"

namespace gateless {
namespace {

enum class Step : std::uint64_t {
  kOpen,
  kLoad,
  kPass,
  kAssign,
  kSquares,
  kProducts,
  kDrop,
  kLeave
};

/// What rank 0 tells all ranks to do next; the words that a step does not need are 0.
struct Order {
  Step step{};
  std::uint64_t loaded = 0;  ///< which of the loaded events
  std::uint64_t events = 0;  ///< of all ranks
  std::uint64_t markers = 0;
  std::uint64_t nodes = 0;
};

/// BackendOptions on the way to another rank; the devices follow.
struct Opening {
  std::array<char, 16> name{};
  std::uint64_t threads = 0;
  std::uint64_t tile_events = 0;
  double memory_gib = 0.0;
  std::uint64_t devices = 0;
};

struct Share {
  std::size_t first = 0;
  std::size_t count = 0;
};

Share share_of(std::size_t rank, std::size_t ranks, std::size_t events) {
  const std::size_t first = events / ranks * rank + std::min(rank, events % ranks);
  return {first, events / ranks + (rank < events % ranks ? 1 : 0)};
}

template <class Value>
void broadcast(Ranks& ranks, std::span<Value> values) {
  ranks.broadcast(std::as_writable_bytes(values));
}
template <class Value>
void broadcast_value(Ranks& ranks, Value& value) {
  broadcast(ranks, std::span<Value>(&value, 1));
}

/// How a rank's part of a step ended.
struct Ending {
  ExitStatus status = ExitStatus::kDone;
  std::string message;
};

/// Runs a rank's own part; a failure is kept, because the other ranks wait for this one's word.
template <class Work>
Ending attempt(const Work& work) {
  try {
    work();
    return {};
  } catch (const UserError& error) {
    return {error.status(), error.what()};
  } catch (const std::bad_alloc&) {
    return {ExitStatus::kDevice,
            "out of memory (its share of the events is held in memory); use more machines or fewer "
            "files"};
  } catch (const std::exception& error) {
    return {ExitStatus::kBug, error.what()};
  }
}

[[noreturn]] void fail(const Ending& ending, std::size_t rank) {
  const std::string message =
      rank == 0 ? ending.message : fmt::format("rank {}: {}", rank, ending.message);
  if (ending.status == ExitStatus::kBug) throw std::runtime_error(message);
  throw UserError(ending.status, message);
}

/// Ends a step: true when every rank did its part. Otherwise false, and in rank 0 the failure of the lowest rank.
bool settle(Ranks& ranks, const Ending& own) {
  std::vector<std::int64_t> statuses(ranks.count());
  statuses[ranks.rank()] = static_cast<std::int64_t>(own.status);
  ranks.sum(statuses);
  broadcast(ranks, std::span(statuses));
  const auto failed =
      std::find_if(statuses.begin(), statuses.end(), [](auto status) { return status != 0; });
  if (failed == statuses.end()) return true;
  const auto rank = static_cast<std::size_t>(failed - statuses.begin());
  if (ranks.rank() == rank && rank != 0) {
    std::uint64_t length = own.message.size();
    ranks.send(0, std::as_bytes(std::span(&length, 1)));
    ranks.send(0, std::as_bytes(std::span(own.message)));
  }
  if (ranks.rank() != 0) return false;
  if (rank == 0) fail(own, 0);
  std::uint64_t length = 0;
  ranks.receive(rank, std::as_writable_bytes(std::span(&length, 1)));
  Ending theirs{static_cast<ExitStatus>(*failed), std::string(length, ' ')};
  ranks.receive(rank, std::as_writable_bytes(std::span(theirs.message)));
  fail(theirs, rank);
}

/// An equal part of the machine's cores, unless the starter has bound this rank to cores of its own.
std::size_t threads_of(const Ranks& ranks, std::size_t wanted) {
  if (wanted > 0) return wanted;
  const std::size_t usable = hardware_threads();
  const long cores = sysconf(_SC_NPROCESSORS_ONLN);
  const bool is_bound = cores > 0 && usable < static_cast<std::size_t>(cores);
  return is_bound ? usable : std::max<std::size_t>(1, usable / ranks.count_here());
}

/// The options of all ranks as this one takes them.
BackendOptions own_options(const Ranks& ranks, const std::string& backend, BackendOptions options) {
  options.threads = threads_of(ranks, options.threads);
  if (backend == "cuda" || backend == "auto") {
    options.devices = devices_of(ranks, options.devices, describe_cuda().devices);
  }
  return options;
}

NodeSums sum_over_ranks(Ranks& ranks, NodeSums own) {
  ranks.sum(own.sums.values());
  std::vector<std::int64_t> counts(own.counts.begin(), own.counts.end());
  ranks.sum(counts);
  std::copy(counts.begin(), counts.end(), own.counts.begin());
  return own;
}

NodeSquares sum_over_ranks(Ranks& ranks, NodeSquares own) {
  ranks.sum(own.sums.values());
  ranks.sum(own.squares.values());
  return own;
}

MarkerProducts sum_over_ranks(Ranks& ranks, MarkerProducts own) {
  ranks.sum(own.sums);
  ranks.sum(own.products.values());
  return own;
}

// ---- rank 0

class RankedEvents final : public ResidentEvents {
 public:
  RankedEvents(Ranks& ranks, Backend& backend, EventView events, const Scaling& scaling,
               std::uint64_t loaded)
      : ranks_(ranks), loaded_(loaded), events_(events.events), markers_(events.markers) {
    tell(Step::kLoad, 0);
    std::vector<float> shift = scaling.shift;
    float scale = scaling.scale;
    broadcast(ranks_, std::span(shift));
    broadcast_value(ranks_, scale);
    const Share share = share_of(0, ranks_.count(), events_);
    (void)settle(ranks_, {});  // the others have room for their shares
    for (std::size_t rank = 1; rank < ranks_.count(); ++rank) {
      const Share theirs = share_of(rank, ranks_.count(), events_);
      for (std::size_t marker = 0; marker < markers_; ++marker) {
        ranks_.send(rank, std::as_bytes(events.marker(marker).subspan(theirs.first, theirs.count)));
      }
    }
    (void)settle(ranks_, attempt([&] {
                   own_ = backend.load(events.slice(share.first, share.count), scaling);
                 }));
  }
  RankedEvents(const RankedEvents&) = delete;
  RankedEvents& operator=(const RankedEvents&) = delete;
  ~RankedEvents() override { tell(Step::kDrop, 0); }

  NodeSums pass(const Matrix<float>& codebook) override {
    require_codebook(codebook, markers_);
    hand_out(Step::kPass, codebook);
    NodeSums own;
    (void)settle(ranks_, attempt([&] { own = own_->pass(codebook); }));
    return sum_over_ranks(ranks_, std::move(own));
  }

  void assign(const Matrix<float>& codebook, std::span<NodeIndex> nodes) override {
    require_codebook(codebook, markers_);
    assert(nodes.size() >= events_);
    hand_out(Step::kAssign, codebook);
    (void)settle(ranks_, attempt([&] { own_->assign(codebook, nodes); }));
    collect(nodes);
  }

  NodeSquares assign_with_squares(const Matrix<float>& codebook,
                                  std::span<NodeIndex> nodes) override {
    require_codebook(codebook, markers_);
    assert(nodes.size() >= events_);
    hand_out(Step::kSquares, codebook);
    NodeSquares own(0, 0);
    (void)settle(ranks_, attempt([&] { own = own_->assign_with_squares(codebook, nodes); }));
    collect(nodes);
    return sum_over_ranks(ranks_, std::move(own));
  }

  MarkerProducts products() override {
    tell(Step::kProducts, 0);
    MarkerProducts own(0);
    (void)settle(ranks_, attempt([&] { own = own_->products(); }));
    return sum_over_ranks(ranks_, std::move(own));
  }

 private:
  /// The labels of the other ranks' events.
  void collect(std::span<NodeIndex> nodes) {
    for (std::size_t rank = 1; rank < ranks_.count(); ++rank) {
      const Share theirs = share_of(rank, ranks_.count(), events_);
      ranks_.receive(rank, std::as_writable_bytes(nodes.subspan(theirs.first, theirs.count)));
    }
  }
  void tell(Step step, std::size_t nodes) {
    Order order{step, loaded_, events_, markers_, nodes};
    broadcast_value(ranks_, order);
  }
  void hand_out(Step step, const Matrix<float>& codebook) {
    tell(step, codebook.rows());
    std::vector<float> weights(codebook.values().begin(), codebook.values().end());
    broadcast(ranks_, std::span(weights));
  }

  Ranks& ranks_;
  std::uint64_t loaded_;
  std::size_t events_;
  std::size_t markers_;
  std::unique_ptr<ResidentEvents> own_;
};

class RankedBackend final : public Backend {
 public:
  RankedBackend(Ranks& ranks, std::unique_ptr<Backend> own, std::size_t threads)
      : ranks_(ranks), own_(std::move(own)), threads_(threads) {}
  [[nodiscard]] std::string name() const override { return own_->name(); }
  [[nodiscard]] std::string device() const override {
    return fmt::format("{}; the first of {} ranks", own_->device(), ranks_.count());
  }
  [[nodiscard]] std::unique_ptr<ResidentEvents> load(EventView events,
                                                     const Scaling& scaling) override {
    // Here, because only rank 0 knows an event by its place in the pool.
    require_events(events, scaling, threads_);
    return std::make_unique<RankedEvents>(ranks_, *own_, events, scaling, next_++);
  }
  void transform(const Columns& columns, std::span<const TransformCurve> curves,
                 std::size_t threads) override {
    own_->transform(columns, curves, threads);
  }
  void unmix(const Columns& columns, const Matrix<float>& weights) override {
    own_->unmix(columns, weights);
  }

 private:
  Ranks& ranks_;
  std::unique_ptr<Backend> own_;
  std::size_t threads_;
  std::uint64_t next_ = 0;
};

// ---- the other ranks

class Server {
 public:
  Server(Ranks& ranks, const BackendMaker& make) : ranks_(ranks), make_(make) {}

  void open() {
    Opening opening;
    broadcast_value(ranks_, opening);
    std::vector<int> devices(opening.devices);
    broadcast(ranks_, std::span(devices));
    (void)settle(ranks_, attempt([&] {
                   const std::string name = opening.name.data();
                   const BackendOptions options{opening.threads, opening.tile_events,
                                                opening.memory_gib, std::move(devices)};
                   backend_ = make_(name, own_options(ranks_, name, options));
                 }));
  }

  void load(const Order& order) {
    Scaling scaling{std::vector<float>(order.markers), 1.0F};
    broadcast(ranks_, std::span(scaling.shift));
    broadcast_value(ranks_, scaling.scale);
    const std::size_t count = share_of(ranks_.rank(), ranks_.count(), order.events).count;
    std::vector<float> values;
    if (!settle(ranks_, attempt([&] { values.resize(order.markers * count); }))) return;
    for (std::size_t marker = 0; marker < order.markers; ++marker) {
      ranks_.receive(0, std::as_writable_bytes(std::span(values).subspan(marker * count, count)));
    }
    std::unique_ptr<ResidentEvents> resident;
    const bool is_loaded =
        settle(ranks_, attempt([&] {
                 resident = backend_->load({values.data(), order.markers, count, count}, scaling);
               }));
    if (is_loaded) loaded_[order.loaded] = {std::move(values), count, std::move(resident)};
  }

  void pass(const Order& order) {
    const Matrix<float> codebook = receive_codebook(order);
    NodeSums own;
    const Ending ending = attempt([&] { own = loaded_.at(order.loaded).resident->pass(codebook); });
    if (settle(ranks_, ending)) (void)sum_over_ranks(ranks_, std::move(own));
  }

  void assign(const Order& order) {
    const Matrix<float> codebook = receive_codebook(order);
    std::vector<NodeIndex> nodes;
    const Ending ending = attempt([&] {
      const Loaded& loaded = loaded_.at(order.loaded);
      nodes.resize(loaded.events);
      loaded.resident->assign(codebook, nodes);
    });
    if (settle(ranks_, ending)) ranks_.send(0, std::as_bytes(std::span(nodes)));
  }

  void assign_with_squares(const Order& order) {
    const Matrix<float> codebook = receive_codebook(order);
    std::vector<NodeIndex> nodes;
    NodeSquares own(0, 0);
    const Ending ending = attempt([&] {
      const Loaded& loaded = loaded_.at(order.loaded);
      nodes.resize(loaded.events);
      own = loaded.resident->assign_with_squares(codebook, nodes);
    });
    if (!settle(ranks_, ending)) return;
    ranks_.send(0, std::as_bytes(std::span(nodes)));
    (void)sum_over_ranks(ranks_, std::move(own));
  }

  void products(const Order& order) {
    MarkerProducts own(0);
    const Ending ending = attempt([&] { own = loaded_.at(order.loaded).resident->products(); });
    if (settle(ranks_, ending)) (void)sum_over_ranks(ranks_, std::move(own));
  }

  void drop(const Order& order) { loaded_.erase(order.loaded); }

 private:
  struct Loaded {
    std::vector<float> values;  ///< [markers][events]
    std::size_t events = 0;
    std::unique_ptr<ResidentEvents> resident;
  };

  [[nodiscard]] Matrix<float> receive_codebook(const Order& order) {
    Matrix<float> codebook(order.nodes, order.markers);
    broadcast(ranks_, codebook.values());
    return codebook;
  }

  Ranks& ranks_;
  const BackendMaker& make_;
  std::unique_ptr<Backend> backend_;
  std::map<std::uint64_t, Loaded> loaded_;
};

}  // namespace

std::unique_ptr<Backend> make_ranked_backend(Ranks& ranks, const std::string& name,
                                             const BackendOptions& options,
                                             const BackendMaker& make) {
  if (ranks.count() == 1) return make(name, options);
  const BackendOptions own = own_options(ranks, name, options);
  std::unique_ptr<Backend> backend = make(name, own);  // before the others are asked: may be wrong

  Order order{.step = Step::kOpen};
  broadcast_value(ranks, order);
  Opening opening{
      {}, options.threads, options.tile_events, options.memory_gib, options.devices.size()};
  assert(name.size() < opening.name.size());
  std::copy(name.begin(), name.end(), opening.name.begin());
  broadcast_value(ranks, opening);
  std::vector<int> devices = options.devices;
  broadcast(ranks, std::span(devices));
  (void)settle(ranks, {});
  return std::make_unique<RankedBackend>(ranks, std::move(backend), own.threads);
}

void serve(Ranks& ranks, const BackendMaker& make) {
  Server server(ranks, make);
  while (true) {
    Order order;
    broadcast_value(ranks, order);
    switch (order.step) {
      case Step::kOpen:
        server.open();
        break;
      case Step::kLoad:
        server.load(order);
        break;
      case Step::kPass:
        server.pass(order);
        break;
      case Step::kAssign:
        server.assign(order);
        break;
      case Step::kSquares:
        server.assign_with_squares(order);
        break;
      case Step::kProducts:
        server.products(order);
        break;
      case Step::kDrop:
        server.drop(order);
        break;
      case Step::kLeave:
        return;
    }
  }
}

void dismiss(Ranks& ranks) {
  Order order{.step = Step::kLeave};
  broadcast_value(ranks, order);
}

std::vector<int> devices_of(const Ranks& ranks, const std::vector<int>& listed,
                            std::size_t present) {
  if (ranks.count_here() == 1) return listed;
  std::vector<int> all = listed;
  if (all.empty()) {
    all.resize(present);
    std::iota(all.begin(), all.end(), 0);
  }
  if (all.empty()) return {};
  std::vector<int> own;
  for (std::size_t turn = ranks.rank_here(); turn < all.size(); turn += ranks.count_here()) {
    own.push_back(all[turn]);
  }
  if (own.empty()) own.push_back(all[ranks.rank_here() % all.size()]);
  return own;
}

}  // namespace gateless
