#include "host/statistics/abundance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "host/statistics/intervals.hpp"

namespace gateless::statistics {
namespace {

/// Events of a subset, or of a sum of subsets, in one sample.
struct Amount {
  double events = 0.0;
  double variance = 0.0;  ///< of naming
};

/// What is known of one panel while its rows are made.
class PanelRows {
 public:
  PanelRows(const AbundanceInput& input, const PanelCounts& counts)
      : input_(input), counts_(counts) {}

  void append_to(std::vector<AbundanceRow>& rows) const {
    for (const MeasuredSubset& subset : counts_.subsets) {
      for (std::size_t row = 0; row < counts_.samples.size(); ++row)
        rows.push_back(subset_row(subset, row));
    }
    for (const KnownComposite& composite : input_.composites) append_composite(composite, rows);
  }

 private:
  [[nodiscard]] std::optional<std::size_t> index_of(const std::string& id) const {
    for (std::size_t index = 0; index < counts_.subsets.size(); ++index) {
      if (counts_.subsets[index].id == id) return index;
    }
    return std::nullopt;
  }

  [[nodiscard]] Amount amount(std::size_t row, std::size_t subset) const {
    return {.events = counts_.expected(row, subset), .variance = counts_.variance(row, subset)};
  }

  /// All kept events for an id that the panel lacks.
  [[nodiscard]] Amount amount_or_all(std::size_t row, const std::string& id) const {
    const std::optional<std::size_t> subset = index_of(id);
    return subset ? amount(row, *subset) : Amount{.events = counts_.kept[row]};
  }

  [[nodiscard]] bool has_all(const std::vector<std::string>& ids) const {
    return !ids.empty() && std::all_of(ids.begin(), ids.end(), [this](const std::string& id) {
      return index_of(id).has_value();
    });
  }

  [[nodiscard]] Amount sum(std::size_t row, const std::vector<std::string>& ids) const {
    Amount total;
    for (const std::string& id : ids) {
      const Amount part = amount(row, *index_of(id));
      total.events += part.events;
      total.variance += part.variance;
    }
    return total;
  }

  [[nodiscard]] AbundanceRow start_row(std::size_t row, double events) const {
    const Sample& sample = input_.samples[counts_.samples[row]];
    AbundanceRow result;
    result.sample = sample.file;
    result.patient = sample.patient;
    result.visit = sample.visit;
    result.group = sample.group;
    result.panel = counts_.panel;
    result.events = events;
    result.detection = detection(events);
    if (counts_.kept[row] > 0.0) {
      result.fraction_of_all = events / counts_.kept[row];
      if (sample.cells_per_ul) result.cells_per_ul = *sample.cells_per_ul * *result.fraction_of_all;
    }
    return result;
  }

  [[nodiscard]] Detection detection(double events) const {
    if (events < input_.limits.detected) return Detection::kNotDetected;
    return events > input_.limits.quantifiable ? Detection::kQuantifiable
                                               : Detection::kNotQuantifiable;
  }

  void set_lineage(AbundanceRow& result, std::size_t row, const std::string& lineage) const {
    const std::optional<std::size_t> index = index_of(lineage);
    if (!index) return;
    const double events = counts_.expected(row, *index);
    if (events > 0.0) result.fraction_of_lineage = result.events / events;
  }

  /// Fraction and interval of a part of its parent.
  static void set_fraction(AbundanceRow& result, const Amount& part, double parent_events) {
    result.parent_events = parent_events;
    if (parent_events <= 0.0) return;
    const double fraction = std::clamp(part.events / parent_events, 0.0, 1.0);
    const double counting = fraction * (1.0 - fraction);
    const double naming = part.variance / parent_events;
    const double widening = counting > 0.0 ? counting / (counting + naming) : 1.0;
    result.fraction_of_parent = fraction;
    result.effective_parent_events = parent_events * widening;
    const Interval interval =
        wilson(fraction * result.effective_parent_events, result.effective_parent_events);
    result.low = interval.low;
    result.high = interval.high;
  }

  void set_mixture(AbundanceRow& result, std::size_t row, const MeasuredSubset& subset) const {
    const std::optional<std::size_t> parent = index_of(subset.parent);
    if (!parent || counts_.by_mixture.values().empty()) return;
    const double held = counts_.by_mixture(row, *parent);
    if (held > 0.0)
      result.fraction_by_mixture = counts_.by_mixture(row, *index_of(subset.id)) / held;
  }

