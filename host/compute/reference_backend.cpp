// The pass as it is written down in backend.hpp, word for word; speed is not its business.
#include "host/compute/reference_backend.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "host/compute/checks.hpp"
#include "host/compute/event_keys.hpp"

namespace gateless::compute {
namespace {

class ReferenceEvents final : public ResidentEvents {
 public:
  ReferenceEvents(EventView events, Scaling scaling)
      : events_(events), scaling_(std::move(scaling)), event_(events.markers) {}

  NodeSums pass(const Matrix<float>& codebook) override {
    require_codebook(codebook, events_.markers);
    const std::vector<float> half_norms = half_norms_of(codebook);
    NodeSums result{Matrix<std::int64_t>(codebook.rows(), events_.markers),
                    std::vector<std::uint64_t>(codebook.rows())};
    for (std::size_t event = 0; event < events_.events; ++event) {
      scale(event);
      const std::size_t node = nearest(codebook, half_norms);
      result.counts[node] += 1;
      for (std::size_t marker = 0; marker < events_.markers; ++marker) {
        result.sums(node, marker) +=
            static_cast<std::int64_t>(std::nearbyint(std::ldexp(event_[marker], kFractionBits)));
      }
    }
    return result;
  }

  void assign(const Matrix<float>& codebook, std::span<NodeIndex> nodes) override {
    require_codebook(codebook, events_.markers);
    assert(nodes.size() >= events_.events);
    const std::vector<float> half_norms = half_norms_of(codebook);
    for (std::size_t event = 0; event < events_.events; ++event) {
      scale(event);
      nodes[event] = static_cast<NodeIndex>(nearest(codebook, half_norms));
    }
  }

  NodeSquares assign_with_squares(const Matrix<float>& codebook,
                                  std::span<NodeIndex> nodes) override {
    assign(codebook, nodes);
    return squares_of(events_, scaling_, nodes, codebook.rows(), 1);
  }

  MarkerProducts products() override { return products_of(events_, scaling_, 1); }

 private:
  void scale(std::size_t event) {
    for (std::size_t marker = 0; marker < events_.markers; ++marker) {
      const float scaled =
          (events_.marker(marker)[event] - scaling_.shift[marker]) * scaling_.scale;
      event_[marker] = std::clamp(scaled, -kScaledLimit, kScaledLimit);
    }
  }

  [[nodiscard]] std::size_t nearest(const Matrix<float>& codebook,
                                    const std::vector<float>& half_norms) const {
    float least = std::numeric_limits<float>::infinity();
    std::size_t nearest_node = 0;
    for (std::size_t node = 0; node < codebook.rows(); ++node) {
      float distance = half_norms[node];
      for (std::size_t marker = 0; marker < events_.markers; ++marker) {
        distance = std::fma(-event_[marker], codebook(node, marker), distance);
      }
      if (distance < least) {
        least = distance;
        nearest_node = node;
      }
    }
    return nearest_node;
  }

  EventView events_;
  Scaling scaling_;
  std::vector<float> event_;  ///< [markers], the scaled values of the event at hand
};

class ReferenceBackend final : public Backend {
 public:
  [[nodiscard]] std::string name() const override { return "reference"; }
  [[nodiscard]] std::string device() const override { return "1 thread, plain loops"; }
  [[nodiscard]] std::unique_ptr<ResidentEvents> load(EventView events,
                                                     const Scaling& scaling) override {
    require_events(events, scaling, 1);
    return std::make_unique<ReferenceEvents>(events, scaling);
  }
  [[nodiscard]] MeasuredEvents load(EventView events) override {
    MeasuredEvents found{scaling_of(events, 1), {}, keys_of(events, 1), nullptr};
    for (std::size_t marker = 0; marker < events.markers; ++marker) {
      const auto values = events.marker(marker);
      const bool is_constant =
          !values.empty() && std::all_of(values.begin(), values.end(),
                                         [&](float value) { return value == values.front(); });
      if (is_constant) found.constant_markers.push_back(marker);
    }
    found.events = load(events, found.scaling);
    return found;
  }
};

}  // namespace

std::unique_ptr<Backend> make_reference_backend() { return std::make_unique<ReferenceBackend>(); }

}  // namespace gateless::compute
