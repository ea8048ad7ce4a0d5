// The cells of the made-up trial: which kinds there are, the subsets each belongs to, and how each looks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gateless::simulate {

/// A subset of the truth, by its id in the knowledge file. Parents stand before children.
struct TrueSubset {
  std::string id;
  std::string parent;  ///< empty for the root
  std::string panel;   ///< the panel that can tell it; empty: every panel

  [[nodiscard]] bool is_told_by(std::string_view panel_name) const {
    return panel.empty() || panel == panel_name;
  }
};

/// How much of a marker's stain is on a cell: log10 of linear units at nominal gain is normal.
struct MarkerLevel {
  std::string_view marker;
  float mean = 0.0F;    ///< log10 units
  float spread = 0.0F;  ///< standard deviation, log10 units
  float state = 0.0F;   ///< -1..1: correlation with the cell's state, which its markers share
};

/// What scatter and autofluorescence see.
struct CellShape {
  float forward = 70'000.0F;      ///< median FSC-A, linear units
  float side = 17'000.0F;         ///< median SSC-A, linear units
  float side_spread = 0.08F;      ///< standard deviation of log10 SSC-A
  float autofluorescence = 1.0F;  ///< multiples of a lymphocyte's
};

struct CellType {
  std::string name;
  std::vector<std::string> subsets;  ///< ids from the root down; the last one names the cell
  CellShape shape;
  std::vector<MarkerLevel> levels;  ///< a marker that is not listed is not on the cell

  [[nodiscard]] bool is_in(std::string_view subset) const;
  /// The level of a marker; that of unspecific staining if it is not listed.
  [[nodiscard]] MarkerLevel level(std::string_view marker) const;
};

/// The cell type that trials have only if they are asked to; named by itself in the truth of events.
inline constexpr const char* kUnnamedMemory = "unnamed_memory";

[[nodiscard]] const std::vector<TrueSubset>& true_subsets();
[[nodiscard]] const std::vector<CellType>& cell_types();

/// The subset that names this cell in a panel: the last of its subsets which the panel can tell.
[[nodiscard]] const std::string& name_in_panel(const CellType& type, std::string_view panel);

}  // namespace gateless::simulate
