// The fake trial with hostile text wherever a file can bring text in.
#include "tests/report/fake_trial.hpp"

namespace gateless::report {
namespace {

const char* const kHostile =
    "</script><script>alert(1)</script><!-- \"'& {{page.css}} \xE2\x80\xA8";

}  // namespace

Results hostile_trial() {
  Results results = fake_trial();
  results.study = results.configuration = results.device = results.activity_name = kHostile;
  for (AbundanceRow& row : results.abundance) {
    row.name = row.sample = row.group = row.panel = kHostile;
    if (row.patient == "P1") row.patient = kHostile;
  }
  for (PatientRow& row : results.patients) {
    row.name = kHostile;
    if (row.patient == "P1") row.patient = kHostile;
  }
  for (ChangeRow& row : results.changes) row.name = row.test = row.family = kHostile;
  for (MarkerChangeRow& row : results.marker_changes)
    row.name = row.panel = row.marker = row.test = kHostile;
  for (ClusterRow& row : results.clusters) {
    row.name = row.phenotype = row.explanation = row.compared = row.panel = kHostile;
    for (auto& [marker, median] : row.medians) marker += kHostile;
  }
  for (AbnormalRow& row : results.abnormal) row.phenotype = row.evidence = row.cluster = kHostile;
  for (QcRow& row : results.qc) row.sample = row.warnings = row.compensation = kHostile;
  for (UnresolvedRow& row : results.unresolved) row.name = row.reason = kHostile;
  for (BackGate& gate : results.back_gates) {
    gate.x_marker = gate.parent = gate.partition = kHostile;
    for (std::string& part : gate.parts) part = kHostile;
    for (BackGateSample& sample : gate.samples) sample.sample = kHostile;
  }
  for (SampledEvents& sampled : results.sampled_events) {
    sampled.panel = kHostile;
    for (SampledMarker& marker : sampled.markers) marker.marker = kHostile;
    for (SampledStratum& stratum : sampled.strata) stratum.sample = stratum.subset = kHostile;
  }
  for (NodeTree& tree : results.node_trees) tree.panel = tree.markers[0] = kHostile;
  for (GateRow& row : results.gates) row.name = row.x_marker = row.path = row.panel = kHostile;
  for (StageRow& row : results.stages) row.name = kHostile;
  for (QcRow& row : results.qc)
    row.shifted_marker = row.thresholds = kHostile, row.batch_shift = 2.0;
  results.implausible = {{kHostile, kHostile, kHostile, kHostile, kHostile, kHostile, kHostile}};
  results.names = {{"b_dn", kHostile}};
  results.responders = {kHostile};
  results.warnings.push_back(kHostile);
  results.limits = {kHostile};
  return results;
}

}  // namespace gateless::report
