// The events that a proposal leaves open, as a list in rising order, for the chain.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gateless::cuda {

/// Events that are listed at a time: bounds the memory of a list whatever part of the events is open.
inline constexpr std::size_t kSelectedEvents = std::size_t{1} << 25U;

/// Pointers are of the device.
struct DeviceSelection {
  const std::uint32_t* open;  ///< [ceil(count / 32)], a bit for each event
  std::size_t count;          ///< at most kSelectedEvents
  std::uint32_t* list;        ///< [count]: indexes of the events whose bit is set
  std::uint32_t* listed;      ///< how many; one cell
  void* scratch;
  std::size_t scratch_bytes;  ///< Device::selection_bytes()
};

}  // namespace gateless::cuda
