// The looks of the cells, lineage by lineage. Levels follow the published phenotypes that the knowledge
// file names too (Sanz 2019, Jenks 2018, Wei 2015 for B cells; HIPC, Miyara 2009, Morita 2011 for T
// cells), but as amounts of light: nothing is read from the knowledge file.
#pragma once

#include <string>
#include <vector>

#include "host/simulate/cell_types.hpp"

namespace gateless::simulate {

[[nodiscard]] std::vector<CellType> b_cell_types();
[[nodiscard]] std::vector<CellType> t_cell_types();
[[nodiscard]] std::vector<CellType> other_cell_types();

/// `base` with some levels changed or added.
[[nodiscard]] std::vector<MarkerLevel> with_levels(std::vector<MarkerLevel> base,
                                                   const std::vector<MarkerLevel>& changes);

/// `stem` and what follows it.
[[nodiscard]] std::vector<std::string> below(std::vector<std::string> stem,
                                             const std::vector<std::string>& more);

}  // namespace gateless::simulate
