// T cells: CD4 by differentiation, polarisation and regulation, CD8, and double-negative T cells.
#include "host/simulate/cell_catalogue.hpp"

namespace gateless::simulate {
namespace {

using Levels = std::vector<MarkerLevel>;

const Levels kNaiveCd4{
    {"CD45", 4.55F, 0.08F},   {"CD3", 4.22F, 0.09F},       {"CD4", 4.18F, 0.09F},
    {"CD45RA", 4.15F, 0.16F}, {"CCR7", 3.80F, 0.20F},      {"CD27", 3.90F, 0.18F},
    {"CD127", 3.55F, 0.21F},  {"CD25", 2.05F, 0.35F},      {"FoxP3", 1.85F, 0.30F},
    {"Helios", 2.00F, 0.32F}, {"CXCR3", 2.15F, 0.35F},     {"CCR6", 1.95F, 0.34F},
    {"CXCR5", 1.95F, 0.32F},  {"PD-1", 1.80F, 0.32F},      {"ICOS", 2.30F, 0.30F},
    {"HLA-DR", 1.80F, 0.34F}, {"CD38", 3.15F, 0.28F},      {"CD95", 1.95F, 0.32F},
    {"CD24", 1.75F, 0.34F},   {"Viability", 2.30F, 0.20F},
};

const Levels kMemoryCd4 = with_levels(kNaiveCd4, {{"CD45RA", 2.50F, 0.40F},
                                                  {"CCR7", 3.50F, 0.22F},
                                                  {"CD25", 2.75F, 0.30F, 0.2F},
                                                  {"CD127", 3.62F, 0.22F, -0.2F},
                                                  {"FoxP3", 1.95F, 0.32F, 0.2F},
                                                  {"PD-1", 2.60F, 0.32F},
                                                  {"ICOS", 2.80F, 0.28F},
                                                  {"CD38", 2.55F, 0.36F},
                                                  {"CD95", 3.15F, 0.22F},
                                                  {"CD27", 3.75F, 0.25F}});

const std::vector<std::string> kCd4{"leukocyte", "t_cell", "t_cd4"};
const std::vector<std::string> kTreg = below(kCd4, {"treg"});
const std::vector<std::string> kHelper = below(kCd4, {"th_conv"});
const std::vector<std::string> kCd8{"leukocyte", "t_cell", "t_cd8"};

const MarkerLevel kCxcr3{"CXCR3", 3.45F, 0.26F};
const MarkerLevel kCcr6{"CCR6", 3.42F, 0.25F};

std::vector<CellType> regulatory_types() {
  const Levels memory = with_levels(kMemoryCd4, {{"CD25", 3.82F, 0.19F, 0.5F},
                                                 {"CD127", 2.45F, 0.27F, -0.3F},
                                                 {"FoxP3", 3.45F, 0.19F, 0.5F},
                                                 {"Helios", 3.40F, 0.19F},
                                                 {"ICOS", 3.20F, 0.25F},
                                                 {"CCR7", 3.40F, 0.24F}});
  const Levels effector = with_levels(memory, {{"CCR7", 2.25F, 0.33F}});
  return {
      {"treg_naive",
       below(kTreg, {"cd4_naive", "treg_helios", "treg_naive"}),
       {68'000.0F},
       with_levels(kNaiveCd4, {{"CD25", 3.55F, 0.20F, 0.4F},
                               {"CD127", 2.60F, 0.26F, -0.3F},
                               {"FoxP3", 3.05F, 0.20F, 0.4F},
                               {"Helios", 3.30F, 0.20F},
                               {"CD45RA", 3.95F, 0.18F},
                               {"CCR7", 3.65F, 0.22F}})},
      {"treg_mem_resting",
       below(kTreg, {"cd4_cm", "treg_helios", "treg_mem"}),
       {70'000.0F},
       memory},
      {"treg_mem_active",
       below(kTreg, {"cd4_em", "treg_helios", "treg_act", "treg_mem"}),
       {76'000.0F},
       with_levels(effector, {{"HLA-DR", 3.50F, 0.22F}, {"CD38", 3.10F, 0.32F}})},
      {"treg_mem_induced",
       below(kTreg, {"cd4_em", "treg_mem"}),
       {71'000.0F},
       with_levels(effector, {{"Helios", 2.15F, 0.30F}, {"FoxP3", 3.25F, 0.21F}})},
  };
}

/// The four polarisations by CXCR3 and CCR6, as central memory, effector memory and blood Tfh.
std::vector<CellType> polarised_types() {
  const std::vector<std::pair<std::string, Levels>> polarisations{
      {"th1", {kCxcr3}}, {"th2", {}}, {"th17", {kCcr6}}, {"th1_17", {kCxcr3, kCcr6}}};
  const Levels follicular =
      with_levels(kMemoryCd4, {{"CXCR5", 3.42F, 0.20F}, {"PD-1", 3.05F, 0.30F}});
  const Levels effector = with_levels(kMemoryCd4, {{"CCR7", 2.20F, 0.33F}, {"CD27", 3.20F, 0.50F}});
  std::vector<CellType> types;
  for (const auto& [name, levels] : polarisations) {
    types.push_back({name + "_cm",
                     below(kHelper, {"cd4_cm", name}),
                     {70'000.0F},
                     with_levels(kMemoryCd4, levels)});
    types.push_back({name + "_em",
                     below(kHelper, {"cd4_em", name}),
                     {71'000.0F},
                     with_levels(effector, levels)});
    if (name == "th1_17") continue;
    types.push_back({"ctfh" + name.substr(2),
                     below(kHelper, {"cd4_cm", "ctfh", "ctfh" + name.substr(2), name}),
                     {71'000.0F},
                     with_levels(follicular, levels)});
  }
  types.push_back({"ctfh_act",
                   below(kHelper, {"cd4_em", "ctfh", "ctfh1", "ctfh_act", "th1"}),
                   {78'000.0F},
                   with_levels(follicular, {kCxcr3,
                                            {"PD-1", 3.75F, 0.18F},
                                            {"ICOS", 3.60F, 0.20F},
                                            {"CCR7", 2.35F, 0.33F},
                                            {"CD38", 3.50F, 0.28F}})});
  types.push_back(
      {"tph",
       below(kHelper, {"cd4_em", "tph", "th1"}),
       {77'000.0F},
       with_levels(
           effector,
           {kCxcr3, {"PD-1", 4.00F, 0.15F}, {"ICOS", 3.40F, 0.22F}, {"HLA-DR", 3.10F, 0.35F}})});
  types.push_back({"cd4_act",
                   below(kHelper, {"cd4_em", "cd4_act", "th1"}),
                   {80'000.0F},
                   with_levels(effector, {kCxcr3,
                                          {"HLA-DR", 3.60F, 0.22F},
                                          {"CD38", 3.80F, 0.22F},
                                          {"CD25", 3.05F, 0.28F},
                                          {"CD127", 3.35F, 0.28F}})});
  return types;
}

std::vector<CellType> cytotoxic_types() {
  const Levels naive = with_levels(kNaiveCd4, {{"CD4", 1.70F, 0.33F},
                                               {"CD8", 4.50F, 0.12F},
                                               {"CD45RA", 4.30F, 0.14F},
                                               {"CD3", 4.14F, 0.09F},
                                               {"CD127", 3.45F, 0.25F}});
  const Levels memory = with_levels(naive, {{"CD45RA", 2.55F, 0.36F},
                                            {"CCR7", 3.40F, 0.24F},
                                            {"CXCR3", 3.50F, 0.25F},
                                            {"CD95", 3.20F, 0.22F},
                                            {"PD-1", 2.70F, 0.35F},
                                            {"ICOS", 2.50F, 0.30F},
                                            {"CD38", 2.60F, 0.36F},
                                            {"CD25", 2.30F, 0.33F}});
  const Levels effector = with_levels(memory, {{"CCR7", 2.10F, 0.34F},
                                               {"CD127", 3.05F, 0.38F},
                                               {"CD27", 3.20F, 0.50F},
                                               {"Helios", 2.35F, 0.36F}});
  return {
      {"cd8_naive", below(kCd8, {"cd8_naive"}), {68'000.0F}, naive},
      {"cd8_cm", below(kCd8, {"cd8_cm"}), {70'000.0F}, memory},
      {"cd8_em", below(kCd8, {"cd8_em"}), {71'000.0F, 19'000.0F}, effector},
      {"cd8_act",
       below(kCd8, {"cd8_act", "cd8_em"}),
       {79'000.0F, 20'000.0F},
       with_levels(effector, {{"HLA-DR", 3.65F, 0.22F}, {"CD38", 3.85F, 0.22F}})},
      {"cd8_temra",
       below(kCd8, {"cd8_temra"}),
       {71'000.0F, 20'000.0F},
       with_levels(effector, {{"CD45RA", 4.15F, 0.17F},
                              {"CD127", 2.60F, 0.38F},
                              {"CD27", 2.30F, 0.45F},
                              {"CXCR3", 2.60F, 0.45F},
                              {"CD56", 2.30F, 0.50F},
                              {"CD8", 4.42F, 0.14F}})},
  };
}

}  // namespace

std::vector<CellType> t_cell_types() {
  std::vector<CellType> types{{"cd4_naive", below(kHelper, {"cd4_naive"}), {67'000.0F}, kNaiveCd4},
                              {"cd4_temra",
                               below(kHelper, {"cd4_temra"}),
                               {70'000.0F},
                               with_levels(kMemoryCd4, {{"CD45RA", 4.00F, 0.18F},
                                                        {"CCR7", 2.15F, 0.34F},
                                                        {"CD127", 3.25F, 0.32F},
                                                        {"CD27", 2.60F, 0.50F}})},
                              {"t_dn",
                               {"leukocyte", "t_cell", "t_dn"},
                               {72'000.0F, 19'000.0F},
                               with_levels(kMemoryCd4, {{"CD3", 4.40F, 0.11F},
                                                        {"CD4", 1.75F, 0.33F},
                                                        {"CD8", 2.05F, 0.50F},
                                                        {"CD45RA", 3.40F, 0.55F},
                                                        {"CCR7", 2.15F, 0.36F},
                                                        {"CD127", 3.10F, 0.40F},
                                                        {"CXCR3", 3.10F, 0.45F},
                                                        {"CCR6", 2.60F, 0.60F},
                                                        {"CD25", 2.10F, 0.35F}})}};
  for (const auto& part : {regulatory_types(), polarised_types(), cytotoxic_types()}) {
    types.insert(types.end(), part.begin(), part.end());
  }
  return types;
}

}  // namespace gateless::simulate
