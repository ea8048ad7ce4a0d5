// What every backend demands of events and codebooks before it computes, said in one place.
#pragma once

#include <cstddef>
#include <vector>

#include "host/core/event_store.hpp"
#include "host/core/matrix.hpp"
#include "host/core/scaling.hpp"

namespace gateless::compute {

/// Throws UsageError for no or too many markers, or other ones than the scaling's.
void require_shape(EventView events, const Scaling& scaling);

/// Throws what Backend::load documents: UsageError for the shape, InputError for a value that is not finite.
void require_events(EventView events, const Scaling& scaling, std::size_t threads);

/// Throws UsageError unless `codebook` is [1 .. kMaxNodes][markers].
void require_codebook(const Matrix<float>& codebook, std::size_t markers);

/// 1/2 |w|^2 of each node as the chain that ResidentEvents describes, [nodes].
[[nodiscard]] std::vector<float> half_norms_of(const Matrix<float>& codebook);

}  // namespace gateless::compute
