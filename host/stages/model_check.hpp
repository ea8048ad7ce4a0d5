// Whether files fit a frozen model, and each other, before they are put onto its map.
#pragma once

#include <vector>

#include "host/core/model.hpp"
#include "host/stages/panel_grouping.hpp"

namespace gateless::stages {

/// Throws InputError with every file that lacks a marker of the model.
void check_against_model(const std::vector<Sample>& samples, const std::vector<Ingested>& files,
                         const PanelModel& model);

/// The model's markers; what is odd about files against each other, and against the scale of the model's events, is
/// warned of or refused as in a run.
[[nodiscard]] CheckedMarkers check_mapped(const std::vector<Sample>& samples,
                                          const std::vector<Ingested>& files,
                                          const PanelModel& model, std::size_t threads,
                                          Progress& progress);

}  // namespace gateless::stages
