// The model in a folder of results, and whether it is the one of this very study.
#pragma once

#include <string>
#include <vector>

#include "host/core/model.hpp"
#include "host/files/outcome.hpp"

namespace gateless::files {

/// True when the folder holds the finished results of this very study, with all that is asked for.
[[nodiscard]] bool is_finished(const Outcome& outcome, const std::string& fingerprint);

/// The panels of a run of the same inputs and configuration that has trained all of them; none if there was no such run.
[[nodiscard]] std::vector<PanelModel> finished_panels(const std::string& dir,
                                                      const std::string& fingerprint);

/// Writes the outcome's panels as model.h5. Errors: as write_model().
void keep_model(const Outcome& outcome, const std::string& fingerprint);

/// part.h5 and model.h5 of a `map`. Errors: as write_model().
void write_part_of(const Outcome& outcome, const Model& model);

}  // namespace gateless::files
