#include "host/annotate/untold_subsets.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace gateless::annotate {

std::string no_modes_reason(const MixtureDesign& design, const SubsetModel& model) {
  std::vector<std::string> markers;
  for (const MarkerDesign& marker : design.markers)
    markers.push_back(row_name(model, marker.marker));
  return fmt::format("{} {} one population of {}", fmt::join(markers, ", "),
                     markers.size() > 1 ? "show" : "shows",
                     model.subsets[static_cast<std::size_t>(design.parent)].name);
}

void drop_subsets(SubsetModel& model, std::vector<std::string> reasons, SampleFits& fits) {
  std::vector<ResolvedSubset> kept;
  std::vector<std::int16_t> place(model.subsets.size(), -1);
  for (std::size_t s = 0; s < model.subsets.size(); ++s) {
    ResolvedSubset subset = model.subsets[s];
    const auto parent = static_cast<std::size_t>(std::max<std::int16_t>(subset.parent, 0));
    if (subset.parent >= 0 && place[parent] < 0 && reasons[s].empty())
      reasons[s] = model.subsets[parent].name + " cannot be told";
    if (!reasons[s].empty()) {
      model.unresolved.push_back({subset.id, subset.name, reasons[s]});
      continue;
    }
    place[s] = static_cast<std::int16_t>(kept.size());
    if (subset.parent >= 0) subset.parent = place[parent];
    kept.push_back(std::move(subset));
  }
  bool do_fit = true;
  std::vector<SubsetMixture> mixtures;
  SampleFits kept_fits(fits.size());
  for (std::size_t m = 0; m < model.mixtures.size(); ++m) {
    SubsetMixture& mixture = model.mixtures[m];
    mixture.parent = place[static_cast<std::size_t>(mixture.parent)];
    if (mixture.parent < 0) continue;
    for (SubsetClass& one : mixture.classes) {
      if (one.subset < 0) continue;
      one.subset = place[static_cast<std::size_t>(one.subset)];
      do_fit = do_fit && one.subset >= 0;
    }
    mixtures.push_back(std::move(mixture));
    for (std::size_t s = 0; s < fits.size(); ++s) kept_fits[s].push_back(std::move(fits[s][m]));
  }
  fits = do_fit ? std::move(kept_fits) : SampleFits{};
  model.mixtures = std::move(mixtures);
  model.subsets = std::move(kept);
}

}  // namespace gateless::annotate
