// Columns of events that are changed in place, wherever they lie.
#pragma once

#include <span>
#include <vector>

namespace gateless {

using Columns = std::vector<std::span<float>>;  ///< [columns][events], all of one length

}  // namespace gateless
