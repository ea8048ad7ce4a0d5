// The rows of every table that a run leaves behind, as the report and the CSV files show them.
// Fractions are 0..1; an empty optional is "not available" and an empty field in CSV.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/core/matrix.hpp"

namespace gateless {

using Number = std::optional<double>;

enum class Detection { kNotDetected, kNotQuantifiable, kQuantifiable, kNotResolvable };
enum class Call { kUp, kDown, kNoChange, kNotQuantifiable };

/// abundance.csv: subset x sample.
struct AbundanceRow {
  std::string sample, patient, visit, group, panel;
  std::string subset, name, parent;  ///< ids and the subset's name in words
  double events = 0.0;               ///< expected number: sum of probabilities
  double parent_events = 0.0;
  Number fraction_of_parent, low, high;  ///< 95 % interval of fraction_of_parent
  Number fraction_of_lineage;            ///< of B cells, T cells ...: the ancestor below the root
  Number fraction_of_all;                ///< of kept events
  Number cells_per_ul;
  Number
      fraction_by_mixture;  ///< of parent, by the densities of the siblings instead of the borders between them
  /// Events whose label in the files of events is this subset or one below it; none for sums, ratios and overlays.
  Number labelled_events;
  Detection detection = Detection::kNotDetected;
  std::string reason;  ///< why the data do not tell it; then there is no number
  /// Parent events that would give the same interval by counting alone: fewer where names are in doubt.
  double effective_parent_events = 0.0;
  bool is_withheld =
      false;  ///< a marker that tells the subset says nothing in this sample: nothing is called
};

/// changes.csv: subset x comparison, over patients.
struct ChangeRow {
  std::string subset, name, comparison;  ///< e.g. "week 24 - baseline"
  std::string denominator;               ///< what the fraction is of
  std::size_t patients = 0;
  std::size_t patients_quantifiable = 0;  ///< of these, with events enough for a call
  Number median_before, median_after;
  Number change, change_low,
      change_high;  ///< Hodges-Lehmann, difference of fractions, with its interval
  std::size_t patients_up = 0, patients_down = 0;
  std::string test;      ///< "exact paired Wilcoxon"
  Number p, p_floor, q;  ///< q: Benjamini-Hochberg within the family
  std::string family;    ///< "primary" or "exploratory"
  /// Spearman of change against change of the activity score; q over the subsets of a family at one visit.
  Number activity_rho, activity_p, activity_q;
};

/// patients.csv: subset x patient x visit.
struct PatientRow {
  std::string subset, name, patient, visit;
  Number before, after;      ///< fractions of parent
  Number change, low, high;  ///< relative: after / before - 1, with its 95 % interval
  Number p;
  Call call = Call::kNotQuantifiable;
  Detection detection_before = Detection::kNotDetected, detection_after = Detection::kNotDetected;
};

/// A marker of one population in one sample.
struct MarkerMedian {
  std::string marker;
  double median = 0.0;  ///< as shown
  double spread = 0.0;  ///< half of the range between the cells' 16 % and 84 % quantiles, as shown

  friend bool operator==(const MarkerMedian&, const MarkerMedian&) = default;
};

/// marker_medians.csv: subset x sample; only where it is detected.
struct MarkerMediansRow {
  std::string sample, patient, visit, group, panel;
  std::string subset, name;
  std::uint64_t events = 0;           ///< with the label of the subset, or of one below it
  std::vector<MarkerMedian> markers;  ///< all that the panel was clustered on
};

/// marker_changes.csv: marker x subset x comparison, over patients; markers that do not define the subset.
struct MarkerChangeRow {
  std::string panel, subset, name, marker, comparison;
  std::size_t patients = 0;  ///< with events enough at both visits
  Number median_before, median_after;
  Number change, change_low, change_high;  ///< Hodges-Lehmann, as shown
  Number spread;                           ///< of the cells within a sample, median over samples
  std::size_t patients_up = 0, patients_down = 0;  ///< signs of the differences
  std::string test;
  Number p, p_floor, q;  ///< q: Benjamini-Hochberg over all rows
};

/// clusters.csv: metacluster.
struct ClusterRow {
  std::string panel;
  std::uint32_t metacluster = 0;  ///< 1-based, unique over panels
  std::string map;  ///< "" for the panel's own map, else the subset that was clustered again
  std::size_t nodes = 0;
  std::uint64_t events = 0;
  std::string subset, name, parent;
  Number confidence;
  Number stability = {};      ///< how surely the metacluster is found again over resamples, 0..1
  std::string phenotype;      ///< e.g. "CD19+ IgD- CD27- CD21low"
  std::string explanation;    ///< which markers speak for and against the name
  std::string compared = {};  ///< how a second source defines the subset, and where the two differ
  std::vector<std::pair<std::string, double>> medians;  ///< marker -> transformed units, as shown
};

/// cluster_counts.csv: metacluster x sample.
struct ClusterCountRow {
  std::string sample, panel, map;  ///< `map` as in ClusterRow
  std::uint32_t metacluster = 0;
  std::uint64_t events = 0;
  double fraction = 0.0;  ///< of the sample's events on that map
};

/// abnormal.csv: abnormal cluster or subset.
struct AbnormalRow {
  std::string cluster, subset, name, phenotype;
  double events = 0.0;
  Number fraction_of_memory_b, enrichment;
  std::string evidence;
  Number p, q, activity_rho, activity_p;
  std::size_t patients_present = 0;       ///< patients in whom it is detected
  std::size_t patients_quantifiable = 0;  ///< of these, in whom it is quantifiable
};

/// A marker in one sample, in units of the panel's spread (half of the range between its 16 % and 84 % quantiles).
struct MarkerSpread {
  std::string marker;
  double shift = 0.0;  ///< median less the panel's median
  double width = 1.0;  ///< the sample's own spread

