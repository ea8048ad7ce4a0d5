#include "tests/report/fake_trial.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "tests/report/fake_evidence.hpp"

namespace gateless::report {
namespace {

struct FakeSubset {
  std::string id, name, parent;
  double fraction;             // of the parent, in health
  double sick = 1.0;           // times that at baseline in patients
  double responder = 1.0;      // times baseline at the last visit, where it changes
  std::set<int> changed = {};  // patients
};

const std::set<int> kResponders = {0, 1, 3, 5};

std::vector<FakeSubset> fake_subsets() {
  return {
      {"leukocyte", "Leukocytes", "", 0.96},
      {"b_cell", "B cells", "leukocyte", 0.11, 0.8},
      {"b_asc", "Antibody-secreting cells", "b_cell", 0.015, 2.5, 0.6, {0, 3}},
      {"b_igd_naive_gate", "IgD+ CD27- B cells", "b_cell", 0.66, 0.75},
      {"b_trans", "Transitional B cells", "b_igd_naive_gate", 0.05, 0.8, 2.1, {0, 1, 3, 5}},
      {"b_naive_rest", "Resting naive", "b_igd_naive_gate", 0.84, 0.8, 1.12, {1, 5}},
      {"b_naive_act", "Activated naive (aNAV)", "b_igd_naive_gate", 0.03, 3.5, 0.5, {0, 1, 3}},
      {"b_usm", "Unswitched memory", "b_cell", 0.12, 0.6},
      {"b_swm", "Switched memory", "b_cell", 0.15, 1.0, 0.8, {1}},
      {"b_dn", "Double-negative (DN) B cells", "b_cell", 0.035, 4.0, 0.38, kResponders},
      {"b_dn1", "DN1", "b_dn", 0.62, 0.5},
      {"b_dn2", "DN2 (extrafollicular, ABC-like)", "b_dn", 0.15, 3.2, 0.7, {0, 3, 5}},
      {"b_dn3", "DN3", "b_dn", 0.004, 1.0},
      {"abnormal_memory_b", "Abnormal memory B cells", "b_cell", 0.03, 3.6, 0.45, kResponders},
      {"non_reactive_b", "Non-reactive B cells (operational)", "b_cell", 0.58, 0.65, 1.35,
       kResponders},
      {"t_cell", "T cells", "leukocyte", 0.68},
      {"t_cd4", "CD4+ T cells", "t_cell", 0.62, 0.85},
      {"treg", "Regulatory T cells", "t_cd4", 0.055, 0.8, 1.45, {1, 4}},
      {"treg_helios", "Helios+ Treg", "treg", 0.7, 1.0, 1.1, {1}},
      {"th1", "Th1", "t_cd4", 0.13},
      {"th17", "Th17", "t_cd4", 0.07, 1.3},
      {"ctfh", "Circulating Tfh", "t_cd4", 0.06, 1.4},
  };
}

const std::vector<std::string> kVisits = {"baseline", "week 4", "week 24"};
const std::vector<std::string> kMarkers = {"CD19", "CD20",   "IgD",   "CD27", "CD24", "CD38",
                                           "CD21", "CD11c",  "CD95",  "IgM",  "CD10", "CD3",
                                           "CD4",  "HLA-DR", "CXCR5", "CD138"};

double uniform(std::mt19937& random) {
  return (static_cast<double>(random() >> 5) + 0.5) / 134217728.0;
}

double spread(std::mt19937& random, double size) {
  return std::exp(size * (uniform(random) + uniform(random) + uniform(random) - 1.5) * 2.0);
}

void add_sample(Results& results, const std::vector<FakeSubset>& subsets,
                const std::string& patient, int index, std::size_t visit, std::mt19937& random) {
  const bool is_sick = index >= 0;
  const std::string group = is_sick ? "lupus" : "healthy";
  const std::string sample = patient + "_" + kVisits[visit] + "_B.fcs";
  std::map<std::string, double> events = {{"", 184000.0}};
  std::mt19937 person(static_cast<std::uint32_t>(std::hash<std::string>{}(patient)));
  for (const FakeSubset& subset : subsets) {
    double fraction = subset.fraction * (is_sick ? subset.sick : 1.0) * spread(person, 0.3) *
                      spread(random, 0.06);
    if (subset.changed.count(index) > 0) {
      fraction *= std::pow(subset.responder, static_cast<double>(visit) / 2.0);
    }
    fraction = std::min(fraction, 0.985);
    const double parent = events[subset.parent];
    const double count = std::round(parent * fraction);
    events[subset.id] = count;
    const double error = 1.96 * std::sqrt(fraction * (1.0 - fraction) / std::max(parent, 1.0));
    AbundanceRow row;
    row.sample = sample, row.patient = patient, row.visit = kVisits[visit], row.group = group,
    row.panel = "B";
    row.subset = subset.id, row.name = subset.name, row.parent = subset.parent;
    row.events = count, row.parent_events = parent;
    row.fraction_of_parent = fraction, row.low = std::max(0.0, fraction - error),
    row.high = fraction + error;
    if (!subset.parent.empty() && subset.parent != "leukocyte") {
      row.fraction_of_lineage =
          count /
          events[subset.id.front() == 'b' || subset.parent == "b_cell" ? "b_cell" : "t_cell"];
    }
    row.fraction_of_all = count / 184000.0;
    if (is_sick) row.cells_per_ul = 1900.0 * count / 184000.0;
    row.detection = count < 20   ? Detection::kNotDetected
                    : count < 50 ? Detection::kNotQuantifiable
                                 : Detection::kQuantifiable;
    results.abundance.push_back(row);
  }
  QcRow qc;
  qc.sample = sample, qc.panel = "B", qc.events = 200000;
  const auto lost = [&](double share) {
    return static_cast<std::uint64_t>(200000 * share * spread(random, 0.5));
  };
  qc.dropped = {{"margin", lost(0.004)},
                {"time drift", lost(0.012)},
                {"doublet", lost(0.035)},
                {"debris", lost(0.02)},
                {"dead", lost(0.015)}};
  qc.kept = qc.events;
  for (const auto& [reason, dropped] : qc.dropped) qc.kept -= dropped;
  qc.compensation = "$SPILLOVER, 14 x 14", qc.transforms = "logicle",
  qc.batch_shift = 0.3 * spread(random, 0.6);
  if (patient == "P3" && visit == 1)
    qc.warnings = "the flow rate falls after 70 % of the acquisition";
  results.qc.push_back(qc);
}

const AbundanceRow* row_of(const Results& results, const std::string& subset,
                           const std::string& patient, const std::string& visit) {
  for (const AbundanceRow& row : results.abundance) {
    if (row.subset == subset && row.patient == patient && row.visit == visit) return &row;
  }
  return nullptr;
}

void compare(Results& results, const FakeSubset& subset, std::size_t visit, std::mt19937& random) {
  ChangeRow change;
  change.subset = subset.id, change.name = subset.name,
  change.comparison = kVisits[visit] + " - baseline";
  change.denominator = subset.parent;
  std::vector<double> before, after, difference;
  for (int patient = 0; patient < 6; ++patient) {
    const std::string name = "P" + std::to_string(patient + 1);
    const AbundanceRow* first = row_of(results, subset.id, name, "baseline");
    const AbundanceRow* then = row_of(results, subset.id, name, kVisits[visit]);
    PatientRow row;
    row.subset = subset.id, row.name = subset.name, row.patient = name, row.visit = kVisits[visit];
    row.before = first->fraction_of_parent, row.after = then->fraction_of_parent;
    row.change = *row.after / *row.before - 1.0;
    const double error = 0.06 + 1.4 / std::sqrt(1.0 + std::min(first->events, then->events));
    row.low = (1.0 + *row.change) * std::exp(-1.96 * error) - 1.0;
    row.high = (1.0 + *row.change) * std::exp(1.96 * error) - 1.0;
    row.p = std::min(1.0, std::exp(-std::abs(*row.change) / error));
    row.call = std::min(first->events, then->events) < 50 ? Call::kNotQuantifiable
               : *row.high < -0.05                        ? Call::kDown
               : *row.low > 0.05                          ? Call::kUp
                                                          : Call::kNoChange;
    row.detection_before = first->detection, row.detection_after = then->detection;
    change.patients_quantifiable += row.call != Call::kNotQuantifiable;
    change.patients_up += row.call == Call::kUp;
    change.patients_down += row.call == Call::kDown;
    results.patients.push_back(row);
    before.push_back(*row.before), after.push_back(*row.after),
        difference.push_back(*row.after - *row.before);
  }
  std::sort(before.begin(), before.end());
  std::sort(after.begin(), after.end());
  std::sort(difference.begin(), difference.end());
  change.patients = 6;
  change.median_before = (before[2] + before[3]) / 2,
  change.median_after = (after[2] + after[3]) / 2;
  change.change = (difference[2] + difference[3]) / 2, change.change_low = difference[0],
  change.change_high = difference[5];
  change.test = "exact paired Wilcoxon", change.p_floor = 0.03125;
  const bool all_fell = difference[5] < 0.0;
  change.p = all_fell ? 0.03125 : 0.0625 + 0.9 * uniform(random);
  change.family =
      subset.id == "b_dn" || subset.id == "abnormal_memory_b" ? "primary" : "exploratory";
  change.q = std::min(1.0, *change.p * (change.family == "primary" ? 2.0 : 3.5));
  change.activity_rho = subset.changed.empty() ? 0.1 : 0.83,
  change.activity_p = subset.changed.empty() ? 0.87 : 0.058;
  results.changes.push_back(change);
}

/// Medians of some markers in every subset: CD95 fell in double-negative cells, nothing else changed.
void add_marker_changes(Results& results, const std::vector<FakeSubset>& subsets,
                        std::mt19937& random) {
  for (const FakeSubset& subset : subsets) {
    for (const char* marker : {"CD21", "CD95", "HLA-DR"}) {
      for (const char* visit : {"week 4", "week 24"}) {
        const bool is_changed = subset.id == "b_dn" && std::string(marker) == "CD95";
        MarkerChangeRow row;
        row.panel = "B", row.subset = subset.id, row.name = subset.name, row.marker = marker;
        row.comparison = std::string(visit) + " - baseline", row.patients = 6;
        row.change = is_changed ? -0.8 : 0.1 * uniform(random) - 0.05;
        row.median_before = 2.0, row.median_after = 2.0 + *row.change;
        row.change_low = *row.change - 0.1, row.change_high = *row.change + 0.1, row.spread = 0.5;
        row.patients_up = is_changed ? 0 : 3, row.patients_down = is_changed ? 6 : 3;
        row.test = "exact paired Wilcoxon", row.p_floor = 0.03125;
        row.p = is_changed ? 0.03125 : 0.6, row.q = is_changed ? 0.04 : 0.9;
        results.marker_changes.push_back(row);
      }
    }
  }
}

void add_clusters(Results& results, const std::vector<FakeSubset>& subsets, std::size_t number,
                  std::mt19937& random) {
  for (std::size_t index = 0; index < number; ++index) {
    const FakeSubset& subset = subsets[(3 + index * 5) % subsets.size()];
    ClusterRow row;
    row.panel = "B", row.metacluster = static_cast<std::uint32_t>(index + 1),
    row.map = index % 3 == 2 ? "b_cell" : "";
    row.nodes = 2 + index % 5,
    row.events = static_cast<std::uint64_t>(120000 * spread(random, 1.2));
    const bool is_named = index % 7 != 6;
    row.subset = is_named ? subset.id : "unassigned", row.name = is_named ? subset.name : "";
    row.confidence = is_named ? 0.6 + 0.4 * uniform(random) : 0.2;
    row.phenotype = "CD19+ IgD- CD27- CD21low CD11c+";
    row.explanation = is_named ? "for: IgD neg (0.98), CD27 neg (0.95); against: CD38 int (0.3)"
                               : "no subset fits: CD19 and CD3 both positive";
    for (const std::string& marker : kMarkers)
      row.medians.emplace_back(marker, 4.2 * uniform(random) * uniform(random) - 0.2);
    results.clusters.push_back(row);
  }
}

void add_the_rest(Results& results) {
  results.abnormal = {{"B-14", "b_dn2", "DN2 (extrafollicular, ABC-like)",
                       "CD19high IgD- CD27- CD21- CD11c+ CXCR5-", 8123, 0.21, 6.4,
                       "named DN2; 6.4 times the healthy frequency", 0.0043, 0.013, 0.83, 0.058, 6},
                      {"B-22",
                       "unassigned",
                       "",
                       "CD19+ IgD- CD27+ CD21low CD95+ CD11c+",
                       1410,
                       0.04,
                       3.1,
                       "not named; off the healthy range in 4 of 6 patients",
                       0.041,
                       0.08,
                       {},
                       {},
                       4}};
  results.unresolved = {
      {"b_t3", "Transitional T3", "B", "MTG is not in the panel"},
      {"b_pc", "Plasma cells", "B", "CD138 is in the panel but its levels do not separate"},
      {"tph", "Peripheral helper T (Tph)", "B", "PD-1 is not in the panel"}};
  add_fake_evidence(results);
  GateRow gate;
  gate.sample = "P1_baseline_B";
  gate.panel = "B";
  gate.gate = gate.subset = "b_cell";
  gate.name = "B cells";
  gate.x_channel = "BV421-A", gate.x_marker = "CD19", gate.x_low = 1210.0;
  gate.y_channel = "FITC-A", gate.y_marker = "CD3", gate.y_high = 850.0;
  gate.events = 10'100, gate.labelled = 10'000, gate.labelled_inside = 9'900;
  results.gates = {gate};
  results.stages = {{"read", 9.2, 1'150'000'000, 4'800'000, 900'000'000},
                    {"clean", 4.1, 0, 4'800'000, 1'100'000'000},
                    {"transform", 3.4, 0, 4'390'000, 1'100'000'000},
                    {"pool", 1.2, 280'000'000, 4'390'000, 1'200'000'000},
                    {"cluster", 11.8, 0, 4'390'000, 1'300'000'000},
                    {"metacluster", 0.1, 0, 0, 1'300'000'000},
                    {"annotate", 6.5, 0, 4'390'000, 1'300'000'000},
                    {"refine", 5.2, 0, 480'000, 1'300'000'000},
                    {"measure", 0.4, 0, 0, 1'300'000'000},
                    {"compare", 0.2, 0, 0, 1'300'000'000},
                    {"tell", 2.2, 310'000'000, 4'390'000, 1'300'000'000}};
  results.warnings = {
      "P3_week 4_B.fcs: the flow rate falls after 70 % of the acquisition (its late events were "
      "dropped)",
      "CXCR5 is stained but not in the model of DN cells: DN2 is called by CD21 and CD11c alone"};
}

Results trial_of(const std::vector<FakeSubset>& subsets, int patients, int controls,
                 std::size_t number_of_clusters) {
  std::mt19937 random(7);
  Results results;
  results.study = "UC-MSC in refractory lupus, B cells";
  results.version = "0.1.0", results.backend = "cpu (AVX2)", results.device = "2 cores",
  results.seed = 1;
  results.configuration = R"({"cluster":{"algorithm":"som","grid":"10x10"},"seed":1})";
  results.visits = kVisits, results.baseline = "baseline", results.activity_name = "SLEDAI";
  results.primary = {"b_dn", "abnormal_memory_b"};
  results.secondary = {"non_reactive_b", "b_trans", "b_naive_act", "b_dn2", "b_dn3", "b_swm",
                       "b_asc",          "treg",    "treg_helios", "th17",  "ctfh",  "tph"};
  for (int patient = 0; patient < patients; ++patient) {
    const std::string name = "P" + std::to_string(patient + 1);
    results.patient_groups.emplace_back(name, "lupus");
    for (std::size_t visit = 0; visit < kVisits.size(); ++visit)
      add_sample(results, subsets, name, patient, visit, random);
    const double start = 8.0 + 2.0 * (patient % 4);
    const double end = kResponders.count(patient) > 0 ? start * 0.4 : start - 1.0;
    results.activity.push_back(
        {name, {{"baseline", start}, {"week 4", (start + end) / 2}, {"week 24", end}}});
  }
  for (int control = 0; control < controls; ++control) {
    const std::string name = "H" + std::to_string(control + 1);
    results.patient_groups.emplace_back(name, "healthy");
    add_sample(results, subsets, name, -1, 0, random);
  }
  for (std::size_t visit = 1; visit < kVisits.size(); ++visit) {
    for (const FakeSubset& subset : subsets) {
      if (subset.id != "leukocyte") compare(results, subset, visit, random);
    }
  }
  add_marker_changes(results, subsets, random);
  add_clusters(results, subsets, number_of_clusters, random);
  add_the_rest(results);
  return results;
}

}  // namespace

Results fake_trial() { return trial_of(fake_subsets(), 6, 6, 24); }

Results large_trial() {
  std::vector<FakeSubset> subsets = fake_subsets();
  for (int index = 0; subsets.size() < 50; ++index) {
    subsets.push_back(
        {"t_" + std::to_string(index), "CD4+ subset " + std::to_string(index), "t_cd4", 0.03});
  }
  return trial_of(subsets, 9, 13, 60);
}

}  // namespace gateless::report
