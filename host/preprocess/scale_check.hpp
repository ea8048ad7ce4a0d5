// Files, or single markers of files, whose values are on another scale than those of the rest of their panel.
#pragma once

#include <string>
#include <vector>

#include "host/preprocess/panel_check.hpp"

namespace gateless::preprocess {

/// Refuses files that are transformed already beside linear ones.
void check_scales(const std::vector<FileOfPanel>& files, PanelCheck& check);

/// Refuses files in which all markers are wider or narrower than in the others.
void check_factors(const std::vector<FileOfPanel>& files, const std::vector<std::string>& markers,
                   PanelCheck& check);

/// Doubts a marker of a file: its negative cells and its brightest ones spread unlike those of the other files.
void check_single_scales(const std::vector<FileOfPanel>& files,
                         const std::vector<std::string>& markers, PanelCheck& check);

}  // namespace gateless::preprocess
