// Events that lie far from their nodes, as a list in rising order.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cuda/event_sums.hpp"  // DeviceEvents

namespace gateless::cuda {

/// As FarQuestion. Pointers are of the device.
struct DeviceFar {
  DeviceEvents events;
  const NodeIndex* labels;  ///< [events.count]
  const float* places;      ///< [markers][nodes]
  const float* unit;        ///< [markers]
  int nodes;
  float limit;
  std::uint32_t* list;    ///< [events.count]
  std::uint32_t* listed;  ///< how many; one cell
  void* scratch;
  std::size_t scratch_bytes;  ///< Device::far_bytes()
};

struct IsFar {
  DeviceFar question;
  GATELESS_HOST_DEVICE bool operator()(std::uint32_t event) const {
    const DeviceEvents& events = question.events;
    const float* node = question.places + question.labels[event];
    float squared = 0.0F;
    for (int marker = 0; marker < events.markers; ++marker) {
      const float value = events.values[static_cast<std::size_t>(marker) * events.stride + event];
      const float unit = question.unit[marker];
      const float place = unit > 0.0F ? value / unit : 0.0F;
      const float apart =
          place - node[static_cast<std::size_t>(marker) * static_cast<std::size_t>(question.nodes)];
      squared += apart * apart;
    }
    return squared > question.limit;
  }
};

}  // namespace gateless::cuda
