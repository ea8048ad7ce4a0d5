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
  std::uint8_t* flags;    ///< [events.count], room for what is found before it is listed
  std::uint32_t* list;    ///< [events.count]
  std::uint32_t* listed;  ///< how many; one cell
  void* scratch;
  std::size_t scratch_bytes;  ///< Device::far_bytes()
};

struct IsFar {
  DeviceFar question;
  GATELESS_HOST_DEVICE std::uint8_t operator()(std::uint32_t event) const {
    const float* value = question.events.values + event;
    const float* node = question.places + question.labels[event];
    const float* const end = question.unit + question.events.markers;
    float squared = 0.0F;
#ifdef __CUDACC__
#pragma unroll 1  // Thrust leaves few registers
#endif
    for (const float* unit = question.unit; unit != end; ++unit) {
      const float place = *unit > 0.0F ? *value / *unit : 0.0F;
      const float apart = place - *node;
      squared += apart * apart;
      value += question.events.stride;
      node += question.nodes;
    }
    return squared > question.limit ? 1 : 0;
  }
};

}  // namespace gateless::cuda
