// A backend over devices of any kind: events divided among them, their exact sums added.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cuda/device.hpp"
#include "host/compute/backend.hpp"
#include "host/core/layers.hpp"

namespace gateless::cuda {

/// Opens a device by its number.
using OpenDevice = std::function<std::unique_ptr<Device>(int device)>;

/// `options.devices` and `options.threads` are set; `description` is what Backend::device() says.
[[nodiscard]] std::unique_ptr<Backend> make_device_backend(BackendOptions options, OpenDevice open,
                                                           std::string description);

}  // namespace gateless::cuda
