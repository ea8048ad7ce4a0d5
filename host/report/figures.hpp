// The main pictures of a run for papers and slides: SVG, drawn without a browser.
#pragma once

#include <string>
#include <vector>

#include "host/core/results.hpp"

namespace gateless::report {

struct PaperFigure {
  std::string name;  ///< of the file, without ending: letters, digits, '-' and '_'
  std::string svg;   ///< UTF-8, black on white
};

/// Each asked subset over the visits, each division with its borders for every group and visit, and the plane of all events of each panel.
[[nodiscard]] std::vector<PaperFigure> paper_figures(const Results& results);

}  // namespace gateless::report
