#include "host/statistics/batches.hpp"

#include <map>

#include "host/core/distribution.hpp"

namespace gateless::statistics {
namespace {

std::map<std::string, Stratum> by_batch(const std::vector<BatchedValue>& values) {
  std::map<std::string, Stratum> batches;
  for (const BatchedValue& each : values) {
    Stratum& batch = batches[each.batch];
    (each.is_first ? batch.first : batch.second).push_back(each.value);
  }
  return batches;
}

}  // namespace

Design design_of(const std::vector<BatchedValue>& values) {
  const std::map<std::string, Stratum> batches = by_batch(values);
  if (batches.contains("")) return Design::kUnknown;
  std::size_t first = 0, second = 0;
  for (const auto& [name, batch] : batches) {
    first += batch.first.size();
    second += batch.second.size();
  }
  bool is_balanced = true, is_mixed = false;
  for (const auto& [name, batch] : batches) {
    is_balanced = is_balanced && batch.first.size() * second == batch.second.size() * first;
    is_mixed = is_mixed || (!batch.first.empty() && !batch.second.empty());
  }
  if (is_balanced) return Design::kBalanced;
  return is_mixed ? Design::kWithin : Design::kBetween;
}

std::vector<Stratum> strata_of(const std::vector<BatchedValue>& values) {
  const Design design = design_of(values);
  std::vector<Stratum> strata;
  Stratum all;
  for (const auto& [name, batch] : by_batch(values)) {
    if (design == Design::kWithin) {
      strata.push_back(batch);
    } else if (design == Design::kBetween) {
      if (const Number median = median_of(batch.first)) all.first.push_back(*median);
      if (const Number median = median_of(batch.second)) all.second.push_back(*median);
    } else {
      all.first.insert(all.first.end(), batch.first.begin(), batch.first.end());
      all.second.insert(all.second.end(), batch.second.begin(), batch.second.end());
    }
  }
  if (design != Design::kWithin) strata.push_back(all);
  return strata;
}

}  // namespace gateless::statistics
