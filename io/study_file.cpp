#include "io/study_file.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "host/core/error.hpp"
#include "host/core/nearest_word.hpp"
#include "host/core/study_words.hpp"
#include "io/sample_sheet.hpp"
#include "io/study_checks.hpp"
#include "io/text_file.hpp"
#include "io/utf8.hpp"

namespace gateless {
namespace {

constexpr std::uint64_t kLargestStudyFile = std::uint64_t{1} << 20U;

int line_of(const YAML::Node& node) { return node.Mark().is_null() ? 0 : node.Mark().line + 1; }

/// What one key means: its name and what is done with its value.
using Key = std::pair<std::string, std::function<void(const YAML::Node&)>>;

/// Walks over the file's keys and collects what is wrong with them.
class StudyReader {
 public:
  StudyReader(Study& study, Problems& problems) : study_(study), problems_(problems) {}

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

  /// Where a key of `compare:` stands, for problems that show only with the sheet; 0 if it was not given.
  [[nodiscard]] int line_of_key(const std::string& key) const {
    const auto found = lines_.find(key);
    return found == lines_.end() ? 0 : found->second;
  }

 private:
  void read_map(const std::string& what, const YAML::Node& node, const std::vector<Key>& keys) {
    if (node.IsNull()) return;
    if (!node.IsMap()) {
      problems_.add(line_of(node), fmt::format("{} must be a map of `key: value` lines", what));
      return;
    }
    std::vector<std::string> names;
    for (const Key& key : keys) names.push_back(key.first);
    std::set<std::string> seen;
    for (const auto& entry : node) {
      const int line = line_of(entry.first);
      const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "";
      const auto key = std::find(names.begin(), names.end(), name);
      if (key == names.end()) {
        problems_.add(line, fmt::format("unknown key '{}'{}", name, did_you_mean(name, names)));
      } else if (!seen.insert(name).second) {
        problems_.add(line,
                      fmt::format("key '{}' appears twice (it is ambiguous); remove one", name));
      } else {
        key_ = name;
        lines_[name] = line;
        if (!entry.second.IsNull())
          keys[static_cast<std::size_t>(key - names.begin())].second(entry.second);
      }
    }
  }

  void wrong(const YAML::Node& node, const std::string& expected) {
    const std::string found = node.IsScalar() ? fmt::format("'{}'", node.Scalar())
                              : node.IsMap()  ? "a map"
                                              : "a list";
    problems_.add(line_of(node), fmt::format("'{}' must be {}, not {}", key_, expected, found));
  }

  std::function<void(const YAML::Node&)> text_to(std::string& target) {
    return [this, &target](const YAML::Node& node) {
      if (node.IsScalar())
        target = node.Scalar();
      else
        wrong(node, "a text");
    };
  }

  std::function<void(const YAML::Node&)> texts_to(std::vector<std::string>& target) {
    return [this, &target](const YAML::Node& node) {
      if (node.IsScalar()) {
        target = {node.Scalar()};
        return;
      }
      if (!node.IsSequence()) return wrong(node, "a list");
      target.clear();
      for (const YAML::Node& item : node) {
        if (item.IsScalar() && !item.Scalar().empty())
          target.push_back(item.Scalar());
        else
          wrong(item, "a list of texts");
      }
    };
  }

  template <class Value, class Parse>
  std::function<void(const YAML::Node&)> word_to(Value& target, Parse parse, const char* expected) {
    return [this, &target, parse, expected](const YAML::Node& node) {
      const auto value = node.IsScalar() ? parse(node.Scalar()) : std::nullopt;
      if (value)
        target = *value;
      else
        wrong(node, expected);
    };
  }

  template <class Whole>
  std::function<void(const YAML::Node&)> whole_to(Whole& target, std::int64_t low,
                                                  std::int64_t high) {
    return [this, &target, low, high](const YAML::Node& node) {
      std::int64_t value = 0;
      if (node.IsScalar() && YAML::convert<std::int64_t>::decode(node, value) && value >= low &&
          value <= high) {
        target = static_cast<Whole>(value);
      } else {
        wrong(node, fmt::format("a whole number from {} to {}", low, high));
      }
    };
  }

  std::function<void(const YAML::Node&)> number_to(std::optional<double>& target) {
    return [this, &target](const YAML::Node& node) {
      double value = 0.0;
      if (node.IsScalar() && YAML::convert<double>::decode(node, value) && std::isfinite(value))
        target = value;
      else
        wrong(node, "a number");
    };
  }

  std::function<void(const YAML::Node&)> fraction_to(double& target) {
    return [this, &target](const YAML::Node& node) {
      double value = 0.0;
      if (node.IsScalar() && YAML::convert<double>::decode(node, value) && value >= 0.0 &&
          value < 1.0)
        target = value;
      else
        wrong(node, "a number from 0 to below 1");
    };
  }

  std::function<void(const YAML::Node&)> events_to(double& target) {
    return [this, &target](const YAML::Node& node) {
      double value = 0.0;
      if (node.IsScalar() && YAML::convert<double>::decode(node, value) && value >= 0.0 &&
          value <= 1e6)
        target = value;
      else
        wrong(node, "a number of events from 0 to 1000000");
    };
  }

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

  std::function<void(const YAML::Node&)> switch_to(bool& target) {
    return [this, &target](const YAML::Node& node) {
      if (!node.IsScalar() || !YAML::convert<bool>::decode(node, target)) wrong(node, "on or off");
    };
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
  std::string key_;  ///< whose value is being read
  std::map<std::string, int> lines_;
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

}  // namespace gateless
