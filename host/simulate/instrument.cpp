#include "host/simulate/instrument.hpp"

#include <fmt/format.h>

#include <array>

#include "host/core/error.hpp"

namespace gateless::simulate {
namespace {

struct Spill {
  std::string_view dye, detector;
  double fraction;
};

// Of the size seen on cytometers with five lasers: neighbours on one laser up to 30 %, the same colour on
// another laser up to 25 %.
constexpr std::array kSpills{
    Spill{"BUV395", "BUV496", 0.03},
    Spill{"BUV395", "BV421", 0.01},
    Spill{"BUV496", "BUV563", 0.10},
    Spill{"BUV496", "BV480", 0.08},
    Spill{"BUV496", "BV510", 0.06},
    Spill{"BUV496", "Alexa Fluor 488", 0.03},
    Spill{"BUV496", "FITC", 0.03},
    Spill{"BUV496", "BV570", 0.03},
    Spill{"BUV563", "BUV661", 0.12},
    Spill{"BUV563", "PE", 0.10},
    Spill{"BUV563", "PE-CF594", 0.08},
    Spill{"BUV563", "BV570", 0.06},
    Spill{"BUV563", "BV605", 0.03},
    Spill{"BUV661", "BUV737", 0.20},
    Spill{"BUV661", "BUV805", 0.06},
    Spill{"BUV661", "APC", 0.12},
    Spill{"BUV661", "Alexa Fluor 647", 0.12},
    Spill{"BUV661", "BV650", 0.08},
    Spill{"BUV661", "Alexa Fluor 700", 0.05},
    Spill{"BUV737", "BUV805", 0.14},
    Spill{"BUV737", "BV711", 0.06},
    Spill{"BUV737", "Alexa Fluor 700", 0.08},
    Spill{"BUV737", "BV786", 0.06},
    Spill{"BUV737", "PE-Cy7", 0.02},
    Spill{"BUV737", "BUV395", 0.03},
    Spill{"BUV805", "BV786", 0.08},
    Spill{"BUV805", "APC-Cy7", 0.08},
    Spill{"BUV805", "PE-Cy7", 0.05},
    Spill{"BUV805", "BUV737", 0.04},
    Spill{"BUV805", "BUV395", 0.03},
    Spill{"BV421", "BV480", 0.12},
    Spill{"BV421", "BV510", 0.08},
    Spill{"BV421", "BUV496", 0.02},
    Spill{"BV480", "BV570", 0.18},
    Spill{"BV480", "BUV496", 0.10},
    Spill{"BV480", "BV605", 0.08},
    Spill{"BV480", "Alexa Fluor 488", 0.03},
    Spill{"BV510", "BV605", 0.18},
    Spill{"BV510", "BV650", 0.08},
    Spill{"BV510", "BV711", 0.04},
    Spill{"BV510", "BUV496", 0.12},
    Spill{"BV510", "FITC", 0.04},
    Spill{"BV510", "BV421", 0.03},
    Spill{"BV570", "BV605", 0.28},
    Spill{"BV570", "BV650", 0.12},
    Spill{"BV570", "PE", 0.08},
    Spill{"BV570", "PE-CF594", 0.07},
    Spill{"BV570", "BV711", 0.05},
    Spill{"BV570", "BUV563", 0.12},
    Spill{"BV605", "BV650", 0.24},
    Spill{"BV605", "BV711", 0.12},
    Spill{"BV605", "BV786", 0.05},
    Spill{"BV605", "PE", 0.05},
    Spill{"BV605", "PE-CF594", 0.10},
    Spill{"BV605", "BUV563", 0.06},
    Spill{"BV605", "BUV661", 0.05},
    Spill{"BV605", "BV421", 0.04},
    Spill{"BV650", "BV711", 0.22},
    Spill{"BV650", "BV786", 0.12},
    Spill{"BV650", "APC", 0.15},
    Spill{"BV650", "Alexa Fluor 647", 0.15},
    Spill{"BV650", "BUV661", 0.18},
    Spill{"BV650", "Alexa Fluor 700", 0.05},
    Spill{"BV650", "BV421", 0.05},
    Spill{"BV711", "BV786", 0.24},
    Spill{"BV711", "Alexa Fluor 700", 0.10},
    Spill{"BV711", "BUV737", 0.16},
    Spill{"BV711", "PerCP-Cy5-5", 0.08},
    Spill{"BV711", "BV421", 0.05},
    Spill{"BV711", "PE-Cy7", 0.04},
    Spill{"BV786", "BUV805", 0.16},
    Spill{"BV786", "PE-Cy7", 0.08},
    Spill{"BV786", "APC-Cy7", 0.10},
    Spill{"BV786", "BV421", 0.06},
    Spill{"BV786", "BV711", 0.08},
    Spill{"FITC", "PE", 0.05},
    Spill{"FITC", "PerCP-Cy5-5", 0.03},
    Spill{"FITC", "BV510", 0.02},
    Spill{"FITC", "BUV496", 0.02},
    Spill{"Alexa Fluor 488", "PE", 0.05},
    Spill{"Alexa Fluor 488", "BV480", 0.02},
    Spill{"Alexa Fluor 488", "BUV496", 0.02},
    Spill{"PerCP-Cy5-5", "BV711", 0.12},
    Spill{"PerCP-Cy5-5", "BUV737", 0.10},
    Spill{"PerCP-Cy5-5", "PE-Cy7", 0.12},
    Spill{"PerCP-Cy5-5", "BV786", 0.06},
    Spill{"PerCP-Cy5-5", "Alexa Fluor 700", 0.08},
    Spill{"PerCP-Cy5-5", "BUV661", 0.03},
    Spill{"PE", "PE-CF594", 0.27},
    Spill{"PE", "BUV563", 0.18},
    Spill{"PE", "BV570", 0.12},
    Spill{"PE", "BV605", 0.07},
    Spill{"PE", "PerCP-Cy5-5", 0.05},
    Spill{"PE", "PE-Cy7", 0.02},
    Spill{"PE", "FITC", 0.015},
    Spill{"PE-CF594", "PE", 0.14},
    Spill{"PE-CF594", "BV605", 0.13},
    Spill{"PE-CF594", "BUV661", 0.14},
    Spill{"PE-CF594", "PE-Cy7", 0.06},
    Spill{"PE-CF594", "BUV563", 0.09},
    Spill{"PE-CF594", "BV650", 0.05},
    Spill{"PE-CF594", "Alexa Fluor 647", 0.03},
    Spill{"PE-Cy7", "BV786", 0.08},
    Spill{"PE-Cy7", "BUV805", 0.12},
    Spill{"PE-Cy7", "APC-Cy7", 0.08},
    Spill{"PE-Cy7", "PE", 0.025},
    Spill{"APC", "Alexa Fluor 700", 0.20},
    Spill{"APC", "BUV661", 0.22},
    Spill{"APC", "BV650", 0.14},
    Spill{"APC", "BUV737", 0.05},
    Spill{"APC", "BV711", 0.02},
    Spill{"Alexa Fluor 647", "Alexa Fluor 700", 0.22},
    Spill{"Alexa Fluor 647", "APC-Cy7", 0.07},
    Spill{"Alexa Fluor 647", "BUV661", 0.22},
    Spill{"Alexa Fluor 647", "BV650", 0.14},
    Spill{"Alexa Fluor 647", "BUV737", 0.05},
    Spill{"Alexa Fluor 700", "APC-Cy7", 0.18},
    Spill{"Alexa Fluor 700", "BUV737", 0.12},
    Spill{"Alexa Fluor 700", "BV711", 0.06},
    Spill{"Alexa Fluor 700", "BV786", 0.05},
    Spill{"Alexa Fluor 700", "BUV805", 0.05},
    Spill{"Alexa Fluor 700", "APC", 0.015},
    Spill{"APC-Cy7", "BV786", 0.06},
    Spill{"APC-Cy7", "BUV805", 0.11},
    Spill{"APC-Cy7", "PE-Cy7", 0.05},
    Spill{"APC-Cy7", "Alexa Fluor 700", 0.05},
};

/// The B-cell laboratory writes markers as in papers.
const StainingPanel& b_cell_panel() {
  static const StainingPanel panel{"B",
                                   "LSRFortessa X-20",
                                   {{"BUV395", "CD3", "CD3", 18.0F, 7.0F, 40.0F},
                                    {"BUV496", "CD14", "CD14", 40.0F, 9.0F, 45.0F},
                                    {"BUV661", "CD56", "CD56", 22.0F, 7.0F, 35.0F},
                                    {"BUV737", "CD38", "CD38", 15.0F, 7.0F, 35.0F},
                                    {"BUV805", "CD45", "CD45", 12.0F, 10.0F, 45.0F},
                                    {"BV421", "CD27", "CD27", 35.0F, 4.0F, 28.0F},
                                    {"BV510", "Live/Dead", "Viability", 60.0F, 8.0F, 40.0F},
                                    {"BV605", "CD24", "CD24", 32.0F, 6.0F, 32.0F},
                                    {"BV650", "IgM", "IgM", 25.0F, 6.0F, 32.0F},
                                    {"BV711", "CD21", "CD21", 20.0F, 6.0F, 32.0F},
                                    {"BV786", "CD95", "CD95", 15.0F, 8.0F, 40.0F},
                                    {"FITC", "IgD", "IgD", 55.0F, 6.0F, 35.0F},
                                    {"PerCP-Cy5-5", "HLA-DR", "HLA-DR", 30.0F, 9.0F, 40.0F},
                                    {"PE", "CD11c", "CD11c", 30.0F, 3.0F, 24.0F},
                                    {"PE-Cy7", "CD19", "CD19", 10.0F, 7.0F, 35.0F},
                                    {"APC", "CXCR5", "CXCR5", 10.0F, 5.0F, 30.0F},
                                    {"Alexa Fluor 700", "CD20", "CD20", 12.0F, 9.0F, 40.0F}}};
  return panel;
}

/// The T-cell laboratory writes clusters of differentiation, and some markers in its own way.
const StainingPanel& t_cell_panel() {
  static const StainingPanel panel{"T",
                                   "FACSymphony A5",
                                   {{"BUV395", "CD3", "CD3", 18.0F, 7.0F, 40.0F},
                                    {"BUV496", "CD4", "CD4", 40.0F, 9.0F, 45.0F},
                                    {"BUV563", "CD56", "CD56", 35.0F, 7.0F, 40.0F},
                                    {"BUV661", "CD19", "CD19", 22.0F, 7.0F, 35.0F},
                                    {"BUV737", "CD127", "CD127", 15.0F, 7.0F, 35.0F},
                                    {"BUV805", "CD8", "CD8", 12.0F, 10.0F, 45.0F},
                                    {"BV421", "PD1", "PD-1", 35.0F, 4.0F, 28.0F},
                                    {"BV480", "CD45RA", "CD45RA", 60.0F, 7.0F, 38.0F},
                                    {"BV570", "CD14", "CD14", 45.0F, 9.0F, 42.0F},
                                    {"BV605", "CD183", "CXCR3", 32.0F, 6.0F, 32.0F},
                                    {"BV650", "CD196", "CCR6", 25.0F, 6.0F, 32.0F},
                                    {"BV711", "CD38", "CD38", 20.0F, 6.0F, 32.0F},
                                    {"BV786", "CD197", "CCR7", 15.0F, 8.0F, 40.0F},
                                    {"Alexa Fluor 488", "Helios", "Helios", 55.0F, 6.0F, 35.0F},
                                    {"PE", "Foxp3", "FoxP3", 30.0F, 3.0F, 24.0F},
                                    {"PE-CF594", "CD25", "CD25", 25.0F, 4.0F, 26.0F},
                                    {"PE-Cy7", "CD278", "ICOS", 10.0F, 7.0F, 35.0F},
                                    {"Alexa Fluor 647", "CXCR5", "CXCR5", 10.0F, 5.0F, 30.0F},
                                    {"Alexa Fluor 700", "HLADR", "HLA-DR", 12.0F, 9.0F, 40.0F},
                                    {"APC-Cy7", "FVS780", "Viability", 10.0F, 10.0F, 45.0F}}};
  return panel;
}

}  // namespace

const StainingPanel& staining_panel(std::string_view name) {
  if (name == "B") return b_cell_panel();
  if (name == "T") return t_cell_panel();
  throw UsageError(fmt::format(
      "panel '{}' is not known (a made-up trial has a B-cell and a T-cell panel); use B, T or both",
      name));
}

Matrix<double> spillover_of(const StainingPanel& panel) {
  const std::vector<Detector>& detectors = panel.detectors;
  Matrix<double> matrix(detectors.size(), detectors.size());
  for (std::size_t from = 0; from < detectors.size(); ++from) {
    for (std::size_t to = 0; to < detectors.size(); ++to) {
      if (from == to) matrix(from, to) = 1.0;
      for (const Spill& spill : kSpills) {
        if (spill.dye == detectors[from].dye && spill.detector == detectors[to].dye) {
          matrix(from, to) = spill.fraction;
        }
      }
    }
  }
  return matrix;
}

}  // namespace gateless::simulate
