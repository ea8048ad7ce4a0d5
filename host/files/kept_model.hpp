// The model in a folder of results: whole once a run is finished, by panels while it is not.
#pragma once

#include <string>
#include <vector>

#include "host/core/model.hpp"
#include "host/files/outcome.hpp"

namespace gateless {

/// True when the folder holds the finished results of this very study.
[[nodiscard]] bool is_finished(const Outcome& outcome, const std::string& fingerprint);

/// The panels that a run of the same inputs and configuration has finished, first to last; none if there was no such run.
[[nodiscard]] std::vector<PanelModel> finished_panels(const std::string& dir,
                                                      const std::string& fingerprint);

/// Keeps what is finished: as model.h5 where these are all panels, else in a file of its own.
void keep_panels(const Outcome& outcome, const std::vector<PanelAnalysis>& panels, bool are_all,
                 const std::string& fingerprint);

/// Takes the file of single panels away.
void forget_single_panels(const std::string& dir);

/// part.h5 and model.h5 of a `map`. Errors: as write_model().
void write_part_of(const Outcome& outcome, const Model& model);

}  // namespace gateless
