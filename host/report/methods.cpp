#include "host/report/methods.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "host/report/cleaning_text.hpp"
#include "host/report/comparison_methods.hpp"
#include "host/report/improvement.hpp"
#include "host/report/odd_files.hpp"
#include "host/report/sentences.hpp"
#include "host/report/settings_text.hpp"
#include "host/report/subset_text.hpp"

namespace gateless::report {
namespace {

/// Collects the text and numbers its citations.
class Writer {
 public:
  explicit Writer(const Results& results)
      : results_(results), configuration_(results.configuration) {
    for (const QcRow& row : results.qc) panels_.insert(row.panel);
  }

  Done write() {
    add_files();
    add("Cleaning", cleaning_in_words(results_));
    add("Odd stretches and files", odd_files_in_words(results_));
    add_transforms();
    add_clusters();
    add_names();
    add_fractions();
    for (const Step& step : comparison_steps(results_, configuration_)) add(step.title, step.text);
    add_repeat();
    done_.chosen = settings_left_to_the_program(results_);
    for (const Step& step : done_.steps) {
      const std::string text = with_numbers(step.text);
      done_.methods += (done_.methods.empty() ? "" : " ") + text;
    }
    for (Step& step : done_.steps) step.text = without_citations(step.text);
    return std::move(done_);
  }

 private:
  void add(const std::string& title, const std::string& text) {
    if (!text.empty()) done_.steps.push_back({title, text});
  }

  /// One panel that the program called so itself.
  [[nodiscard]] bool is_unnamed() const {
    return panels_.size() == 1 && *panels_.begin() == "panel";
  }

  void add_files() {
    if (results_.qc.empty()) return;
    add("Files", fmt::format("{} of {}{} were analysed with gateless {} (seed {}). Compensation: "
                             "{}.",
                             counted(results_.qc.size(), "file"), counted(panels_.size(), "panel"),
                             is_unnamed() ? "" : fmt::format(" ({})", fmt::join(panels_, ", ")),
                             results_.version, results_.seed, compensation_text(results_)));
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
        parts.push_back(fmt::format("asinh(x / {}) for {}", cofactor(), joined(markers)));
      } else {
        parts.push_back(fmt::format("no transform for {}", joined(markers)));
      }
    }
    if (parts.empty()) return;
    add("Transforms", fmt::format("Values were put on a scale that is linear around zero and "
                                  "logarithmic above, the same for all files of a panel: {}.",
                                  fmt::join(parts, "; ")));
  }

  /// "5"; of several "cofactor".
  [[nodiscard]] std::string cofactor() const {
    std::set<std::string> cofactors;
    for (const ChannelRow& row : results_.channels) {
      const std::size_t open = row.transform.find('('), close = row.transform.rfind(')');
      if (row.transform.starts_with("arcsinh(") && close != std::string::npos)
        cofactors.insert(row.transform.substr(open + 1, close - open - 1));
    }
    return cofactors.size() == 1 ? *cofactors.begin() : "cofactor";
  }