  friend bool operator==(const MarkerSpread&, const MarkerSpread&) = default;
};

/// qc.csv: sample.
struct QcRow {
  std::string sample, panel;
  std::uint64_t events = 0, kept = 0;
  std::vector<std::pair<std::string, std::uint64_t>>
      dropped;  ///< reason -> events, the same reasons in every row
  std::string compensation, transforms;
  Number
      batch_shift;  ///< largest distance of a marker's median from the panel's, in units of the panel's spread
  std::string shifted_marker = {};  ///< the marker of batch_shift
  std::string warnings;             ///< what the reader should look at, joined by "; "
  std::string thresholds = {};  ///< where the steps of cleaning drew their lines, joined by "; "
  /// Each marker against the panel's pool: how far its median is off, and how wide its values are.
  std::vector<MarkerSpread> spreads = {};
  /// Mean over the markers of their median in each part of the acquisition, in spreads of the file itself.
  std::vector<float> signal = {};
};

/// A subset that the panel cannot tell, and why.
struct UnresolvedRow {
  std::string subset, name, panel;
  std::string reason;    ///< e.g. "CD138 is not in the panel"
  bool by_data = false;  ///< its markers are stained, but the events do not tell them
};

/// How the knowledge file defines a subset within its parent.
struct SubsetDefinition {
  using Rule = std::vector<std::pair<std::string, std::string>>;  ///< marker -> "-", "low/+" ...
  std::string subset;                                             ///< id
  std::vector<Rule> rules;  ///< the first whose markers are all in the panel is taken
};

/// A subset whose fraction in a sample is not believable, by the ranges of the knowledge file.
struct ImplausibleRow {
  std::string sample, patient, visit, panel;
  std::string subset, name;
  std::string
      reason;  ///< e.g. "73 % of B cells, where healthy people have at most 10 % (29 healthy)"
};

/// channels.csv: channel of a panel, and what the program takes it for.
struct ChannelRow {
  std::string panel, channel, stain;  ///< $PnN and $PnS of the panel's first file
  std::string marker;                 ///< empty where it stains none
  std::string role;                   ///< "marker", "viability", "side scatter" ...
  std::string transform;              ///< empty where it is not clustered on
  std::string differs;                ///< files in which it is named otherwise, and how
};

using Ticks = std::vector<std::pair<double, std::string>>;  ///< place -> linear value in words

/// One sample's events of a parent on two markers, with the borders that divide them there.
struct BackGateSample {
  std::string sample;
  std::uint64_t events = 0;                  ///< of the parent
  std::string counts;                        ///< [y bins][x bins], as packed_counts() writes them
  std::vector<double> x_borders, y_borders;  ///< between the parts, rising; units as shown
  std::vector<std::pair<double, double>> corner;  ///< instead: a line around what has much of both
  std::vector<double> fractions;                  ///< [parts], of the parent's events
};

/// Two markers that divide a parent: the density of all its events, sample by sample, and the borders.
struct BackGate {
  std::string panel, parent, partition, x_marker, y_marker;
  double x_low = 0, x_high = 1, y_low = 0, y_high = 1;  ///< transformed units, as shown
  Ticks x_ticks, y_ticks;
  std::size_t bins = 0;     ///< a side
  std::size_t x_parts = 1;  ///< parts along x; those along y follow
  std::vector<std::string>
      parts;  ///< [y parts][x parts], names of the subsets there; of a corner [outside, inside]
  std::vector<BackGateSample> samples;
};

/// One axis of sampled events.
struct SampledMarker {
  std::string marker;
  double low = 0, high = 1;  ///< units as shown
  Ticks ticks;
  std::string values;  ///< [events], as packed_share() writes them
};

/// Events of one sample that have one label; of them the picture holds some.
struct SampledStratum {
  std::string sample, subset;  ///< subset: empty where unassigned
  std::uint64_t events = 0;
  std::size_t sampled = 0;
};

/// Some events of a panel, stratum after stratum, for pictures of any two markers and of the plane of all events.
struct SampledEvents {
  std::string panel;
  std::vector<SampledStratum> strata;
  std::vector<SampledMarker> markers;
  std::string map;       ///< [events], x and y as packed_fine_share() writes them
  std::size_t bins = 0;  ///< a side
  std::string
      density;  ///< [y bins][x bins] of all events in the plane, as packed_counts() writes them
};

/// One map of nodes, as a tree: the panel's own, or that of a subset that was clustered again.
struct NodeTree {
  std::string panel, map;            ///< map: as in clusters.csv
  std::vector<std::string> markers;  ///< that it was clustered on
  std::vector<std::pair<std::size_t, std::size_t>> edges;
  std::vector<std::pair<double, double>> places;  ///< [nodes], in edges
  std::vector<std::uint64_t> events;              ///< [nodes]
  std::vector<std::uint32_t> metaclusters;        ///< [nodes], as in clusters.csv
  std::string values;  ///< [nodes][markers], lowest to highest node, as packed_share() writes them
};

/// gates.csv: gate x sample.
struct GateRow {
  std::string sample, panel;
  std::string gate;  ///< id
  std::string
      subset;  ///< whose cells it holds: a subset, "cells", or an abnormal cluster; `name` in words
  std::string name;
  std::string path;     ///< ids of the gates it lies in, '/' between them
  bool is_last = true;  ///< the last rectangle of its subset: what is inside is the population
  /// Inside is low <= value < high, in the file's linear (compensated) units; none: open. No y: a range of x.
  std::string x_channel, x_marker;
  Number x_low, x_high;
  std::string y_channel, y_marker;
  Number y_low, y_high;
  std::uint64_t events = 0;    ///< inside it and all that it lies in, of all events of the file
  std::uint64_t labelled = 0;  ///< with the label of the subset, or of one below it
  std::uint64_t labelled_inside = 0;  ///< both
  std::uint64_t untold_inside = 0;    ///< inside, with a label that says nothing of the subset
  Number precision, recall, f1;       ///< of the events that are told, against the labels
};

struct StageRow {
  std::string name;
  double seconds = 0.0;
  std::uint64_t bytes = 0, events = 0, peak_bytes = 0;
};

/// Everything that the report shows.
struct Results {
  std::string study, version, backend, device;
  std::uint64_t seed = 0;
  std::string configuration;  ///< JSON
  std::vector<AbundanceRow> abundance;
  std::vector<ChangeRow> changes;
  std::vector<PatientRow> patients;
  std::vector<MarkerMediansRow> marker_medians;
  std::vector<MarkerChangeRow> marker_changes;
  std::vector<ClusterRow> clusters;
  std::vector<ClusterCountRow> cluster_counts;
  std::vector<AbnormalRow> abnormal;
  std::vector<QcRow> qc;
  std::vector<UnresolvedRow> unresolved;
  std::vector<BackGate> back_gates;
  std::vector<SampledEvents> sampled_events;
  std::vector<NodeTree> node_trees;
  std::vector<GateRow> gates;
  std::vector<StageRow> stages;
  std::vector<std::string> warnings;
  std::vector<std::string> visits;  ///< in the order of the study
  std::string baseline;  ///< visit that others are compared with; empty: the first of `visits`
  std::string healthy_group = "healthy";  ///< group whose values give the healthy range
  std::vector<std::string> primary;       ///< subset ids
  std::vector<std::string> secondary;
  bool is_primary_asked = false;        ///< the study names its primary subsets itself
  std::vector<std::string> responders;  ///< patients, as the study names them
  std::vector<std::pair<std::string, std::string>>
      names;  ///< id -> name of every subset and sum of the knowledge file
  std::vector<std::vector<std::string>>
      siblings;  ///< ids that exclude each other within one parent
  std::vector<SubsetDefinition> definitions;
  std::string knowledge_sha256;  ///< of the knowledge file's text; empty: not known
  std::vector<ImplausibleRow> implausible;
  std::vector<ChannelRow> channels;
  std::vector<std::pair<std::string, std::vector<std::string>>>
      parts;  ///< subset that is a sum of others -> all that may be in it, in the order of the knowledge file
  std::vector<std::pair<std::string, std::string>> patient_groups;  ///< patient -> group
  std::vector<std::pair<std::string, std::vector<std::pair<std::string, Number>>>>
      activity;  ///< patient -> (visit, score)
  std::string activity_name;
  std::vector<std::string>
      limits;    ///< why `abnormal` may be incomplete: too few controls, batches ...
  Number noise;  ///< usual variation of one sample's fraction beyond counting, a CV
};

}  // namespace gateless
