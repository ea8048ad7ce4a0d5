// One file among those of its panel, and how several are named in a sentence.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "host/core/panel.hpp"
#include "host/core/raw_sample.hpp"
#include "host/preprocess/clean.hpp"

namespace gateless::preprocess {

/// One file of a panel; what it points to outlives it.
struct FileOfPanel {
  std::string name;
  const PreparedSample* prepared = nullptr;
  const Panel* panel = nullptr;
  const Spillover* spillover = nullptr;  ///< null: the file has none
};

/// A marker's kept values, linear and compensated; empty where the file does not have it.
[[nodiscard]] std::span<const float> column_of(const FileOfPanel& file, const std::string& marker);

/// The first four names, and how many more there are.
[[nodiscard]] std::string listed(const std::vector<std::string>& names);

}  // namespace gateless::preprocess
