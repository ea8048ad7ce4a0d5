// Rank 0: hands out the events, then orders passes and adds up what comes back.
#include "host/compute/ranked_backend.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cassert>
#include <functional>
#include <memory>
#include <vector>

#include "host/compute/checks.hpp"
#include "host/compute/measured_values.hpp"
#include "host/compute/rank_options.hpp"
#include "host/compute/rank_orders.hpp"

namespace gateless::compute {
namespace {

/// Which ranks have which events, and where: as rows of a pool that they hold, or not yet.
struct HeldRows {
  std::uint64_t pool = 0;  ///< 0: they are sent
  std::uint64_t first_row = 0;
  std::vector<RankShare> shares;  ///< [ranks]
};

class RankedEvents final : public ResidentEvents {
 public:
  RankedEvents(Ranks& ranks, Backend& backend, EventView events, const Scaling& scaling,
               std::uint64_t loaded, const HeldRows& held)
      : ranks_(ranks),
        loaded_(loaded),
        events_(events.events),
        markers_(events.markers),
        shares_(held.shares) {
    RankOrder order{.step = RankStep::kLoad,
                    .loaded = loaded_,
                    .events = events_,
                    .markers = markers_,
                    .pool = held.pool,
                    .first_row = held.first_row};
    broadcast_value(ranks_, order);
    std::vector<float> shift = scaling.shift;
    float scale = scaling.scale;
    broadcast(ranks_, std::span(shift));
    broadcast_value(ranks_, scale);
    const RankShare share = shares_.front();
    (void)settle(ranks_, {});  // the others have room for their shares
    for (std::size_t rank = 1; rank < ranks_.count() && held.pool == 0; ++rank) {
      const RankShare theirs = shares_[rank];
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
  ~RankedEvents() override { tell(RankStep::kDrop, 0); }

  NodeSums pass(const Matrix<float>& codebook) override {
    require_codebook(codebook, markers_);
    hand_out(RankStep::kPass, codebook);
    NodeSums own;
    (void)settle(ranks_, attempt([&] { own = own_->pass(codebook); }));
    return sum_over_ranks(ranks_, std::move(own));
  }

  void assign(const Matrix<float>& codebook, std::span<NodeIndex> nodes) override {
    require_codebook(codebook, markers_);
    assert(nodes.size() >= events_);
    hand_out(RankStep::kAssign, codebook);
    (void)settle(ranks_, attempt([&] { own_->assign(codebook, nodes); }));
    collect(nodes);
  }

  NodeSquares assign_with_squares(const Matrix<float>& codebook,
                                  std::span<NodeIndex> nodes) override {
    require_codebook(codebook, markers_);
    assert(nodes.size() >= events_);
    hand_out(RankStep::kSquares, codebook);
    NodeSquares own(0, 0);
    (void)settle(ranks_, attempt([&] { own = own_->assign_with_squares(codebook, nodes); }));
    collect(nodes);
    return sum_over_ranks(ranks_, std::move(own));
  }

  MarkerProducts products() override {
    tell(RankStep::kProducts, 0);
    MarkerProducts own(0);
    (void)settle(ranks_, attempt([&] { own = own_->products(); }));
    return sum_over_ranks(ranks_, std::move(own));
  }

 private:
  /// The labels of the other ranks' events.
  void collect(std::span<NodeIndex> nodes) {
    for (std::size_t rank = 1; rank < ranks_.count(); ++rank) {
      const RankShare theirs = shares_[rank];
      ranks_.receive(rank, std::as_writable_bytes(nodes.subspan(theirs.first, theirs.count)));
    }
  }
  void tell(RankStep step, std::size_t nodes) {
    RankOrder order{
        .step = step, .loaded = loaded_, .events = events_, .markers = markers_, .nodes = nodes};
    broadcast_value(ranks_, order);
  }
  void hand_out(RankStep step, const Matrix<float>& codebook) {
    tell(step, codebook.rows());
    std::vector<float> weights(codebook.values().begin(), codebook.values().end());
    broadcast(ranks_, std::span(weights));
  }

  Ranks& ranks_;
  std::uint64_t loaded_;
  std::size_t events_;
  std::size_t markers_;
  std::vector<RankShare> shares_;  ///< [ranks]
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
    return share_out(events, scaling);
  }
  [[nodiscard]] MeasuredEvents load(EventView events) override {
    MeasuredEvents found = checked(events, measure(events, threads_), threads_);
    found.events = share_out(events, found.scaling);
    return found;
  }
  void hold(std::uint64_t pool, EventView events, const std::vector<std::size_t>& ends) override {
    Held held{.pool = pool, .events = events, .shares = {}};
    std::size_t first = 0;
    for (const std::size_t end : ends) {
      held.shares.push_back({first, end - first});
      first = end;
    }
    held_.push_back(std::move(held));
  }

 private:
  struct Held {
    std::uint64_t pool = 0;
    EventView events;
    std::vector<RankShare> shares;  ///< [ranks]
  };

  [[nodiscard]] std::unique_ptr<ResidentEvents> share_out(EventView events,
                                                          const Scaling& scaling) {
    return std::make_unique<RankedEvents>(ranks_, *own_, events, scaling, next_++, rows_of(events));
  }

  /// Rows of a pool that the ranks hold, or equal shares that are sent.
  [[nodiscard]] HeldRows rows_of(EventView events) const {
    for (const Held& held : held_) {
      const EventView pool = held.events;
      const bool is_within = std::less_equal<>()(pool.values, events.values) &&
                             std::less<>()(events.values, pool.values + pool.markers * pool.stride);
      if (!is_within || events.stride != pool.stride || events.events != pool.events) continue;
      const auto offset = static_cast<std::size_t>(events.values - pool.values);
      if (offset % pool.stride == 0) return {held.pool, offset / pool.stride, held.shares};
    }
    HeldRows equal;
    for (std::size_t rank = 0; rank < ranks_.count(); ++rank)
      equal.shares.push_back(share_of(rank, ranks_.count(), events.events));
    return equal;
  }

  Ranks& ranks_;
  std::unique_ptr<Backend> own_;
  std::size_t threads_;
  std::vector<Held> held_;
  std::uint64_t next_ = 0;
};

}  // namespace

std::unique_ptr<Backend> make_ranked_backend(Ranks& ranks, const std::string& name,
                                             const BackendOptions& options,
                                             const BackendMaker& make) {
  if (ranks.count() == 1) return make(name, options);
  const BackendOptions own = own_options(ranks, name, options);
  std::unique_ptr<Backend> backend = make(name, own);  // before the others are asked: may be wrong

  RankOrder order{.step = RankStep::kOpen};
  broadcast_value(ranks, order);
  RankOpening opening{
      {}, options.threads, options.tile_events, options.memory_gib, options.devices.size()};
  assert(name.size() < opening.name.size());
  std::copy(name.begin(), name.end(), opening.name.begin());
  broadcast_value(ranks, opening);
  std::vector<int> devices = options.devices;
  broadcast(ranks, std::span(devices));
  (void)settle(ranks, {});
  return std::make_unique<RankedBackend>(ranks, std::move(backend), own.threads);
}

void dismiss(Ranks& ranks) {
  RankOrder order{.step = RankStep::kLeave};
  broadcast_value(ranks, order);
}

}  // namespace gateless::compute
