#include "host/report/gate_paths.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <utility>

namespace gateless::report {
namespace {

std::string side_text(const std::string& marker, const Number& low, const Number& high) {
  if (low && high) return fmt::format("{} {} to {}", marker, linear_text(*low), linear_text(*high));
  if (low) return fmt::format("{} > {}", marker, linear_text(*low));
  return fmt::format("{} < {}", marker, linear_text(high.value_or(0.0)));
}

std::string rectangle_text(const GateRow& row) {
  std::string text = side_text(row.x_marker, row.x_low, row.x_high);
  if (!row.y_channel.empty())
    text += fmt::format(" and {}", side_text(row.y_marker, row.y_low, row.y_high));
  return text;
}

std::vector<PathSide> sides_of(const GateRow& row) {
  std::vector<PathSide> sides{{row.x_marker, row.x_low, row.x_high}};
  if (!row.y_channel.empty()) sides.push_back({row.y_marker, row.y_low, row.y_high});
  return sides;
}

std::string last_of(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

Number share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return {};
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// One gate over all samples.
struct Pooled {
  const GateRow* row = nullptr;
  std::uint64_t told = 0, labelled = 0, both = 0;
};

}  // namespace

std::string linear_text(double value) {
  const double size = std::abs(value);
  std::string text;
  if (size >= 100.0) {
    text = fmt::format("{:.0f}", size);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  } else {
    text = fmt::format("{:.3g}", size);
  }
  return fmt::format("{}{}", value < 0.0 ? "-" : "", text);
}

std::vector<GatePath> gate_paths(const std::vector<GateRow>& rows) {
  std::vector<Pooled> order;
  std::map<std::pair<std::string, std::string>, std::size_t> place;  // panel, gate
  for (const GateRow& row : rows) {
    const auto [at, is_new] = place.try_emplace({row.panel, row.gate}, order.size());
    if (is_new) order.push_back({.row = &row});
    Pooled& pooled = order[at->second];
    pooled.told += row.events - row.untold_inside;
    pooled.labelled += row.labelled;
    pooled.both += row.labelled_inside;
  }
  std::vector<GatePath> paths;
  for (const Pooled& pooled : order) {
    if (!pooled.row->is_last) continue;
    GatePath path{.panel = pooled.row->panel,
                  .subset = pooled.row->subset,
                  .name = pooled.row->name,
                  .within = {},
                  .within_name = {},
                  .steps = {sides_of(*pooled.row)},
                  .rectangles = rectangle_text(*pooled.row),
                  .labelled = pooled.labelled,
                  .precision = share(pooled.both, pooled.told),
                  .recall = share(pooled.both, pooled.labelled),
                  .f1 = share(2 * pooled.both, pooled.told + pooled.labelled)};
    for (std::string above = pooled.row->path; !above.empty();) {
      const auto at = place.find({path.panel, last_of(above)});
      if (at == place.end()) break;
      const GateRow& row = *order[at->second].row;
      if (row.subset != path.subset) {
        path.within = row.subset;
        path.within_name = row.name;
        break;
      }
      path.rectangles = fmt::format("{}; {}", rectangle_text(row), path.rectangles);
      path.steps.insert(path.steps.begin(), sides_of(row));
      above = row.path;
    }
    paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace gateless::report
