// Cells that are neither B nor T, and the two helpers with which the catalogue is written.
#include <algorithm>

#include "host/simulate/cell_catalogue.hpp"

namespace gateless::simulate {

std::vector<MarkerLevel> with_levels(std::vector<MarkerLevel> base,
                                     const std::vector<MarkerLevel>& changes) {
  for (const MarkerLevel& change : changes) {
    const auto same = std::find_if(base.begin(), base.end(), [&](const MarkerLevel& level) {
      return level.marker == change.marker;
    });
    if (same == base.end()) {
      base.push_back(change);
    } else {
      *same = change;
    }
  }
  return base;
}

std::vector<std::string> below(std::vector<std::string> stem,
                               const std::vector<std::string>& more) {
  stem.insert(stem.end(), more.begin(), more.end());
  return stem;
}

std::vector<CellType> other_cell_types() {
  const MarkerLevel live{"Viability", 2.30F, 0.20F};
  const MarkerLevel sticky{"Viability", 2.55F, 0.22F};
  const std::vector<MarkerLevel> killer{live,
                                        {"CD45", 4.50F, 0.09F},
                                        {"CD56", 3.85F, 0.24F},
                                        {"CD8", 2.60F, 0.65F},
                                        {"CD45RA", 4.20F, 0.17F},
                                        {"CD38", 3.55F, 0.28F},
                                        {"CD11c", 2.80F, 0.35F},
                                        {"CD95", 2.60F, 0.35F},
                                        {"Helios", 2.90F, 0.35F},
                                        {"CD127", 1.90F, 0.35F},
                                        {"HLA-DR", 2.00F, 0.42F},
                                        {"CD27", 2.20F, 0.50F},
                                        {"CXCR3", 2.60F, 0.45F}};
  const std::vector<MarkerLevel> monocyte{sticky,
                                          {"CD45", 4.35F, 0.10F},
                                          {"CD14", 4.35F, 0.14F},
                                          {"HLA-DR", 4.00F, 0.22F},
                                          {"CD11c", 4.25F, 0.17F},
                                          {"CD4", 3.00F, 0.20F},
                                          {"CD38", 3.55F, 0.25F},
                                          {"CD95", 3.25F, 0.25F},
                                          {"CD45RA", 2.40F, 0.40F},
                                          {"CD24", 1.90F, 0.40F},
                                          {"CCR7", 2.10F, 0.40F},
                                          {"CD25", 2.00F, 0.40F}};
  const std::vector<MarkerLevel> dendritic{live,
                                           {"CD45", 4.20F, 0.12F},
                                           {"HLA-DR", 4.62F, 0.15F},
                                           {"CD11c", 4.20F, 0.20F},
                                           {"CD4", 2.90F, 0.25F},
                                           {"CD38", 3.70F, 0.25F},
                                           {"CD45RA", 2.90F, 0.45F},
                                           {"CD95", 2.80F, 0.30F}};
  return {
      {"nk_dim", {"leukocyte", "nk_cell"}, {70'000.0F, 19'500.0F}, killer},
      {"nk_bright",
       {"leukocyte", "nk_cell"},
       {74'000.0F, 20'000.0F},
       with_levels(killer, {{"CD56", 4.60F, 0.14F},
                            {"CD27", 3.40F, 0.30F},
                            {"CD127", 3.00F, 0.30F},
                            {"CD45RA", 3.70F, 0.30F},
                            {"CXCR3", 3.50F, 0.25F}})},
      {"mono_classical", {"leukocyte", "monocyte"}, {112'000.0F, 48'000.0F, 0.08F, 4.0F}, monocyte},
      {"mono_nonclassical",
       {"leukocyte", "monocyte"},
       {100'000.0F, 38'000.0F, 0.08F, 3.2F},
       with_levels(monocyte, {{"CD14", 3.30F, 0.24F},
                              {"HLA-DR", 4.30F, 0.17F},
                              {"CD45", 4.45F, 0.10F},
                              {"CD45RA", 3.20F, 0.40F}})},
      {"dc_myeloid", {"leukocyte", "dendritic"}, {104'000.0F, 34'000.0F, 0.08F, 2.6F}, dendritic},
      {"dc_plasmacytoid",
       {"leukocyte", "dendritic"},
       {90'000.0F, 26'000.0F, 0.08F, 1.6F},
       with_levels(dendritic, {{"CD11c", 2.00F, 0.35F},
                               {"HLA-DR", 4.25F, 0.17F},
                               {"CD45RA", 4.30F, 0.15F},
                               {"CD4", 3.50F, 0.18F},
                               {"CXCR3", 3.50F, 0.22F}})},
      {"basophil",
       {"leukocyte", "basophil"},
       {74'000.0F, 24'000.0F, 0.08F, 1.6F},
       {live,
        {"CD45", 3.95F, 0.12F},
        {"CD38", 3.40F, 0.28F},
        {"CD25", 2.40F, 0.35F},
        {"CD11c", 2.20F, 0.40F}}},
      {"granulocyte",
       {"leukocyte", "granulocyte"},
       {102'000.0F, 112'000.0F, 0.09F, 5.0F},
       {sticky,
        {"CD45", 3.90F, 0.13F},
        {"CD24", 4.20F, 0.17F},
        {"CD14", 2.85F, 0.28F},
        {"CD11c", 3.10F, 0.28F},
        {"CD95", 2.90F, 0.28F}}},
  };
}

}  // namespace gateless::simulate
