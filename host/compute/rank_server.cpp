// What every rank but the first does: the orders of rank 0, on events of its own.
#include <map>
#include <memory>
#include <vector>

#include "host/compute/rank_options.hpp"
#include "host/compute/rank_orders.hpp"
#include "host/compute/ranked_backend.hpp"

namespace gateless::compute {
namespace {

class Server {
 public:
  Server(Ranks& ranks, const RankWorkers& workers, const BackendMaker& make)
      : ranks_(ranks), workers_(workers), make_(make) {}

  void open() {
    RankOpening opening;
    broadcast_value(ranks_, opening);
    std::vector<int> devices(opening.devices);
    broadcast(ranks_, std::span(devices));
    (void)settle(ranks_, attempt([&] {
                   const std::string name = opening.name.data();
                   const BackendOptions options{opening.threads, opening.tile_events,
                                                opening.memory_gib, std::move(devices)};
                   const BackendOptions own = own_options(ranks_, name, options);
                   threads_ = own.threads;
                   backend_ = make_(name, own);
                 }));
  }

  void load(const RankOrder& order) {
    Scaling scaling{std::vector<float>(order.markers), 1.0F};
    broadcast(ranks_, std::span(scaling.shift));
    broadcast_value(ranks_, scaling.scale);
    if (order.pool > 0) return load_held(order, scaling);
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

  /// Of a pool that this rank holds nothing is sent.
  void load_held(const RankOrder& order, const Scaling& scaling) {
    if (!settle(ranks_, {})) return;
    std::unique_ptr<ResidentEvents> resident;
    std::size_t count = 0;
    const bool is_loaded =
        settle(ranks_, attempt([&] {
                 const HeldEvents& held = pools_.at(order.pool);
                 count = held.events;
                 const float* rows = held.values.data() + order.first_row * count;
                 resident = backend_->load({rows, order.markers, count, count}, scaling);
               }));
    if (is_loaded) loaded_[order.loaded] = {{}, count, std::move(resident)};
  }

  void pass(const RankOrder& order) {
    const Matrix<float> codebook = receive_codebook(order);
    NodeSums own;
    const RankEnding ending =
        attempt([&] { own = loaded_.at(order.loaded).resident->pass(codebook); });
    if (settle(ranks_, ending)) (void)sum_over_ranks(ranks_, std::move(own));
  }

  void assign(const RankOrder& order) {
    const Matrix<float> codebook = receive_codebook(order);
    std::vector<NodeIndex> nodes;
    const RankEnding ending = attempt([&] {
      const Loaded& loaded = loaded_.at(order.loaded);
      nodes.resize(loaded.events);
      loaded.resident->assign(codebook, nodes);
    });
    if (settle(ranks_, ending)) ranks_.send(0, std::as_bytes(std::span(nodes)));
  }

  void assign_with_squares(const RankOrder& order) {
    const Matrix<float> codebook = receive_codebook(order);
    std::vector<NodeIndex> nodes;
    NodeSquares own(0, 0);
    const RankEnding ending = attempt([&] {
      const Loaded& loaded = loaded_.at(order.loaded);
      nodes.resize(loaded.events);
      own = loaded.resident->assign_with_squares(codebook, nodes);
    });
    if (!settle(ranks_, ending)) return;
    ranks_.send(0, std::as_bytes(std::span(nodes)));
    (void)sum_over_ranks(ranks_, std::move(own));
  }

  void products(const RankOrder& order) {
    MarkerProducts own(0);
    const RankEnding ending = attempt([&] { own = loaded_.at(order.loaded).resident->products(); });
    if (settle(ranks_, ending)) (void)sum_over_ranks(ranks_, std::move(own));
  }

  void work(const RankOrder& order) {
    work_for_first(ranks_, workers_, {ranks_, threads_, pools_}, order.events);
  }

  void drop(const RankOrder& order) { loaded_.erase(order.loaded); }

 private:
  struct Loaded {
    std::vector<float> values;  ///< [markers][events]; empty where a pool has them
    std::size_t events = 0;
    std::unique_ptr<ResidentEvents> resident;
  };

  [[nodiscard]] Matrix<float> receive_codebook(const RankOrder& order) {
    Matrix<float> codebook(order.nodes, order.markers);
    broadcast(ranks_, codebook.values());
    return codebook;
  }

  Ranks& ranks_;
  const RankWorkers& workers_;
  const BackendMaker& make_;
  std::size_t threads_ = 1;
  std::unique_ptr<Backend> backend_;
  std::map<std::uint64_t, HeldEvents> pools_;
  std::map<std::uint64_t, Loaded> loaded_;
};

}  // namespace

void serve(Ranks& ranks, const RankWorkers& workers, const BackendMaker& make) {
  Server server(ranks, workers, make);
  while (true) {
    RankOrder order;
    broadcast_value(ranks, order);
    switch (order.step) {
      case RankStep::kOpen:
        server.open();
        break;
      case RankStep::kLoad:
        server.load(order);
        break;
      case RankStep::kPass:
        server.pass(order);
        break;
      case RankStep::kAssign:
        server.assign(order);
        break;
      case RankStep::kSquares:
        server.assign_with_squares(order);
        break;
      case RankStep::kProducts:
        server.products(order);
        break;
      case RankStep::kWork:
        server.work(order);
        break;
      case RankStep::kDrop:
        server.drop(order);
        break;
      case RankStep::kLeave:
        return;
    }
  }
}

}  // namespace gateless::compute
