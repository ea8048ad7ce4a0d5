#include "host/report/methods.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "host/report/improvement.hpp"
#include "host/report/odd_files.hpp"
#include "host/report/sentences.hpp"

namespace gateless {
namespace {

using Json = nlohmann::json;

/// What each reason for dropping an event means, in the order in which they are asked.
const std::map<std::string, std::string>& reasons_in_words() {
  static const std::map<std::string, std::string> words{
      {"non-finite", "a value that is no number"},
      {"margin", "at the limit of a detector, before compensation"},
      {"time", "acquired while rate or signal were disturbed"},
      {"bead", "calibration beads"},
      {"doublet", "two cells in one pulse"},
      {"debris", "too small, or without DNA"},
      {"dead", "positive for the viability dye"}};
  return words;
}

/// The kind of a transform and its markers: "logicle" -> CD3, CD4.
std::map<std::string, std::vector<std::string>> transforms_of(const Results& results) {
  std::map<std::string, std::vector<std::string>> kinds;
  for (const ChannelRow& row : results.channels) {
    if (row.transform.empty()) continue;
    const std::string kind = row.transform.substr(0, row.transform.find('('));
    std::vector<std::string>& markers = kinds[kind];
    if (std::find(markers.begin(), markers.end(), row.marker) == markers.end())
      markers.push_back(row.marker);
  }
  return kinds;
}

/// How many files were compensated how.
std::map<std::string, std::size_t> compensation_of(const Results& results) {
  std::map<std::string, std::size_t> files;
  for (const QcRow& row : results.qc) ++files[row.compensation.empty() ? "none" : row.compensation];
  return files;
}

std::string compensation_text(const Results& results) {
  std::vector<std::string> parts;
  for (const auto& [how, files] : compensation_of(results)) {
    const std::string of = counted(files, "file");
    if (how == "none") {
      parts.push_back(of + " without compensation");
    } else if (how.starts_with("none: ")) {
      parts.push_back(fmt::format("{} not compensated here: {}", of, how.substr(6)));
    } else {
      parts.push_back(fmt::format("{} by the file's own spillover matrix of {}", of, how));
    }
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

/// Collects the text and numbers its citations.
class Writer {
 public:
  explicit Writer(const Results& results) : results_(results) {
    const Json parsed = Json::parse(results.configuration, nullptr, false);
    if (parsed.is_object()) configuration_ = parsed;
  }

  Done write() {
    sums();
    add_files();
    add_cleaning();
    add("Odd stretches and files", odd_files_in_words(results_));
    add_transforms();
    add_clusters();
    add_names();
    add_fractions();
    add_comparison();
    add_chosen();
    for (const Step& step : done_.steps) {
      const std::string text = with_numbers(step.text);
      done_.methods += (done_.methods.empty() ? "" : " ") + text;
    }
    for (Step& step : done_.steps) step.text = without_citations(step.text);
    return std::move(done_);
  }

 private:
  void sums() {
    for (const QcRow& row : results_.qc) {
      read_ += row.events;
      kept_ += row.kept;
      panels_.insert(row.panel);
    }
  }

  void add(const std::string& title, const std::string& text) {
    if (!text.empty()) done_.steps.push_back({title, text});
  }

  /// "panel B"; a panel that the program named itself ("panel 1") needs no second word.
  static std::string panel_words(const std::string& panel) {
    return panel.starts_with("panel") ? panel : "panel " + panel;
  }

  /// One panel that the program called so itself.
  [[nodiscard]] bool is_unnamed() const {
    return panels_.size() == 1 && *panels_.begin() == "panel";
  }

  /// A setting of the configuration as text; empty where there is none.
  [[nodiscard]] std::string setting(const char* group, const char* key) const {
    const Json& where = group == nullptr ? configuration_ : configuration_.value(group, Json());
    if (!where.is_object() || !where.contains(key)) return {};
    return where[key].is_string() ? where[key].get<std::string>() : where[key].dump();
  }

  void add_files() {
    if (results_.qc.empty()) return;
    add("Files", fmt::format("{} of {}{} were analysed with gateless {} (seed {}). Compensation: "
                             "{}.",
                             counted(results_.qc.size(), "file"), counted(panels_.size(), "panel"),
                             is_unnamed() ? "" : fmt::format(" ({})", fmt::join(panels_, ", ")),
                             results_.version, results_.seed, compensation_text(results_)));
  }

  void add_cleaning() {
    if (results_.qc.empty()) return;
    std::vector<std::string> parts;
    for (const auto& [reason, unused] : results_.qc.front().dropped) {
      std::uint64_t sum = 0;
      for (const QcRow& row : results_.qc) {
        for (const auto& [name, events] : row.dropped) sum += name == reason ? events : 0;
      }
      const auto words = reasons_in_words().find(reason);
      parts.push_back(fmt::format("{} ({}{})", reason,
                                  words == reasons_in_words().end() ? "" : words->second + ", ",
                                  counted_events(sum)));
    }
    add("Cleaning",
        fmt::format(
            "Events were dropped for the first reason that holds, in this order: {}. {} of {} "
            "events were kept.",
            fmt::join(parts, ", "), counted_events(kept_), counted_events(read_)));
  }

  void add_transforms() {
    std::vector<std::string> parts;
    for (const auto& [kind, markers] : transforms_of(results_)) {
      if (kind == "logicle") {
        parts.push_back(
            fmt::format("logicle [[Parks DR et al. A new \"Logicle\" display method. Cytometry A "
                        "2006;69:541-551]] for {}",
                        counted(markers.size(), "marker")));
      } else if (kind == "arcsinh") {
        parts.push_back(fmt::format("asinh(x / cofactor) for {}", joined(markers)));
      } else {
        parts.push_back(fmt::format("no transform for {}", joined(markers)));
      }
    }
    if (parts.empty()) return;
    add("Transforms", fmt::format("Values were put on a scale that is linear around zero and "
                                  "logarithmic above, the same for all files of a panel: {}.",
                                  fmt::join(parts, "; ")));
  }

  void add_clusters() {
    const std::string grid = setting("cluster", "grid"), nodes = setting("cluster", "nodes"),
                      epochs = setting("cluster", "epochs");
    if (results_.clusters.empty() || (grid.empty() && nodes.empty())) return;
    const std::string map =
        grid.empty()
            ? fmt::format("k-means with {} nodes", nodes)
            : fmt::format(
                  "a batch self-organising map of {} nodes in {} epochs, the last third as "
                  "k-means [[Kohonen T. Essentials of the self-organizing map. Neural Netw "
                  "2013;37:52-65]]",
                  grid, epochs);
    add("Clusters",
        fmt::format(
            "The kept events of all files of a panel were clustered together by {}. Nodes "
            "were joined to metaclusters by consensus over 80 resamples [[Monti S et al. "
            "Consensus clustering. Mach Learn 2003;52:91-118]], as was done before for "
            "cytometry [[Van Gassen S et al. FlowSOM. Cytometry A 2015;87:636-645]]; "
            "{} in all. Stability is the overlap of a metacluster with the most similar one of "
            "a resample, mean over these (Jaccard, 0 to 1).",
            map, counted(results_.clusters.size(), "metacluster")));
  }

  void add_names() {
    if (results_.abundance.empty()) return;
    const bool is_shipped = setting(nullptr, "knowledge").find("\"shipped\"") != std::string::npos;
    const bool has_own_borders = !setting(nullptr, "levels").empty();
    add("Names",
        fmt::format(
            "Subsets are defined by the levels of markers within their parent, in the "
            "knowledge file {}. Where the levels of a marker lie was found from the events, "
            "with other lineages as negative controls; {}. Confidence is the share of a "
            "cluster's events that carry its name.",
            is_shipped ? "that comes with the program" : "of the study",
            has_own_borders ? "some borders were set by hand" : "no gate was set by hand"));
  }

  void add_fractions() {
    if (results_.abundance.empty()) return;
    add("Fractions",
        fmt::format(
            "A fraction is the expected number of events of a subset (the sum of their "
            "probabilities) over that of its parent; its 95 % interval is Wilson's [[Wilson "
            "EB. JASA 1927;22:209-212]], widened by the doubt of names. Fewer than {} "
            "events are called not detected, up to {} not quantifiable.",
            whole(setting("compare", "detected"), "20"),
            whole(setting("compare", "quantifiable"), "50")));
  }

  void add_comparison() {
    if (results_.patients.empty()) return;
    const std::string smallest = setting("compare", "smallest_change");
    const double least = smallest.empty() ? 0.15 : std::strtod(smallest.c_str(), nullptr);
    add("Changes in one patient",
        fmt::format(
            "Each visit was compared with the patient's own {}. The interval of a relative "
            "change joins counting [[Clopper CJ, Pearson ES. Biometrika 1934;26:404-413]] "
            "and the usual variation between samples{} by the method of Zou and Donner "
            "[[Zou GY, Donner A. Stat Med 2008;27:1693-1702]]; a change is called where it "
            "excludes zero and the change is {:.0f} % or more.",
            results_.baseline.empty() ? "baseline" : results_.baseline,
            results_.noise ? fmt::format(" ({:.2g} % of a fraction)", 100.0 * *results_.noise) : "",
            100.0 * least));
    std::set<std::string> tests;
    for (const ChangeRow& row : results_.changes) {
      if (row.p) tests.insert(row.test);
    }
    add("Changes over patients",
        fmt::format(
            "Typical changes are Hodges-Lehmann estimates [[Hodges JL, Lehmann EL. Ann Math Stat "
            "1963;34:598-611]]; tests: {}. p was adjusted within primary and exploratory subsets "
            "apart [[Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289-300]].{}",
            tests.empty() ? "none, with so few patients"
                          : fmt::format("{}", fmt::join(tests, ", ")),
            results_.activity_name.empty()
                ? ""
                : fmt::format(" Changes were correlated with those of {} by Spearman's rank "
                              "correlation.",
                              score_name(results_.activity_name))));
  }

  static std::string whole(const std::string& number, const char* otherwise) {
    return number.empty() ? otherwise : fmt::format("{:g}", std::strtod(number.c_str(), nullptr));
  }

  void add_chosen() {
    if (setting(nullptr, "transform") == "auto") {
      std::vector<std::string> parts;
      for (const auto& [kind, markers] : transforms_of(results_))
        parts.push_back(fmt::format("{} for {}", kind, joined(markers)));
      if (!parts.empty())
        done_.chosen.push_back({"transform", fmt::format("{}", fmt::join(parts, "; "))});
    }
    if (setting(nullptr, "compensate") == "auto" && !results_.qc.empty())
      done_.chosen.push_back({"compensate", compensation_text(results_)});
    if (setting("cluster", "metaclusters") == "auto") {
      std::vector<std::pair<std::string, std::size_t>> numbers;
      for (const ClusterRow& row : results_.clusters) {
        const std::string of = row.map.empty() ? "all events" : name_of(row.map);
        const std::string map =
            panels_.size() < 2 ? of : fmt::format("{} of {}", of, panel_words(row.panel));
        if (numbers.empty() || numbers.back().first != map) numbers.emplace_back(map, 0);
        ++numbers.back().second;
      }
      std::vector<std::string> parts;
      for (const auto& [map, number] : numbers)
        parts.push_back(fmt::format("{} of {}", number, map));
      if (!parts.empty()) done_.chosen.push_back({"cluster: metaclusters", joined(parts)});
    }
    if (setting("cluster", "markers") == "[]") {
      std::map<std::string, std::vector<std::string>> markers;
      for (const ChannelRow& row : results_.channels) {
        if (!row.transform.empty()) markers[row.panel].push_back(row.marker);
      }
      for (const auto& [panel, names] : markers)
        done_.chosen.push_back({markers.size() < 2
                                    ? std::string("cluster: markers")
                                    : fmt::format("cluster: markers, {}", panel_words(panel)),
                                joined(names)});
    }
    if (setting("compare", "primary") == "[]" && !results_.primary.empty()) {
      std::vector<std::string> names;
      for (const std::string& subset : results_.primary) names.push_back(name_of(subset));
      done_.chosen.push_back({"compare: primary", joined(names)});
    }
    if (results_.noise)
      done_.chosen.push_back({"usual variation between samples of one person",
                              fmt::format("{:.2g} % of a fraction", 100.0 * *results_.noise)});
  }

  [[nodiscard]] std::string name_of(const std::string& subset) const {
    for (const auto& [id, name] : results_.names) {
      if (id == subset) return name;
    }
    return subset;
  }

  /// "... [[Wilson 1927]] ..." -> "... [4] ...".
  std::string with_numbers(const std::string& text) {
    std::string result;
    std::size_t at = 0;
    for (std::size_t open; (open = text.find("[[", at)) != std::string::npos;) {
      const std::size_t close = text.find("]]", open);
      if (close == std::string::npos) break;
      done_.citations.push_back(text.substr(open + 2, close - open - 2));
      result += text.substr(at, open - at) + fmt::format("[{}]", done_.citations.size());
      at = close + 2;
    }
    return result + text.substr(at);
  }

  static std::string without_citations(std::string text) {
    for (std::size_t open; (open = text.find(" [[")) != std::string::npos;) {
      const std::size_t close = text.find("]]", open);
      if (close == std::string::npos) break;
      text.erase(open, close + 2 - open);
    }
    return text;
  }

  const Results& results_;
  Json configuration_ = Json::object();
  std::uint64_t read_ = 0, kept_ = 0;
  std::set<std::string> panels_;
  Done done_;
};

}  // namespace

Done done_of(const Results& results) { return Writer(results).write(); }

}  // namespace gateless
