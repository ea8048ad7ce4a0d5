#include "host/simulate/cell_types.hpp"

#include <algorithm>

#include "host/simulate/cell_catalogue.hpp"

namespace gateless::simulate {

bool CellType::is_in(std::string_view subset) const {
  return std::find(subsets.begin(), subsets.end(), subset) != subsets.end();
}

MarkerLevel CellType::level(std::string_view marker) const {
  for (const MarkerLevel& known : levels) {
    if (known.marker == marker) return known;
  }
  return {marker, 1.6F, 0.35F, 0.0F};
}

const std::vector<TrueSubset>& true_subsets() {
  static const std::vector<TrueSubset> subsets{
      {"leukocyte", "", ""},
      {"t_cell", "leukocyte", ""},
      {"b_cell", "leukocyte", ""},
      {"nk_cell", "leukocyte", ""},
      {"monocyte", "leukocyte", ""},
      {"dendritic", "leukocyte", ""},
      {"basophil", "leukocyte", ""},
      {"granulocyte", "leukocyte", ""},
      {"b_asc", "b_cell", "B"},
      {"b_mature_nonasc", "b_cell", "B"},
      {"abnormal_memory_b", "b_cell", "B"},
      {"abnormal_b_all", "b_cell", "B"},
      {"non_reactive_b", "b_cell", "B"},
      {"b_igd_naive_gate", "b_mature_nonasc", "B"},
      {"b_usm", "b_mature_nonasc", "B"},
      {"b_swm", "b_mature_nonasc", "B"},
      {"b_dn", "b_mature_nonasc", "B"},
      {"b_cd21low", "b_mature_nonasc", "B"},
      {"b_abc", "b_mature_nonasc", "B"},
      {"b_trans", "b_igd_naive_gate", "B"},
      {"b_breg", "b_igd_naive_gate", "B"},
      {"b_naive_rest", "b_igd_naive_gate", "B"},
      {"b_naive_act", "b_igd_naive_gate", "B"},
      {"b_naive_anergic", "b_igd_naive_gate", "B"},
      {"b_swm_rest", "b_swm", "B"},
      {"b_swm_act", "b_swm", "B"},
      {"b_swm_cd95", "b_swm", "B"},
      {"b_igm_only", "b_swm", "B"},
      {"b_dn1", "b_dn", "B"},
      {"b_dn2", "b_dn", "B"},
      {"b_dn3", "b_dn", "B"},
      {"t_cd4", "t_cell", "T"},
      {"t_cd8", "t_cell", "T"},
      {"t_dn", "t_cell", "T"},
      {"cd4_naive", "t_cd4", "T"},
      {"cd4_cm", "t_cd4", "T"},
      {"cd4_em", "t_cd4", "T"},
      {"cd4_temra", "t_cd4", "T"},
      {"cd4_act", "t_cd4", "T"},
      {"treg", "t_cd4", "T"},
      {"th_conv", "t_cd4", "T"},
      {"treg_naive", "treg", "T"},
      {"treg_mem", "treg", "T"},
      {"treg_act", "treg", "T"},
      {"treg_helios", "treg", "T"},
      {"th1", "th_conv", "T"},
      {"th2", "th_conv", "T"},
      {"th17", "th_conv", "T"},
      {"th1_17", "th_conv", "T"},
      {"ctfh", "th_conv", "T"},
      {"tph", "th_conv", "T"},
      {"ctfh1", "ctfh", "T"},
      {"ctfh2", "ctfh", "T"},
      {"ctfh17", "ctfh", "T"},
      {"ctfh_act", "ctfh", "T"},
      {"cd8_naive", "t_cd8", "T"},
      {"cd8_cm", "t_cd8", "T"},
      {"cd8_em", "t_cd8", "T"},
      {"cd8_temra", "t_cd8", "T"},
      {"cd8_act", "t_cd8", "T"},
  };
  return subsets;
}

const std::vector<CellType>& cell_types() {
  static const std::vector<CellType> types = [] {
    std::vector<CellType> all = b_cell_types();
    for (const auto& part : {t_cell_types(), other_cell_types()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return types;
}

const std::string& name_in_panel(const CellType& type, std::string_view panel) {
  const std::vector<TrueSubset>& known = true_subsets();
  const auto is_told = [&](const std::string& id) {
    return std::any_of(known.begin(), known.end(), [&](const TrueSubset& subset) {
      return subset.id == id && subset.is_told_by(panel);
    });
  };
  return *std::find_if(type.subsets.rbegin(), type.subsets.rend(), is_told);
}

}  // namespace gateless::simulate
