#include "host/files/events_file.hpp"

#include <algorithm>

namespace gateless::files {

RowPlan plan_rows(const std::vector<PanelAnalysis>& analyses, std::size_t samples, Rows which,
                  std::optional<std::size_t> only) {
  std::vector<SamplePlace> places(samples);
  for (std::size_t panel = 0; panel < analyses.size(); ++panel) {
    if (only && *only != panel) continue;
    const std::vector<PooledSample>& pooled = analyses[panel].events.samples;
    for (std::size_t position = 0; position < pooled.size(); ++position)
      places[pooled[position].sample] = {panel, &analyses[panel], position, 0, 0};
  }
  RowPlan plan;
  plan.which = which;
  for (SamplePlace& place : places) {
    if (place.analysis == nullptr) continue;
    place.first_row = plan.rows;
    place.rows = which == Rows::kAll ? place.pooled().events : place.pooled().kept_events.size();
    plan.rows += place.rows;
    plan.places.push_back(place);
  }
  return plan;
}

void EventsFile::add_words(const std::string& name, const std::vector<std::string>& words) {
  std::vector<std::string> categories;
  std::vector<std::int32_t> code_of_place;
  for (const SamplePlace& place : plan_.places) {
    const std::string& word = words[place.pooled().sample];
    code_of_place.push_back(word.empty() ? -1 : code_of(word, categories));
  }
  const auto fill = [&](std::size_t first, std::span<std::int32_t> codes) {
    std::fill(codes.begin(), codes.end(), -1);
    const std::size_t last = first + codes.size();
    for (std::size_t i = 0; i < plan_.places.size(); ++i) {
      const std::size_t from = std::max(first, plan_.places[i].first_row);
      const std::size_t to = std::min(last, plan_.places[i].first_row + plan_.places[i].rows);
      for (std::size_t row = from; row < to; ++row) codes[row - first] = code_of_place[i];
    }
  };
  writer_.add_obs_categorical(name, FillRows<std::int32_t>(fill), categories);
}

std::int32_t EventsFile::code_of(const std::string& word, std::vector<std::string>& categories) {
  auto found = std::find(categories.begin(), categories.end(), word);
  if (found == categories.end()) found = categories.insert(categories.end(), word);
  return static_cast<std::int32_t>(found - categories.begin());
}

}  // namespace gateless::files
