// Samples onto a frozen model: `map`, `run --model`, and what `combine` puts together from parts.
#pragma once

#include <string>
#include <vector>

#include "host/app/outcome.hpp"

namespace gateless {

/// Reads the samples of `outcome` and maps each onto the model's panel that it fits; nothing is trained.
/// Errors: InputError that names every file that cannot be read or fits no panel.
void map_samples(Outcome& outcome, const Model& model, IngestOptions options, Backend& backend,
                 Console& console);

/// part.h5 and model.h5 of a `map`. Errors: as write_model().
void write_part_of(const Outcome& outcome, const Model& model);

/// Fills `outcome` with the parts' events instead of reading files: every sample of `outcome` must be in one part.
/// Errors: InputError that names each part that is not finished or was mapped onto another model, and each sample that no
/// part or several parts have.
void map_parts(Outcome& outcome, const std::vector<std::string>& folders, std::size_t threads,
               Backend& backend, Console& console);

}  // namespace gateless
