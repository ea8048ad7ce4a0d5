// The specification of a pass: plain loops, one thread. Every other backend is compared with it.
#pragma once

#include <memory>

#include "host/compute/backend.hpp"

namespace gateless::compute {

[[nodiscard]] std::unique_ptr<Backend> make_reference_backend();

}  // namespace gateless::compute
