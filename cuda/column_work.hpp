// Transforms and compensation as a GPU makes them: the functions of host/core, one event a thread. Bodies are templates
// over a Lane, of which they ask for the place of the thread alone.
#pragma once

#include <cstddef>

#include "host/core/transform_curve.hpp"

namespace gateless::cuda {

inline constexpr int kColumnThreads = 256;

/// Columns of events on the device, and where their new values go; pointers are of the device here and below.
struct DeviceColumns {
  const float* values;  ///< [columns][stride]
  float* results;       ///< [columns][stride]
  std::size_t stride;
  std::size_t count;  ///< events
  int columns;
};

struct DeviceTransform {
  DeviceColumns columns;
  const TransformCurve* curves;  ///< [columns]
};

struct DeviceUnmix {
  DeviceColumns columns;
  const float* weights;  ///< [columns][columns], as Unmix
};

template <class Lane>
GATELESS_HOST_DEVICE std::size_t first_event(const Lane& lane) {
  return std::size_t{lane.block()} * static_cast<std::size_t>(lane.threads()) +
         static_cast<std::size_t>(lane.thread());
}
template <class Lane>
GATELESS_HOST_DEVICE std::size_t event_step(const Lane& lane) {
  return std::size_t{lane.blocks()} * static_cast<std::size_t>(lane.threads());
}

// Grid: any number of blocks. Traffic: every value is read and written once; curves (25 kB each) stay in the caches.
template <class Lane>
GATELESS_HOST_DEVICE void transform_tile(const Lane& lane, const DeviceTransform& job) {
  for (int column = 0; column < job.columns.columns; ++column) {
    const TransformCurve& curve = job.curves[column];
    const std::size_t row = static_cast<std::size_t>(column) * job.columns.stride;
    for (std::size_t event = first_event(lane); event < job.columns.count;
         event += event_step(lane)) {
      job.columns.results[row + event] = curve(job.columns.values[row + event]);
    }
  }
}

// Grid: any number of blocks. Traffic: every value is written once, and read once from memory, then from the caches.
template <class Lane>
GATELESS_HOST_DEVICE void unmix_tile(const Lane& lane, const DeviceUnmix& job) {
  const DeviceColumns& columns = job.columns;
  for (std::size_t event = first_event(lane); event < columns.count; event += event_step(lane)) {
    const float* weight = job.weights;
    for (int channel = 0; channel < columns.columns; ++channel) {
      float sum = 0.0F;
      const float* value = columns.values + event;
      for (int detector = 0; detector < columns.columns; ++detector, value += columns.stride) {
        sum += *weight++ * *value;  // not contracted, as on the host
      }
      columns.results[static_cast<std::size_t>(channel) * columns.stride + event] = sum;
    }
  }
}

}  // namespace gateless::cuda
