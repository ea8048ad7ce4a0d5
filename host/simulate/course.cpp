#include "host/simulate/course.hpp"

#include <array>

#include "host/simulate/cell_types.hpp"

namespace gateless::simulate {
namespace {

constexpr std::size_t kVisits = 3;
using PatientCourse = std::array<VisitCourse, kVisits>;

// Changes of a fraction of its parent are designed to be at least 25 %, or at most 10 %: a change
// between has no right answer. Baselines: DN 8-20 % of B cells in lupus (Wei 2007), IgD+CD27- about a half
// (Anolik 2004), most DN are DN2 (Jenks 2018), plasmablasts and activated naive cells are up.
const std::array<PatientCourse, 6> kCourses{{
    // SLE01: half-way at week 4
    {{{4.0, 54.0, 8.0, 22.0, 16.0, 6.0, 16.0, 3.0, 55.0, 30.0, 50.0, 20.0, 5.0, 10.0},
      {2.5, 58.9, 8.3, 23.0, 9.8, 8.9, 10.2, 3.0, 36.0, 45.0, 34.0, 21.0, 5.0, 7.0},
      {2.0, 70.8, 8.2, 14.0, 7.0, 11.0, 6.5, 3.0, 28.0, 50.0, 29.0, 21.0, 5.0, 4.0}}},
    // SLE02: after week 4; Tregs up
    {{{6.0, 50.0, 8.0, 24.0, 18.0, 5.0, 20.0, 2.5, 50.0, 25.0, 58.0, 17.0, 5.0, 14.0},
      {6.0, 50.0, 8.0, 24.0, 18.0, 5.0, 20.0, 2.5, 50.0, 25.0, 58.0, 17.0, 5.0, 13.0},
      {3.0, 69.3, 8.2, 15.0, 7.5, 9.5, 9.0, 2.5, 31.0, 46.0, 36.0, 18.0, 8.2, 6.0}}},
    // SLE03: no change
    {{{3.5, 63.0, 9.0, 19.0, 9.0, 5.0, 10.0, 3.0, 40.0, 35.0, 45.0, 20.0, 4.5, 9.0},
      {3.5, 63.0, 9.0, 19.0, 9.0, 5.0, 10.0, 3.0, 40.0, 35.0, 45.0, 20.0, 4.5, 9.0},
      {3.5, 63.0, 9.0, 19.0, 9.0, 5.0, 10.0, 3.0, 40.0, 35.0, 45.0, 20.0, 4.5, 8.0}}},
    // SLE04: half-way at week 4
    {{{3.0, 55.0, 9.0, 22.0, 14.0, 6.5, 13.0, 3.0, 55.0, 32.0, 48.0, 20.0, 5.5, 8.0},
      {1.9, 59.5, 9.3, 22.7, 8.5, 9.6, 8.3, 3.0, 36.0, 47.0, 32.5, 20.5, 5.5, 6.0},
      {1.5, 71.2, 9.2, 13.8, 5.8, 11.7, 5.6, 3.0, 28.0, 51.0, 27.5, 21.5, 5.5, 3.0}}},
    // SLE05: after week 4; Tregs up, half-way at week 4
    {{{5.0, 52.0, 7.0, 25.0, 16.0, 4.5, 18.0, 2.5, 48.0, 28.0, 54.0, 18.0, 4.5, 12.0},
      {5.0, 52.0, 7.0, 25.0, 16.0, 4.5, 18.0, 2.5, 48.0, 28.0, 54.0, 18.0, 6.5, 11.0},
      {2.6, 70.5, 7.2, 15.5, 6.8, 8.4, 8.2, 2.5, 30.0, 48.5, 33.0, 18.5, 7.8, 5.0}}},
    // SLE06: no change
    {{{4.5, 56.0, 7.0, 19.0, 18.0, 4.5, 16.0, 2.5, 45.0, 26.0, 55.0, 19.0, 5.0, 11.0},
      {4.5, 56.0, 7.0, 19.0, 18.0, 4.5, 16.0, 2.5, 45.0, 26.0, 55.0, 19.0, 5.0, 10.0},
      {4.5, 56.0, 7.0, 19.0, 18.0, 4.5, 16.0, 2.5, 45.0, 26.0, 55.0, 19.0, 5.0, 11.0}}},
}};

Weights donor_weights(RandomStream& donor, double Portion::*of_group) {
  Weights weights;
  for (const Portion& portion : portions()) {
    if (portion.*of_group == 0.0) continue;  // planted later, or not there
    weights[portion.name] = portion.*of_group * donor.factor(portion.donor_spread);
  }
  return weights;
}

double weight_of(const Weights& weights, const std::string& portion) {
  const auto found = weights.find(portion);
  return found == weights.end() ? 0.0 : found->second;
}

Weights sums_within_parts(const Weights& weights) {
  Weights sums;
  for (const Portion& portion : portions())
    sums[portion.within] += weight_of(weights, portion.name);
  return sums;
}

}  // namespace

const std::vector<std::string>& visits() {
  static const std::vector<std::string> names{"baseline", "week 4", "week 24"};
  return names;
}

const VisitCourse& designed_course(std::size_t patient, std::size_t visit) {
  return kCourses[patient % kCourses.size()][visit];
}

const std::vector<Portion>& portions() {
  static const std::vector<Portion> all{
      // peripheral blood mononuclear cells; granulocytes of low density come along in lupus
      {"t_cell", "", 62.0, 58.0, 0.08},
      {"b_cell", "", 9.0, 9.5, 0.25},
      {"nk_cell", "", 10.0, 7.0, 0.25},
      {"monocyte", "", 16.5, 20.0, 0.20},
      {"dendritic", "", 1.3, 0.9, 0.20},
      {"basophil", "", 0.6, 0.4, 0.20},
      {"granulocyte", "", 0.4, 2.4, 0.30},
      {"nk_dim", "nk_cell", 92.0, 88.0, 0.03},
      {"nk_bright", "nk_cell", 8.0, 12.0, 0.15},
      {"mono_classical", "monocyte", 90.0, 90.0, 0.02},
      {"mono_nonclassical", "monocyte", 10.0, 10.0, 0.20},
      {"dc_myeloid", "dendritic", 70.0, 75.0, 0.10},
      {"dc_plasmacytoid", "dendritic", 30.0, 25.0, 0.20},
      // B cells; of patients, the course has the last word
      {"b_asc", "b_cell", 1.0, 4.0, 0.25},
      {"b_mature", "b_cell", 99.0, 96.0, 0.0},
      {"naive_gate", "b_mature", 66.0, 60.0, 0.05},
      {"b_usm", "b_mature", 15.0, 8.0, 0.20},
      {"b_swm", "b_mature", 15.5, 18.0, 0.20},
      {"b_dn", "b_mature", 3.5, 14.0, 0.20},
      {"b_trans", "naive_gate", 5.0, 5.0, 0.20},
      {"b_naive_rest", "naive_gate", 88.0, 79.0, 0.0},
      {"b_naive_act", "naive_gate", 3.0, 13.0, 0.20},
      {"b_naive_anergic", "naive_gate", 4.0, 3.0, 0.20},
      {"swm_rest", "b_swm", 85.0, 55.0, 0.05},
      {"b_swm_act", "b_swm", 15.0, 45.0, 0.20},
      {"b_swm_rest_switched", "swm_rest", 87.0, 87.0, 0.0},
      {"b_swm_rest_igm", "swm_rest", 13.0, 13.0, 0.20},
      {"b_dn1", "b_dn", 70.0, 30.0, 0.05},
      {"b_dn2", "b_dn", 10.0, 50.0, 0.20},
      {"b_dn3", "b_dn", 20.0, 20.0, 0.20},
      {kUnnamedMemory, "b_mature", 0.0, 0.0, 0.0},
      // T cells
      {"t_cd4", "t_cell", 63.0, 58.0, 0.08},
      {"t_cd8", "t_cell", 33.0, 36.0, 0.10},
      {"t_dn", "t_cell", 4.0, 6.0, 0.20},
      {"treg", "t_cd4", 6.0, 5.0, 0.12},
      {"th_conv", "t_cd4", 94.0, 95.0, 0.0},
      {"treg_naive", "treg", 28.0, 22.0, 0.20},
      {"treg_mem_resting", "treg", 34.0, 36.0, 0.12},
      {"treg_mem_active", "treg", 16.0, 20.0, 0.20},
      {"treg_mem_induced", "treg", 22.0, 22.0, 0.15},
      {"cd4_naive", "th_conv", 46.0, 38.0, 0.15},
      {"cd4_temra", "th_conv", 2.0, 3.0, 0.25},
      {"th1_cm", "th_conv", 7.0, 7.0, 0.15},
      {"th2_cm", "th_conv", 11.0, 11.0, 0.15},
      {"th17_cm", "th_conv", 6.0, 7.0, 0.15},
      {"th1_17_cm", "th_conv", 3.0, 3.0, 0.15},
      {"th1_em", "th_conv", 7.0, 9.0, 0.20},
      {"th2_em", "th_conv", 4.0, 4.5, 0.20},
      {"th17_em", "th_conv", 3.0, 4.0, 0.20},
      {"th1_17_em", "th_conv", 2.0, 2.0, 0.20},
      {"ctfh1", "th_conv", 2.0, 2.6, 0.15},
      {"ctfh2", "th_conv", 2.4, 2.4, 0.15},
      {"ctfh17", "th_conv", 2.6, 2.4, 0.15},
      {"ctfh_act", "th_conv", 0.5, 1.2, 0.25},
      {"tph", "th_conv", 0.4, 1.6, 0.25},
      {"cd4_act", "th_conv", 0.8, 2.0, 0.25},
      {"cd8_naive", "t_cd8", 38.0, 28.0, 0.20},
      {"cd8_cm", "t_cd8", 11.0, 10.0, 0.20},
      {"cd8_em", "t_cd8", 24.0, 27.0, 0.15},
      {"cd8_act", "t_cd8", 2.0, 6.0, 0.25},
      {"cd8_temra", "t_cd8", 24.0, 28.0, 0.20},
  };
  return all;
}

Weights healthy_weights(RandomStream& donor) { return donor_weights(donor, &Portion::healthy); }
Weights lupus_weights(RandomStream& donor) { return donor_weights(donor, &Portion::lupus); }

Weights at_visit(Weights weights, const VisitCourse& course) {
  weights["b_asc"] = course.asc;
  weights["b_mature"] = 100.0 - course.asc;
  weights["naive_gate"] = course.naive_gate;
  weights["b_usm"] = course.usm;
  weights["b_swm"] = course.swm;
  weights["b_dn"] = course.dn;
  weights["b_trans"] = course.transitional;
  weights["b_naive_act"] = course.activated;
  weights["b_naive_anergic"] = course.anergic;
  weights["b_naive_rest"] = 100.0 - course.transitional - course.activated - course.anergic;
  weights["b_swm_act"] = course.swm_activated;
  weights["swm_rest"] = 100.0 - course.swm_activated;
  weights["b_dn1"] = course.dn1;
  weights["b_dn2"] = course.dn2;
  weights["b_dn3"] = course.dn3;
  weights["treg"] = course.treg;
  weights["th_conv"] = 100.0 - course.treg;
  return weights;
}

Weights with_unnamed_memory(Weights weights, bool is_healthy) {
  const double others = sums_within_parts(weights).at("b_mature");
  weights[kUnnamedMemory] = (is_healthy ? 0.0002 : 0.005) * others;
  return weights;
}

Weights with_visit_variation(Weights weights, RandomStream& visit) {
  constexpr double kSpread = 0.055;
  constexpr double kLimit = 1.5;
  const Weights sums = sums_within_parts(weights);
  for (const Portion& portion : portions()) {
    if (weight_of(weights, portion.name) == 0.0) continue;
    // What is nearly all of its part cannot vary on its own.
    const double share = weights.at(portion.name) / sums.at(portion.within);
    weights[portion.name] *= visit.factor(kSpread * (1.0 - share), kLimit);
  }
  return weights;
}

std::vector<double> composition(const Weights& weights) {
  const Weights sums = sums_within_parts(weights);
  Weights fractions{{"", 1.0}};
  for (const Portion& portion : portions()) {
    fractions[portion.name] =
        fractions.at(portion.within) * weight_of(weights, portion.name) / sums.at(portion.within);
  }
  std::vector<double> result;
  for (const CellType& type : cell_types()) result.push_back(fractions.at(type.name));
  return result;
}

std::vector<double> fractions_of_parent(const std::vector<double>& composition) {
  const std::vector<CellType>& types = cell_types();
  const auto total = [&](const std::string& subset) {
    double sum = 0.0;
    for (std::size_t type = 0; type < types.size(); ++type) {
      if (types[type].is_in(subset)) sum += composition[type];
    }
    return sum;
  };
  std::vector<double> fractions;
  for (const TrueSubset& subset : true_subsets()) {
    const double parent = subset.parent.empty() ? 0.0 : total(subset.parent);
    fractions.push_back(parent > 0.0 ? total(subset.id) / parent : 0.0);
  }
  return fractions;
}

}  // namespace gateless::simulate