  void add_clusters() {
    const std::string grid = configuration_.setting("cluster", "grid"),
                      nodes = configuration_.setting("cluster", "nodes"),
                      epochs = configuration_.setting("cluster", "epochs");
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
            "were joined to metaclusters by consensus over 60 resamples [[Monti S et al. "
            "Consensus clustering. Mach Learn 2003;52:91-118]], as was done before for "
            "cytometry [[Van Gassen S et al. FlowSOM. Cytometry A 2015;87:636-645]]; "
            "{} in all. Stability is the overlap of a metacluster with the most similar one of "
            "a resample, mean over these (Jaccard, 0 to 1).",
            map, counted(results_.clusters.size(), "metacluster")));
    add("Clusters of one lineage", second_stage());
  }

  /// Subsets that were clustered again, with the number of their metaclusters.
  [[nodiscard]] std::string second_stage() const {
    std::map<std::string, std::size_t> numbers;
    for (const ClusterRow& row : results_.clusters) {
      if (!row.map.empty()) ++numbers[row.map];
    }
    std::vector<std::string> parts;
    for (const auto& [map, number] : numbers) {
      std::string markers;
      for (const NodeTree& tree : results_.node_trees) {
        if (tree.map == map && markers.empty()) markers = joined(tree.markers);
      }
      parts.push_back(fmt::format("{} ({}{})", known_name(results_, map),
                                  counted(number, "metacluster"),
                                  markers.empty() ? "" : " on " + markers));
    }
    if (parts.empty()) return "";
    return fmt::format("In a second stage the events of {} were clustered again in the same way.",
                       fmt::join(parts, " and "));
  }

  void add_names() {
    if (results_.abundance.empty()) return;
    const bool has_own_borders = !configuration_.setting(nullptr, "levels").empty();
    add("Names",
        fmt::format("Subsets are defined by the levels of markers within their parent, in the "
                    "knowledge file {}. A border between two levels was learned once from the "
                    "pooled events of the parent: where the "
                    "flanks of two modes meet, or 1.645 spreads beyond the lower one where they "
                    "overlap or dim cells lie between; "
                    "beside a single mode other lineages served as negative controls; {}. In each "
                    "file the borders move with the "
                    "file's own modes, so they differ between files. An event's probability for a "
                    "subset is that of lying on its "
                    "side of every border, given the width of the modes there (lineages, which "
                    "stand far apart, by the densities of their levels), times that for the "
                    "parent; it carries the name of the "
                    "smallest subset for which this is 0.5 or more. Clusters are named by the "
                    "events in them and change no "
                    "fraction; their confidence is the share of events that carry the name.",
                    knowledge_file(),
                    has_own_borders ? "some borders were set by hand" : "no gate was set by hand"));
    add("Reported subsets", reported_subsets_in_words(results_));
  }

  /// "that comes with gateless 0.1.0 (SHA-256 of its text 0123456789ab...)".
  [[nodiscard]] std::string knowledge_file() const {
    constexpr std::size_t kDigits = 12;
    const std::vector<std::string> files = configuration_.list("knowledge");
    const bool is_shipped = files.empty() || files == std::vector<std::string>{"shipped"};
    return (is_shipped ? "that comes with gateless " + results_.version
                       : "of the study (" + without_folders(joined(files)) + ")") +
           (results_.knowledge_sha256.empty()
                ? ""
                : fmt::format(" (its SHA-256 begins with {})",
                              results_.knowledge_sha256.substr(0, kDigits)));
  }

  void add_fractions() {
    if (results_.abundance.empty()) return;
    add("Fractions",
        fmt::format(
            "A fraction is the expected number of events of a subset (the sum of their "
            "probabilities) over that of its parent; its 95 % interval is Wilson's [[Wilson "
            "EB. JASA 1927;22:209-212]], of as many events as give the variance of counting and "
            "that of uncertain names "
            "(p (1 - p), summed over the events) together. Fewer than {} "
            "events are called not detected, up to {} not quantifiable.",
            whole(configuration_.setting("compare", "detected"), "20"),
            whole(configuration_.setting("compare", "quantifiable"), "50")));
  }

  void add_repeat() {
    if (results_.abundance.empty() || configuration_.setting(nullptr, "seed").empty()) return;
    add("To repeat it",
        fmt::format("gateless {}: gateless run study.yaml --out result --seed {}; the settings of "
                    "study.yaml are under Reproduce.",
                    results_.version, results_.seed));
  }

  static std::string whole(const std::string& number, const char* otherwise) {
    return number.empty() ? otherwise : fmt::format("{:g}", std::strtod(number.c_str(), nullptr));
  }

  /// "... [[Wilson 1927]] ..." -> "... [4] ...".
  std::string with_numbers(const std::string& text) {
    std::string result;
    std::size_t at = 0;
    for (std::size_t open = 0; (open = text.find("[[", at)) != std::string::npos;) {
      const std::size_t close = text.find("]]", open);
      if (close == std::string::npos) break;
      done_.citations.push_back(text.substr(open + 2, close - open - 2));
      result += text.substr(at, open - at) + fmt::format("[{}]", done_.citations.size());
      at = close + 2;
    }
    return result + text.substr(at);
  }

  static std::string without_citations(std::string text) {
    for (std::size_t open = 0; (open = text.find(" [[")) != std::string::npos;) {
      const std::size_t close = text.find("]]", open);
      if (close == std::string::npos) break;
      text.erase(open, close + 2 - open);
    }
    return text;
  }

  const Results& results_;
  Configuration configuration_;
  std::set<std::string> panels_;
  Done done_;
};

}  // namespace

Done done_of(const Results& results) { return Writer(results).write(); }

}  // namespace gateless::report
