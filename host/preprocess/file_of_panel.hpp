// One file among those of its panel, and how several are named in a sentence.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "host/core/panel.hpp"
#include "host/core/raw_sample.hpp"
#include "host/preprocess/clean.hpp"
#include "host/preprocess/value_scale.hpp"

namespace gateless::preprocess {

/// One file of a panel; what it points to outlives it.
struct FileOfPanel {
  std::string name;
  const PreparedSample* prepared = nullptr;
  const Panel* panel = nullptr;
  const Spillover* spillover = nullptr;  ///< null: the file has none
  std::vector<MarkerValues> looks{};     ///< [markers of `prepared`], from look_at_files()
};

/// For quantiles that mean something.
inline constexpr std::size_t kFewestEventsOfFile = 200;

/// Looks at the values of every file that has enough events.
void look_at_files(std::vector<FileOfPanel>& files, std::size_t threads);

/// A marker's kept values, linear and compensated; empty where the file does not have it.
[[nodiscard]] std::span<const float> column_of(const FileOfPanel& file, const std::string& marker);
/// Those of them that were looked at; empty where the file has no such marker, or too few events.
[[nodiscard]] const MarkerValues& looks_of(const FileOfPanel& file, const std::string& marker);

/// The first four names, and how many more there are.
[[nodiscard]] std::string listed(const std::vector<std::string>& names);

}  // namespace gateless::preprocess
