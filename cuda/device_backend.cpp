// Shares of events on devices, one host thread each.
#include "cuda/device_backend.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

#include "cuda/device_share.hpp"
#include "host/compute/checks.hpp"
#include "host/compute/measured_values.hpp"
#include "host/core/layers.hpp"
#include "host/core/parallel.hpp"

namespace gateless::cuda {
namespace {

template <class Value>
void add_to(std::span<Value> totals, std::span<const Value> values) {
  std::transform(totals.begin(), totals.end(), values.begin(), totals.begin(), std::plus<>());
}

class DividedEvents final : public ResidentEvents {
 public:
  /// As DeviceShare; `keys` is empty where a scaling is given.
  DividedEvents(EventView events, const std::optional<Scaling>& scaling, BackendOptions options,
                const OpenDevice& open, std::span<std::uint64_t> keys = {})
      : events_(events) {
    const std::size_t devices = options.devices.size();
    options.threads = std::max<std::size_t>(1, options.threads / devices);
    if (const auto warn = options.warn) {
      options.warn = [this, warn](const std::string& what) {
        const std::scoped_lock lock(warning_);
        warn(what);
      };
    }
    shares_.resize(devices);
    parallel_for(devices, devices, [&](std::size_t index) {
      const std::size_t first = events.events * index / devices;
      const std::size_t end = events.events * (index + 1) / devices;
      shares_[index] = {first, end - first,
                        std::make_unique<DeviceShare>(
                            open(options.devices[index]), events.slice(first, end - first), scaling,
                            options, scaling ? keys : keys.subspan(first, end - first))};
    });
  }

  [[nodiscard]] std::vector<ValueRange> ranges() {
    std::vector<std::vector<ValueRange>> parts(shares_.size());
    parallel_for(shares_.size(), shares_.size(),
                 [&](std::size_t index) { parts[index] = shares_[index].on_device->ranges(); });
    std::vector<ValueRange> result(events_.markers);
    for (const auto& part : parts)
      std::transform(result.begin(), result.end(), part.begin(), result.begin(), JoinedRange{});
    return result;
  }
  void scale(const Scaling& scaling) {
    parallel_for(shares_.size(), shares_.size(),
                 [&](std::size_t index) { shares_[index].on_device->scale(scaling); });
  }

  NodeSums pass(const Matrix<float>& codebook) override {
    require_codebook(codebook, events_.markers);
    std::vector<NodeSums> parts(shares_.size());
    parallel_for(shares_.size(), shares_.size(), [&](std::size_t index) {
      parts[index] = shares_[index].on_device->pass(codebook);
    });
    NodeSums result = std::move(parts.front());
    for (std::size_t index = 1; index < parts.size(); ++index) {
      add_to(std::span(result.counts), std::span<const std::uint64_t>(parts[index].counts));
      add_to(result.sums.values(), std::as_const(parts[index].sums).values());
    }
    return result;
  }

  void assign(const Matrix<float>& codebook, std::span<NodeIndex> nodes) override {
    require_codebook(codebook, events_.markers);
    assert(nodes.size() >= events_.events);
    parallel_for(shares_.size(), shares_.size(), [&](std::size_t index) {
      const Share& share = shares_[index];
      share.on_device->assign(codebook, nodes.subspan(share.first, share.count));
    });
  }

  NodeSquares assign_with_squares(const Matrix<float>& codebook,
                                  std::span<NodeIndex> nodes) override {
    require_codebook(codebook, events_.markers);
    assert(nodes.size() >= events_.events);
    std::vector<NodeSquares> parts(shares_.size(), NodeSquares(0, 0));
    parallel_for(shares_.size(), shares_.size(), [&](std::size_t index) {
      const Share& share = shares_[index];
      parts[index] =
          share.on_device->assign_with_squares(codebook, nodes.subspan(share.first, share.count));
    });
    NodeSquares result = std::move(parts.front());
    for (std::size_t index = 1; index < parts.size(); ++index) {
      add_to(result.sums.values(), std::as_const(parts[index].sums).values());
      add_to(result.squares.values(), std::as_const(parts[index].squares).values());
    }
    return result;
  }

  MarkerProducts products() override {
    std::vector<MarkerProducts> parts(shares_.size(), MarkerProducts(0));
    parallel_for(shares_.size(), shares_.size(),
                 [&](std::size_t index) { parts[index] = shares_[index].on_device->products(); });
    MarkerProducts result = std::move(parts.front());
    for (std::size_t index = 1; index < parts.size(); ++index) {
      add_to(std::span(result.sums), std::span<const std::int64_t>(parts[index].sums));
      add_to(result.products.values(), std::as_const(parts[index].products).values());
    }
    return result;
  }

  std::optional<std::vector<std::size_t>> far_events(const FarQuestion& question) override {
    std::vector<std::optional<std::vector<std::size_t>>> parts(shares_.size());
    parallel_for(shares_.size(), shares_.size(), [&](std::size_t index) {
      const Share& share = shares_[index];
      parts[index] = share.on_device->far_events(
          question, question.node_of_event.subspan(share.first, share.count));
    });
    std::vector<std::size_t> far;
    for (std::size_t index = 0; index < parts.size(); ++index) {
      if (!parts[index]) return std::nullopt;
      for (const std::size_t event : *parts[index]) far.push_back(shares_[index].first + event);
    }
    return far;
  }

 private:
  /// Events [first, first + count) and the device that works on them.
  struct Share {
    std::size_t first = 0;
    std::size_t count = 0;
    std::unique_ptr<DeviceShare> on_device;
  };

  EventView events_;
  std::mutex warning_;  // one warning at a time, from whatever device
  std::vector<Share> shares_;
};

class DeviceBackend final : public Backend {
 public:
  DeviceBackend(BackendOptions options, OpenDevice open, std::string description)
      : options_(std::move(options)), open_(std::move(open)), description_(std::move(description)) {
    assert(!options_.devices.empty() && options_.threads > 0);
  }
  [[nodiscard]] std::string name() const override { return "cuda"; }
  [[nodiscard]] std::string device() const override { return description_; }
  [[nodiscard]] std::unique_ptr<ResidentEvents> load(EventView events,
                                                     const Scaling& scaling) override {
    require_events(events, scaling, options_.threads);
    return std::make_unique<DividedEvents>(events, scaling, options_, open_);
  }
  [[nodiscard]] MeasuredEvents load(EventView events) override {
    require_shape(events, {std::vector<float>(events.markers), 1.0F});
    std::vector<std::uint64_t> keys(events.events);
    auto divided =
        std::make_unique<DividedEvents>(events, std::nullopt, options_, open_, std::span(keys));
    std::vector<ValueRange> ranges = divided->ranges();
    MeasuredEvents found = checked(events, {std::move(ranges), std::move(keys)}, options_.threads);
    divided->scale(found.scaling);
    found.events = std::move(divided);
    return found;
  }

 private:
  BackendOptions options_;
  OpenDevice open_;
  std::string description_;
};

}  // namespace

std::unique_ptr<Backend> make_device_backend(BackendOptions options, OpenDevice open,
                                             std::string description) {
  return std::make_unique<DeviceBackend>(std::move(options), std::move(open),
                                         std::move(description));
}

}  // namespace gateless::cuda
