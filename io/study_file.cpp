#include "io/study_file.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

#include "host/core/error.hpp"
#include "host/core/study_words.hpp"
#include "io/sample_sheet.hpp"
#include "io/study_checks.hpp"
#include "io/text_file.hpp"
#include "io/utf8.hpp"
#include "io/yaml_keys.hpp"

namespace gateless::io {
namespace {

constexpr std::uint64_t kLargestStudyFile = std::uint64_t{1} << 20U;

/// Walks over the file's keys and collects what is wrong with them.
class StudyReader : private YamlKeys {
 public:
  StudyReader(Study& study, Problems& problems)
      : YamlKeys(problems), study_(study), problems_(problems) {}

  void read(const YAML::Node& root) {
    read_map(
        "the study file", root,
        {{"name", text_to(study_.name)},
         {"samples", text_to(study_.sheet_path)},
         {"knowledge", texts_to(study_.knowledge_paths)},
         {"panel", [this](const YAML::Node& node) { read_panel(node); }},
         {"compensate", word_to(study_.compensate, parse_compensate, "auto or none")},
         {"clean", [this](const YAML::Node& node) { read_clean(node); }},
         {"transform",
          word_to(study_.transform, parse_transform, "auto, arcsinh:COFACTOR, logicle or none")},
         {"cluster", [this](const YAML::Node& node) { read_cluster(node); }},
         {"levels", [this](const YAML::Node& node) { read_levels(node); }},
         {"compare", [this](const YAML::Node& node) { read_compare(node); }},
         {"seed", whole_to(study_.cluster.seed, 0, std::numeric_limits<std::int64_t>::max())}});
    if (study_.sheet_path.empty()) {
      problems_.add(0,
                    "has no 'samples' (they are what is analysed); name the sample sheet, e.g. "
                    "samples: samples.csv");
    }
  }

  using YamlKeys::line_of_key;

 private:
  void read_panel(const YAML::Node& node) {
    if (!node.IsMap()) return wrong(node, "a map of channel: marker");
    for (const auto& entry : node) {
      if (!entry.first.IsScalar() || !entry.second.IsScalar() || entry.second.Scalar().empty()) {
        wrong(entry.second, "a map of channel: marker");
      } else if (!study_.marker_overrides.emplace(entry.first.Scalar(), entry.second.Scalar())
                      .second) {
        problems_.add(
            line_of(entry.first),
            fmt::format("channel '{}' appears twice (its marker is ambiguous); remove one",
                        entry.first.Scalar()));
      }
    }
  }

  void read_clean(const YAML::Node& node) {
    CleanChoice& clean = study_.clean;
    read_map("'clean'", node,
             {{"margins", switch_to(clean.margins)},
              {"drift", switch_to(clean.drift)},
              {"doublets", switch_to(clean.doublets)},
              {"debris", switch_to(clean.debris)},
              {"dead", switch_to(clean.dead)}});
  }

  void read_cluster(const YAML::Node& node) {
    ClusterOptions& cluster = study_.cluster;
    std::pair<std::size_t, std::size_t> grid{cluster.grid_width, cluster.grid_height};
    read_map("'cluster'", node,
             {{"algorithm", word_to(cluster.algorithm, parse_algorithm, "som or kmeans")},
              {"grid", word_to(grid, parse_grid, "WIDTHxHEIGHT, e.g. 16x16")},
              {"nodes", whole_to(cluster.nodes, 1, 1'000'000)},
              {"metaclusters",
               word_to(cluster.metaclusters, parse_metaclusters, "auto or a number from 2")},
              {"epochs", whole_to(cluster.epochs, 1, 10'000)},
              {"markers", texts_to(cluster.markers)}});
    std::tie(cluster.grid_width, cluster.grid_height) = grid;
  }

  void read_levels(const YAML::Node& node) {
    if (!node.IsSequence()) return wrong(node, "a list of {marker: IgD, within: b_cell, at: 1.9}");
    for (const YAML::Node& item : node) {
      LevelChoice level;
      level.line = line_of(item);
      std::optional<double> shown, linear;
      read_map("an entry of 'levels'", item,
               {{"marker", text_to(level.marker)},
                {"within", text_to(level.within)},
                {"panel", text_to(level.panel)},
                {"at", number_to(shown)},
                {"linear", number_to(linear)}});
      if (level.marker.empty() || shown.has_value() == linear.has_value()) {
        problems_.add(level.line,
                      "an entry of 'levels' needs 'marker', and either 'at' (on the scale of the "
                      "report) or 'linear' (as the detector counts)");
        continue;
      }
      level.is_linear = linear.has_value();
      level.at = level.is_linear ? *linear : *shown;
      study_.levels.push_back(std::move(level));
    }
  }

  void read_compare(const YAML::Node& node) {
    CompareOptions& compare = study_.compare;
    read_map("'compare'", node,
             {{"baseline", text_to(compare.baseline)},
              {"at", texts_to(compare.at)},
              {"activity", text_to(compare.activity)},
              {"responders", texts_to(compare.responders)},
              {"primary", texts_to(compare.primary)},
              {"healthy_group", text_to(compare.healthy_group)},
              {"smallest_change", fraction_to(compare.smallest_change)},
              {"detected", events_to(compare.limits.detected)},
              {"quantifiable", events_to(compare.limits.quantifiable)}});
    if (compare.limits.detected > compare.limits.quantifiable) {
      problems_.add(line_of(node),
                    fmt::format("'detected' of compare is above 'quantifiable', {} > "
                                "{} (what is quantifiable must be detected); lower it",
                                compare.limits.detected, compare.limits.quantifiable));
    }
  }

  Study& study_;
  Problems& problems_;
};

}  // namespace

Study read_study(const std::string& path, SheetFiles files) {
  namespace fs = std::filesystem;
  Study study;
  study.path = path;
  study.text = valid_utf8(read_text_file(path, kLargestStudyFile));
  study.name = fs::path(path).stem().string();
  Problems problems(path);
  StudyReader reader(study, problems);
  try {
    reader.read(YAML::Load(study.text));
  } catch (const YAML::Exception& error) {
    problems.add(
        error.mark.is_null() ? 0 : error.mark.line + 1,
        fmt::format("is not valid YAML: {} (nothing after it can be read); correct this line",
                    error.msg));
  }
  problems.throw_if_any();
  const fs::path folder = fs::path(path).parent_path();
  study.sheet_path = (folder / study.sheet_path).lexically_normal().string();
  std::error_code ignored;
  if (!fs::is_regular_file(study.sheet_path, ignored)) {
    problems.add(reader.line_of_key("samples"),
                 fmt::format("the sample sheet {} does not exist (it names the files to analyse); "
                             "correct 'samples', "
                             "which is relative to the study file's folder",
                             study.sheet_path));
    problems.throw_if_any();
  }
  for (std::string& file : study.knowledge_paths)
    file = (folder / file).lexically_normal().string();
  SampleSheet sheet = read_sample_sheet(study.sheet_path, files);
  study.samples = std::move(sheet.samples);
  study.warnings = std::move(sheet.warnings);
  check_against_sheet(
      study, [&](const std::string& key) { return reader.line_of_key(key); }, sheet.not_numbers,
      problems);
  problems.throw_if_any();
  return study;
}

}  // namespace gateless::io
