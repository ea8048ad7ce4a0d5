// B cells. IgD, CD27, CD21, CD38 and CD24 are continua: neighbours overlap a little, as on the instrument.
#include "host/simulate/cell_catalogue.hpp"

namespace gateless::simulate {
namespace {

using Levels = std::vector<MarkerLevel>;

/// Resting naive: what the others depart from.
const Levels kNaive{
    {"CD45", 4.50F, 0.09F},        {"CD19", 4.00F, 0.11F},       {"CD20", 4.28F, 0.12F},
    {"HLA-DR", 4.15F, 0.15F},      {"IgD", 4.05F, 0.24F},        {"IgM", 3.50F, 0.26F, 0.3F},
    {"CD27", 1.95F, 0.34F},        {"CD38", 3.10F, 0.22F, 0.5F}, {"CD24", 3.28F, 0.20F, 0.6F},
    {"CD21", 3.90F, 0.17F, -0.3F}, {"CD11c", 1.85F, 0.32F},      {"CD95", 1.95F, 0.32F},
    {"CXCR5", 3.80F, 0.16F},       {"CD45RA", 4.30F, 0.14F},     {"CCR7", 3.45F, 0.24F},
    {"CCR6", 3.50F, 0.22F},        {"CD25", 2.25F, 0.35F},       {"PD-1", 1.80F, 0.30F},
    {"CD127", 1.70F, 0.30F},       {"Viability", 2.30F, 0.20F},
};

const std::vector<std::string> kMature{"leukocyte", "b_cell", "b_mature_nonasc"};
const std::vector<std::string> kNaiveGate = below(kMature, {"b_igd_naive_gate"});
const std::vector<std::string> kSwitched = below(kMature, {"b_swm"});
const std::vector<std::string> kDoubleNegative = below(kMature, {"b_dn"});

std::vector<CellType> naive_types() {
  return {
      {"b_trans",
       below(kNaiveGate, {"non_reactive_b", "b_breg", "b_trans"}),
       {74'000.0F},
       with_levels(kNaive, {{"CD24", 4.00F, 0.16F, 0.6F},
                            {"CD38", 4.02F, 0.17F, 0.6F},
                            {"IgM", 4.00F, 0.20F, 0.4F},
                            {"IgD", 3.92F, 0.25F},
                            {"CD21", 3.50F, 0.24F, -0.5F},
                            {"CXCR5", 3.45F, 0.20F},
                            {"CD20", 4.34F, 0.12F}})},
      {"b_naive_rest", below(kNaiveGate, {"non_reactive_b", "b_naive_rest"}), {70'000.0F}, kNaive},
      {"b_naive_act",
       below(kNaiveGate, {"abnormal_b_all", "b_cd21low", "b_abc", "b_naive_act"}),
       {81'000.0F},
       with_levels(kNaive, {{"CD19", 4.27F, 0.12F},
                            {"CD20", 4.44F, 0.12F},
                            {"IgD", 3.90F, 0.26F},
                            {"IgM", 3.45F, 0.28F},
                            {"CD38", 2.40F, 0.30F, -0.3F},
                            {"CD24", 2.35F, 0.33F, -0.4F},
                            {"CD21", 2.60F, 0.30F, -0.5F},
                            {"CD11c", 3.25F, 0.26F, 0.5F},
                            {"CD95", 3.30F, 0.22F, 0.4F},
                            {"CXCR5", 2.30F, 0.32F, -0.4F},
                            {"HLA-DR", 4.32F, 0.15F}})},
      {"b_naive_anergic",
       below(kNaiveGate, {"non_reactive_b", "b_naive_anergic"}),
       {69'000.0F},
       with_levels(kNaive, {{"IgM", 2.25F, 0.30F},
                            {"IgD", 4.10F, 0.22F},
                            {"CD38", 2.55F, 0.28F},
                            {"CD24", 2.55F, 0.30F},
                            {"CD21", 3.50F, 0.22F},
                            {"CXCR5", 3.65F, 0.18F}})},
  };
}

std::vector<CellType> memory_types() {
  const Levels resting = with_levels(kNaive, {{"IgD", 2.30F, 0.35F},
                                              {"IgM", 1.85F, 0.33F},
                                              {"CD27", 3.66F, 0.27F},
                                              {"CD38", 2.70F, 0.30F},
                                              {"CD24", 3.70F, 0.22F, 0.4F},
                                              {"CD21", 3.86F, 0.18F, 0.4F},
                                              {"CD95", 2.25F, 0.33F},
                                              {"CXCR5", 3.60F, 0.18F},
                                              {"CD20", 4.34F, 0.12F}});
  return {
      {"b_usm",
       below(kMature, {"b_usm"}),
       {72'000.0F},
       with_levels(resting, {{"IgD", 3.68F, 0.26F},
                             {"IgM", 3.85F, 0.23F},
                             {"CD27", 3.45F, 0.28F},
                             {"CD21", 3.96F, 0.18F, 0.4F},
                             {"CD38", 2.80F, 0.28F}})},
      {"b_swm_rest_switched", below(kSwitched, {"b_swm_rest"}), {73'000.0F}, resting},
      {"b_swm_rest_igm",
       below(kSwitched, {"b_igm_only", "b_swm_rest"}),
       {73'000.0F},
       with_levels(resting, {{"IgM", 3.90F, 0.22F}})},
      {"b_swm_act",
       below(kSwitched,
             {"abnormal_memory_b", "abnormal_b_all", "b_cd21low", "b_swm_cd95", "b_swm_act"}),
       {80'000.0F},
       with_levels(resting, {{"CD21", 2.72F, 0.28F, -0.4F},
                             {"CD95", 3.50F, 0.20F, 0.4F},
                             {"CD24", 2.85F, 0.30F},
                             {"CD11c", 2.15F, 0.34F},
                             {"CD38", 2.55F, 0.32F},
                             {"CXCR5", 3.10F, 0.28F},
                             {"CD19", 4.15F, 0.13F}})},
  };
}

/// Memory cells that no rule of the knowledge file describes: CD21 as on resting cells, CD95 and CD11c as on activated
/// ones, CD24 and CD38 as on transitional ones.
CellType unnamed_type() {
  return {kUnnamedMemory,
          kMature,
          {79'000.0F},
          with_levels(kNaive, {{"IgD", 2.20F, 0.33F},
                               {"IgM", 4.05F, 0.22F},
                               {"CD27", 3.75F, 0.25F},
                               {"CD38", 3.95F, 0.20F},
                               {"CD24", 3.95F, 0.20F},
                               {"CD21", 3.85F, 0.20F},
                               {"CD95", 3.50F, 0.20F},
                               {"CD11c", 3.45F, 0.25F},
                               {"CXCR5", 2.10F, 0.32F}})};
}

std::vector<CellType> double_negative_types() {
  const Levels dn1 = with_levels(kNaive, {{"IgD", 2.42F, 0.36F},
                                          {"IgM", 1.95F, 0.42F},
                                          {"CD27", 2.12F, 0.35F},
                                          {"CD38", 2.95F, 0.26F},
                                          {"CD24", 3.32F, 0.25F, 0.4F},
                                          {"CD21", 3.75F, 0.20F, 0.3F},
                                          {"CD95", 2.25F, 0.34F},
                                          {"CXCR5", 3.62F, 0.20F}});
  return {
      {"b_dn1", below(kDoubleNegative, {"b_dn1"}), {72'000.0F}, dn1},
      {"b_dn2",
       below(kDoubleNegative,
             {"abnormal_memory_b", "abnormal_b_all", "b_cd21low", "b_abc", "b_dn2"}),
       {83'000.0F},
       with_levels(dn1, {{"CD19", 4.32F, 0.12F},
                         {"CD20", 4.48F, 0.12F},
                         {"CD38", 2.15F, 0.32F},
                         {"CD24", 2.10F, 0.34F},
                         {"CD21", 2.30F, 0.33F, -0.5F},
                         {"CD11c", 3.42F, 0.25F, 0.5F},
                         {"CD95", 3.50F, 0.20F, 0.4F},
                         {"CXCR5", 2.05F, 0.32F, -0.3F},
                         {"HLA-DR", 4.40F, 0.15F}})},
      {"b_dn3",
       below(kDoubleNegative, {"abnormal_memory_b", "abnormal_b_all", "b_cd21low", "b_dn3"}),
       {77'000.0F},
       with_levels(dn1, {{"CD38", 2.45F, 0.32F},
                         {"CD24", 2.60F, 0.34F},
                         {"CD21", 2.45F, 0.33F},
                         {"CD11c", 2.00F, 0.33F},
                         {"CD95", 3.20F, 0.26F},
                         {"CXCR5", 2.35F, 0.35F},
                         {"CD19", 4.05F, 0.14F}})},
  };
}

}  // namespace

std::vector<CellType> b_cell_types() {
  std::vector<CellType> types{{"b_asc",
                               {"leukocyte", "b_cell", "b_asc"},
                               {98'000.0F, 27'000.0F, 0.09F, 1.8F},
                               with_levels(kNaive, {{"CD19", 3.70F, 0.18F},
                                                    {"CD20", 2.55F, 0.40F},
                                                    {"IgD", 2.05F, 0.35F},
                                                    {"IgM", 2.10F, 0.50F},
                                                    {"CD27", 4.55F, 0.16F},
                                                    {"CD38", 4.80F, 0.13F},
                                                    {"CD24", 1.80F, 0.32F},
                                                    {"CD21", 2.25F, 0.38F},
                                                    {"CD95", 3.60F, 0.22F},
                                                    {"CXCR5", 2.10F, 0.35F},
                                                    {"HLA-DR", 4.20F, 0.25F},
                                                    {"CD45", 4.25F, 0.12F},
                                                    {"CCR7", 2.20F, 0.35F}})}};
  for (const auto& part : {naive_types(), memory_types(), double_negative_types()}) {
    types.insert(types.end(), part.begin(), part.end());
  }
  types.push_back(unnamed_type());
  return types;
}

}  // namespace gateless::simulate
