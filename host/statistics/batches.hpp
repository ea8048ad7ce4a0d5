// Which people may be compared with each other when they were measured in batches.
#pragma once

#include <string>
#include <vector>

#include "host/statistics/tests.hpp"

namespace gateless::statistics {

/// A person's value, in the group of interest (patients) or not, and the batch that it was measured in.
struct BatchedValue {
  double value = 0.0;
  bool is_first = false;  ///< a patient
  std::string batch;      ///< empty: not known
};

/// How two groups of people are compared.
enum class Design {
  kUnknown,   ///< a batch is not known: as if there were one
  kBalanced,  ///< every batch has the same share of patients, so that a batch favours nobody
  kWithin,    ///< the shares differ: people are compared within their batch
  kBetween    ///< no batch has both groups: a batch counts once, by its people's median
};

[[nodiscard]] Design design_of(const std::vector<BatchedValue>& values);

/// The values that may be compared with each other. Of kWithin, one stratum a batch; else a single one.
[[nodiscard]] std::vector<Stratum> strata_of(const std::vector<BatchedValue>& values);

}  // namespace gateless::statistics
