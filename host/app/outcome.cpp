#include "host/app/outcome.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "host/app/channel_table.hpp"
#include "host/app/cluster_counts.hpp"
#include "host/app/embedded.hpp"
#include "host/app/evidence.hpp"
#include "host/app/labelled_files.hpp"
#include "host/app/presented.hpp"
#include "host/app/shown_values.hpp"
#include "host/core/error.hpp"
#include "host/report/figures.hpp"
#include "host/report/report.hpp"
#include "io/atomic_file.hpp"
#include "io/model_file.hpp"
#include "io/multiqc.hpp"
#include "io/result_tables.hpp"
#include "io/run_json.hpp"
#include "io/sha256.hpp"

namespace gateless {
namespace {

/// Places of the pool's samples in the qc table, which is in sample order.
std::vector<QcRow> qc_in_sample_order(const Outcome& outcome) {
  const std::vector<std::string> names = sample_names(outcome.samples);
  std::vector<QcRow> rows(outcome.samples.size());
  for (const PanelAnalysis& analysis : outcome.analyses) {
    for (std::size_t position = 0; position < analysis.events.samples.size(); ++position) {
      const std::size_t sample = analysis.events.samples[position].sample;
      rows[sample] = analysis.events.qc[position];
      rows[sample].sample = names[sample];
    }
  }
  return rows;
}

/// Events of a sample that its medians are taken from.
constexpr std::size_t kEventsForMedian = 5000;

/// Quantile of at most kEventsForMedian values at a fixed stride.
float quantile_of(std::span<const float> values, double quantile) {
  const std::size_t stride = std::max<std::size_t>(1, values.size() / kEventsForMedian);
  std::vector<float> taken;
  for (std::size_t index = 0; index < values.size(); index += stride)
    taken.push_back(values[index]);
  const auto place =
      taken.begin() + static_cast<std::ptrdiff_t>(quantile * static_cast<double>(taken.size() - 1));
  std::nth_element(taken.begin(), place, taken.end());
  return *place;
}

/// Largest distance of a marker's median in a sample from the panel's, in units of the panel's spread (half of the
/// range between its 16 % and 84 % quantiles).
void add_batch_shifts(const Outcome& outcome, std::vector<QcRow>& rows) {
  for (const PanelAnalysis& analysis : outcome.analyses) {
    const EventView view = analysis.events.store.view();
    for (std::size_t marker = 0; marker < view.markers; ++marker) {
      const std::span<const float> values = view.marker(marker);
      const double median = quantile_of(values, 0.5);
      const double spread = (quantile_of(values, 0.84) - quantile_of(values, 0.16)) / 2.0;
      if (spread <= 0.0) continue;
      for (std::size_t position = 0; position < analysis.events.samples.size(); ++position) {
        const SampleRange& range = analysis.events.store.ranges()[position];
        const std::span<const float> own_values = values.subspan(range.first, range.count);
        const double own = quantile_of(own_values, 0.5);
        const double own_spread =
            (quantile_of(own_values, 0.84) - quantile_of(own_values, 0.16)) / 2.0;
        QcRow& row = rows[analysis.events.samples[position].sample];
        const double shift = std::abs(own - median) / spread;
        row.spreads.push_back(
            {analysis.events.markers[marker], (own - median) / spread, own_spread / spread});
        if (shift >= row.batch_shift.value_or(0.0))
          row.shifted_marker = analysis.events.markers[marker];
        row.batch_shift = std::max(row.batch_shift.value_or(0.0), shift);
      }
    }
  }
}

std::uint64_t total(const Outcome& outcome, std::size_t (*count)(const PanelAnalysis&)) {
  std::uint64_t sum = 0;
  for (const PanelAnalysis& analysis : outcome.analyses) sum += count(analysis);
  return sum;
}

RunRecord record_of(const Outcome& outcome) {
  RunRecord record;
  record.command = outcome.command;
  std::vector<InputFile> inputs(outcome.samples.size());
  std::uint64_t events = 0;
  for (const PanelAnalysis& analysis : outcome.analyses) {
    for (const PooledSample& sample : analysis.events.samples) {
      inputs[sample.sample] = {outcome.samples[sample.sample].file, sample.sha256};
      events += sample.events;
    }
  }
  record.inputs = std::move(inputs);
  record.counts = {
      {"samples", outcome.samples.size()},
      {"events", events},
      {"kept", total(outcome, [](const PanelAnalysis& one) { return one.events.store.events(); })},
      {"panels", outcome.analyses.size()},
      {"nodes",
       total(outcome, [](const PanelAnalysis& one) { return one.clustering.codebook.rows(); })},
      {"metaclusters",
       total(outcome, [](const PanelAnalysis& one) { return one.clusters.size(); })}};
  return record;
}

/// Medians in the order of the table's columns (markers as they first appear), the same for all panels.
void order_medians(std::vector<ClusterRow>& clusters) {
  std::vector<std::string> markers;
  for (const ClusterRow& cluster : clusters) {
    for (const auto& [marker, median] : cluster.medians) {
      if (std::find(markers.begin(), markers.end(), marker) == markers.end())
        markers.push_back(marker);
    }
  }
  const auto place = [&](const std::string& marker) {
    return std::find(markers.begin(), markers.end(), marker);
  };
  for (ClusterRow& cluster : clusters) {
    std::sort(cluster.medians.begin(), cluster.medians.end(),
              [&](const auto& a, const auto& b) { return place(a.first) < place(b.first); });
  }
}

}  // namespace

std::string fingerprint_of(const std::string& configuration, const Knowledge& knowledge,
                           const std::vector<PanelEvents>& panels) {
  std::string text =
      fmt::format("{}\n{}\n{}\n", GATELESS_VERSION, configuration, sha256_of_text(knowledge.text));
  for (const PanelEvents& panel : panels) {
    text += panel.panel.name + "\n";
    for (const PooledSample& sample : panel.samples)
      text += fmt::format("{} {}\n", sample.sample, sample.sha256);
  }
  return sha256_of_text(text);
}

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

std::string file_name_of(const std::string& name) {
  std::string clean;
  for (const char letter : name) {
    const bool is_plain = (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') ||
                          (letter >= 'a' && letter <= 'z') || letter == '.' || letter == '-';
    clean += is_plain ? letter : '_';
  }
  return clean.empty() ? "_" : clean;
}

void check_folder(const std::string& dir) {
  std::filesystem::path place = std::filesystem::absolute(dir).lexically_normal();
  std::error_code ignored;
  while (!std::filesystem::exists(place, ignored) && place.has_relative_path())
    place = place.parent_path();
  const bool is_folder = std::filesystem::is_directory(place, ignored);
  if (is_folder && access(place.c_str(), W_OK | X_OK) == 0) return;
  throw InputError(
      fmt::format("{}: cannot write here: {} (the results need a place); choose another --out", dir,
                  is_folder ? place.string() + " is not writable" : place.string() + " is a file"));
}

std::string shifts_in_words(const std::vector<QcRow>& rows) {
  constexpr double kLargeShift = 0.3;  // files that are alike stay below a third of it
  constexpr std::size_t kNamed = 4;
  std::vector<const QcRow*> shifted;
  for (const QcRow& row : rows) {
    if (row.batch_shift.value_or(0.0) >= kLargeShift) shifted.push_back(&row);
  }
  if (shifted.empty()) return {};
  std::stable_sort(shifted.begin(), shifted.end(), [](const QcRow* one, const QcRow* other) {
    return *one->batch_shift > *other->batch_shift;
  });
  std::vector<std::string> words;
  for (std::size_t index = 0; index < std::min(kNamed, shifted.size()); ++index) {
    words.push_back(fmt::format("{} ({} by {:.2f})", shifted[index]->sample,
                                shifted[index]->shifted_marker, *shifted[index]->batch_shift));
  }
  if (shifted.size() > kNamed) words.push_back(fmt::format("{} more", shifted.size() - kNamed));
  return fmt::format(
      "the median of a marker is shifted against its panel, by {} spreads or more, in {} of {} "
      "samples: {}; a change there may come from staining (qc.csv, batch_shift)",
      kLargeShift, shifted.size(), rows.size(), fmt::join(words, ", "));
}

void make_folder(const std::string& dir) {
  std::error_code failure;
  std::filesystem::create_directories(dir, failure);
  if (!std::filesystem::is_directory(dir)) {
    throw InputError(fmt::format(
        "{}: cannot make this folder: {} (the results need a place); choose another --out", dir,
        failure ? failure.message() : "a file of this name is in the way"));
  }
}

Results describe(const Outcome& outcome, const Backend& backend) {
  Results results;
  results.version = GATELESS_VERSION;
  results.backend = backend.name();
  results.device = backend.device();
  results.seed = outcome.seed;
  results.configuration = outcome.configuration;
  for (const PanelAnalysis& analysis : outcome.analyses) {
    for (const ClusterRow& cluster : analysis.clusters) {
      results.clusters.push_back(cluster);
      show(results.clusters.back(), analysis.events);
    }
    for (const UnresolvedSubset& subset : analysis.subsets.unresolved) {
      results.unresolved.push_back(
          {subset.id, subset.name, analysis.events.panel.name, subset.reason, subset.by_data});
    }
  }
  order_medians(results.clusters);
  results.qc = qc_in_sample_order(outcome);
  results.channels = channel_rows(outcome);
  results.cluster_counts = cluster_counts(outcome);
  add_batch_shifts(outcome, results.qc);
  add_evidence(outcome, results);
  return results;
}

Model freeze_all(const Outcome& outcome, const std::string& fingerprint) {
  Model model;
  model.version = GATELESS_VERSION;
  model.seed = outcome.seed;
  model.knowledge = outcome.knowledge.text;
  model.configuration = outcome.configuration;
  model.fingerprint = fingerprint;
  for (const PanelAnalysis& analysis : outcome.analyses) model.panels.push_back(freeze(analysis));
  return model;
}

void write_outcome(const Outcome& outcome, Results results, Console& console) {
  console.stage("tell", 0);
  add_unassigned(results);
  blank_absent(results);
  round_numbers(results);
  const RunRecord record = record_of(outcome);
  if (outcome.events != EventsOutput::kNone) {
    write_events(outcome);
  }
  if (outcome.writes_fcs) write_labelled_files(outcome, outcome.threads);
  // Where nothing is compared no table of comparisons is left behind.
  const bool is_study = outcome.command == "run" || outcome.command == "combine";
  write_tables(results, outcome.dir, is_study ? EmptyTables::kWritten : EmptyTables::kLeftOut);
  write_columns(embedded::columns_text(), outcome.dir);
  write_multiqc(results, outcome.dir);
  console.finish(record.counts[1].second, 0);
  results.stages = console.stages();
  results.warnings = console.warnings();
  write_report_json(results, outcome.dir);
  write_report(results, outcome.dir);
  if (outcome.writes_figures) write_figures(results, outcome.dir);
  write_run_json(results, record, outcome.dir);
}

void write_figures(const Results& results, const std::string& dir) {
  make_folder(dir + "/figures");
  for (const PaperFigure& figure : paper_figures(results)) {
    AtomicFile file(fmt::format("{}/figures/{}.svg", dir, figure.name));
    file.write(figure.svg);
    file.commit();
  }
}

void write_report(const Results& results, const std::string& dir) {
  AtomicFile file(dir + "/report.html");
  file.write(render_report(results));
  file.commit();
}

}  // namespace gateless