  [[nodiscard]] AbundanceRow subset_row(const MeasuredSubset& subset, std::size_t row) const {
    const Amount part = amount(row, *index_of(subset.id));
    AbundanceRow result = start_row(row, part.events);
    result.subset = subset.id;
    result.name = subset.name;
    result.parent = subset.parent;
    set_fraction(result, part, amount_or_all(row, subset.parent).events);
    set_lineage(result, row, subset.lineage);
    set_mixture(result, row, subset);
    return result;
  }

  /// The subsets that a sum is made of in this panel; empty if it cannot be told.
  [[nodiscard]] std::vector<std::string> parts_of(const KnownComposite& composite) const {
    if (!has_all(composite.of))
      return has_all(composite.fallback) ? composite.fallback : std::vector<std::string>{};
    std::vector<std::string> parts = composite.of;
    for (const std::string& id : composite.where_resolvable) {
      if (index_of(id)) parts.push_back(id);
    }
    return parts;
  }

  void append_composite(const KnownComposite& composite, std::vector<AbundanceRow>& rows) const {
    if (!composite.ratio.empty()) return append_ratio(composite, rows);
    const bool is_whole = has_all(composite.of);
    const std::vector<std::string> parts = parts_of(composite);
    if (parts.empty()) return;
    const MeasuredSubset& first = counts_.subsets[*index_of(parts[0])];
    const bool is_a_sum = is_whole && parts.size() > 1;
    for (std::size_t row = 0; row < counts_.samples.size(); ++row) {
      const Amount total = sum(row, parts);
      AbundanceRow result = start_row(row, total.events);
      result.subset = composite.id;
      result.name =
          is_a_sum ? composite.name : fmt::format("{} (here: {})", composite.name, first.name);
      result.parent = index_of(composite.denominator) ? composite.denominator : "";
      set_fraction(result, total, amount_or_all(row, composite.denominator).events);
      set_lineage(result, row, first.lineage);
      rows.push_back(result);
    }
  }

  /// The subsets that stand for one side of a ratio: itself, or the parts of a composite.
  [[nodiscard]] std::vector<std::string> side(const std::string& id) const {
    if (index_of(id)) return {id};
    for (const KnownComposite& composite : input_.composites) {
      if (composite.id == id) return parts_of(composite);
    }
    return {};
  }

  void append_ratio(const KnownComposite& composite, std::vector<AbundanceRow>& rows) const {
    if (composite.ratio.size() != 2) return;
    const std::vector<std::string> upper = side(composite.ratio[0]),
                                   lower = side(composite.ratio[1]);
    if (upper.empty() || lower.empty()) return;
    for (std::size_t row = 0; row < counts_.samples.size(); ++row) {
      const Amount above = sum(row, upper), below = sum(row, lower);
      AbundanceRow result = start_row(row, above.events);
      result.subset = composite.id;
      result.name = composite.name;
      result.parent = composite.ratio[1];
      result.detection = detection(std::min(above.events, below.events));
      set_ratio(result, above, below);
      rows.push_back(result);
    }
  }

  static void set_ratio(AbundanceRow& result, const Amount& above, const Amount& below) {
    result.parent_events = below.events;
    if (below.events <= 0.0) return;
    const double ratio = above.events / below.events;
    result.fraction_of_parent = ratio;
    result.effective_parent_events = below.events;
    if (above.events <= 0.0) return;
    const auto relative = [](const Amount& amount) {
      return 1.0 / amount.events + amount.variance / (amount.events * amount.events);
    };
    const double variance = relative(above) + relative(below);
    result.effective_parent_events = (1.0 / ratio + 1.0) / variance;
    const double width = std::exp(normal_quantile_of(0.95) * std::sqrt(variance));
    result.low = ratio / width;
    result.high = ratio * width;
  }

  const AbundanceInput& input_;
  const PanelCounts& counts_;
};

}  // namespace

std::vector<AbundanceRow> measure_abundance(const AbundanceInput& input) {
  std::vector<AbundanceRow> rows;
  for (const PanelCounts& counts : input.panels) PanelRows(input, counts).append_to(rows);
  return rows;
}

}  // namespace gateless::statistics
