#include "host/files/labelled_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/core/parallel.hpp"
#include "host/files/folders.hpp"
#include "host/stages/subset_labels.hpp"
#include "io/csv.hpp"
#include "io/fcs_append.hpp"
#include "io/sha256.hpp"

namespace gateless::files {
namespace {

/// Confidence in files of integers: thousandths.
constexpr double kConfidenceSteps = 1000.0;

/// Names of the files, [samples]: a sample's name, or its path where two files have the same name.
std::vector<std::string> file_names(const std::vector<Sample>& samples) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (std::string name : sample_names(samples)) {
    std::replace_if(
        name.begin(), name.end(), [](char letter) { return letter == '/' || letter == '\\'; }, '_');
    std::string unique = name;
    for (int number = 2; !taken.insert(unique).second; ++number)
      unique = fmt::format("{}_{}", name, number);
    names.push_back(unique + ".fcs");
  }
  return names;
}

/// "1=b_naive,2=b_usm": numbers and names for a keyword.
std::string key_text(const std::vector<std::pair<std::size_t, std::string>>& names) {
  std::vector<std::string> parts;
  for (const auto& [number, name] : names) parts.push_back(fmt::format("{}={}", number, name));
  return fmt::format("{}", fmt::join(parts, ","));
}

FcsKeywords key_keywords(const Outcome& outcome, const PanelAnalysis& analysis,
                         const SubsetLabels& labels) {
  FcsKeywords keywords;
  keywords["GATELESS_VERSION"] = GATELESS_VERSION;
  keywords["GATELESS_SEED"] = fmt::format("{}", outcome.seed);
  const bool is_named = analysis.is_named();
  std::vector<std::pair<std::size_t, std::string>> names{{0, "dropped"}};
  for (const ClusterRow& cluster : analysis.clusters) {
    if (cluster.map.empty())
      names.emplace_back(cluster.metacluster, is_named ? cluster.subset : cluster.name);
  }
  keywords["GATELESS_METACLUSTERS"] = key_text(names);
  if (!is_named) return keywords;
  names.clear();
  for (std::size_t number = 0; number < labels.labels().size(); ++number)
    names.emplace_back(number, labels.labels()[number].id);
  keywords["GATELESS_SUBSETS"] = key_text(names);
  return keywords;
}

AppendedChannel new_channel(const std::string& what, double highest, std::size_t events) {
  return {.name = "gateless_" + what,
          .stain = "gateless " + what,
          .highest = highest,
          .per_unit = 1.0,
          .values = std::vector<float>(events, 0.0F)};
}

/// The labels of one sample's events, in the order of its file.
FcsAppendix appendix_of(const Outcome& outcome, std::size_t panel, std::size_t position,
                        const SubsetLabels& labels) {
  const PanelAnalysis& analysis = outcome.study.panels[panel];
  const PooledSample& sample = analysis.events.samples[position];
  const PopulationMap& map = analysis.own_map();
  const std::size_t first = analysis.events.store.ranges()[position].first;
  FcsAppendix appendix;
  appendix.keywords = key_keywords(outcome, analysis, labels);
  AppendedChannel node =
      new_channel("node", static_cast<double>(map.clustering.codebook.rows()), sample.events);
  AppendedChannel metacluster =
      new_channel("metacluster", static_cast<double>(map.next_id().value() - 1), sample.events);
  AppendedChannel subset =
      new_channel("subset", static_cast<double>(labels.labels().size() - 1), sample.events);
  AppendedChannel confidence = new_channel("confidence", 1.0, sample.events);
  confidence.per_unit = kConfidenceSteps;
  const bool is_named = analysis.is_named();
  for (std::size_t index = 0; index < sample.kept_events.size(); ++index) {
    const std::uint32_t event = sample.kept_events[index];
    node.values[event] = static_cast<float>(map.clustering.node_of_event[first + index] + 1);
    metacluster.values[event] = static_cast<float>(map.id_of_event(first + index).value());
    if (!is_named) continue;
    subset.values[event] = static_cast<float>(labels.of(panel, first + index));
    confidence.values[event] = analysis.calls.confidence[first + index];
  }
  appendix.channels = {std::move(node), std::move(metacluster)};
  if (is_named) {
    appendix.channels.push_back(std::move(subset));
    appendix.channels.push_back(std::move(confidence));
  }
  return appendix;
}

void check_unchanged(const Sample& sample, const PooledSample& pooled) {
  if (sha256_of_file(sample.path) == pooled.sha256) return;
  throw InputError(
      fmt::format("{}: the file has changed since it was read (its events and their labels would "
                  "not belong together); run again with files that nothing writes to",
                  sample.path));
}

void write_key(const std::string& path, const Outcome& outcome, const SubsetLabels& labels) {
  CsvWriter csv(path, {"channel", "number", "id", "name", "cell_ontology"});
  const auto row = [&](const char* channel, std::size_t number, const SubsetLabel& label) {
    csv.text(channel).count(number).text(label.id).text(label.name).text(label.cell_ontology);
    csv.end_row();
  };
  bool is_named = false;
  for (const PanelAnalysis& analysis : outcome.study.panels) {
    is_named = is_named || analysis.is_named();
    for (const ClusterRow& cluster : analysis.clusters) {
      if (!cluster.map.empty()) continue;
      row("gateless_metacluster", cluster.metacluster, {cluster.subset, cluster.name, ""});
    }
  }
  for (std::size_t number = 0; is_named && number < labels.labels().size(); ++number)
    row("gateless_subset", number, labels.labels()[number]);
  csv.commit();
}

std::string key_path(const std::string& dir) { return dir + "/fcs/key.csv"; }

}  // namespace

bool has_labelled_files(const std::string& dir) {
  std::error_code ignored;
  return std::filesystem::exists(key_path(dir), ignored);
}

void write_labelled_files(const Outcome& outcome, std::size_t threads) {
  make_folder(outcome.dir + "/fcs");
  std::error_code ignored;
  std::filesystem::remove(key_path(outcome.dir), ignored);
  const SubsetLabels labels(outcome.study.panels, outcome.study.knowledge);
  const std::vector<std::string> names = file_names(outcome.study.samples);
  std::vector<std::string> errors(outcome.study.samples.size());
  for (std::size_t panel = 0; panel < outcome.study.panels.size(); ++panel) {
    const std::vector<PooledSample>& samples = outcome.study.panels[panel].events.samples;
    parallel_for(threads, samples.size(), [&](std::size_t position) {
      const std::size_t sample = samples[position].sample;
      try {
        check_unchanged(outcome.study.samples[sample], samples[position]);
        append_to_events(outcome.study.samples[sample].path, outcome.dir + "/fcs/" + names[sample],
                         appendix_of(outcome, panel, position, labels));
      } catch (const UserError& error) {
        errors[sample] = error.what();
      }
    });
  }
  std::erase(errors, std::string());
  if (!errors.empty()) throw InputError(fmt::format("{}", fmt::join(errors, "\n          ")));
  write_key(key_path(outcome.dir), outcome, labels);
}

}  // namespace gateless::files
