#include "host/stages/study_analysis.hpp"

#include <filesystem>
#include <map>

namespace gateless::stages {

std::vector<std::string> sample_names(const std::vector<Sample>& samples) {
  std::map<std::string, int> seen;
  for (const Sample& sample : samples) ++seen[std::filesystem::path(sample.file).stem().string()];
  std::vector<std::string> names;
  for (const Sample& sample : samples) {
    const std::string stem = std::filesystem::path(sample.file).stem().string();
    names.push_back(seen[stem] == 1 ? stem : sample.file);
  }
  return names;
}

}  // namespace gateless::stages
