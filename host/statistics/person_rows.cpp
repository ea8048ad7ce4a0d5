#include "host/statistics/person_rows.hpp"

#include <algorithm>
#include <set>

namespace gateless::statistics {

PersonRows::PersonRows(const std::vector<AbundanceRow>& rows, const Study& study,
                       const std::vector<Person>& people) {
  std::set<std::string> controls;
  for (const Sample& sample : study.samples) {
    if (sample.is_control) controls.insert(sample.file);
  }
  std::map<std::string, std::string> visit_of;
  for (const Person& person : people) visit_of[person.name] = person.visit;
  for (const AbundanceRow& row : rows) {
    const auto visit = visit_of.find(row.patient);
    if (row.is_withheld || controls.contains(row.sample) || visit == visit_of.end() ||
        visit->second != row.visit)
      continue;
    const auto [entry, is_new] =
        chosen_.try_emplace({row.subset, row.panel}).first->second.emplace(row.patient, row);
    if (is_new) continue;
    entry->second.events += row.events;  // a replicate
    entry->second.parent_events += row.parent_events;
  }
}

const PersonRows::People* PersonRows::best(const std::string& subset) const {
  const People* best = nullptr;
  double most = -1.0;
  for (const auto& [key, rows] : chosen_) {
    if (key.first != subset) continue;
    double events = 0.0;
    for (const auto& [person, row] : rows) events += row.events;
    if (events > most) {
      most = events;
      best = &rows;
    }
  }
  return best;
}

bool PersonRows::is_within(std::string subset, const std::vector<std::string>& ancestors,
                           const std::string& panel) const {
  for (std::size_t depth = 0; depth <= chosen_.size(); ++depth) {
    if (std::find(ancestors.begin(), ancestors.end(), subset) != ancestors.end()) return true;
    const auto found = chosen_.find({subset, panel});
    if (found == chosen_.end()) return false;
    subset = found->second.begin()->second.parent;
  }
  return false;
}

std::string PersonRows::parent_of(const std::string& subset, const std::string& panel) const {
  const auto found = chosen_.find({subset, panel});
  const std::string id = found == chosen_.end() ? "" : found->second.begin()->second.parent;
  if (id.empty()) return "all events";
  const auto parent = chosen_.find({id, panel});
  return parent == chosen_.end() ? id : parent->second.begin()->second.name;
}

std::map<std::string, double> PersonRows::sum(const std::vector<std::string>& parts,
                                              const std::string& panel) const {
  std::map<std::string, double> events;
  for (const std::string& part : parts) {
    const auto found = chosen_.find({part, panel});
    if (found == chosen_.end()) return {};
    for (const auto& [person, row] : found->second) events[person] += row.events;
  }
  return events;
}

}  // namespace gateless::statistics
