// What each table of results consists of, said once: the CSV files and the page read these lists.
#pragma once

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "host/core/results.hpp"

namespace gateless {

/// One value of a row, and what the table calls it.
template <class Row, class Value>
struct Field {
  using RowType = Row;
  const char* name;
  Value Row::*member;
};
template <class Row, class Value>
Field(const char*, Value Row::*) -> Field<Row, Value>;

/// A list of named values of a row. In a CSV file each has a column of its own, whose name begins with `prefix`.
template <class Row, class Value>
struct ListField {
  const char* name;
  const char* prefix;
  std::vector<std::pair<std::string, Value>> Row::*member;
};
template <class Row, class Value>
ListField(const char*, const char*, std::vector<std::pair<std::string, Value>> Row::*)
    -> ListField<Row, Value>;

/// The rows of a table whose fields these are.
template <class Fields>
using RowOf = typename std::tuple_element_t<0, Fields>::RowType;

/// Calls `visit` with each field, in order.
template <class Fields, class Visit>
constexpr void for_each_field(const Fields& fields, const Visit& visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, fields);
}

/// abundance.csv
inline constexpr std::tuple kAbundanceFields{
    Field{"sample", &AbundanceRow::sample},
    Field{"patient", &AbundanceRow::patient},
    Field{"visit", &AbundanceRow::visit},
    Field{"group", &AbundanceRow::group},
    Field{"subset", &AbundanceRow::subset},
    Field{"parent", &AbundanceRow::parent},
    Field{"events", &AbundanceRow::events},
    Field{"parent_events", &AbundanceRow::parent_events},
    Field{"fraction_of_parent", &AbundanceRow::fraction_of_parent},
    Field{"low", &AbundanceRow::low},
    Field{"high", &AbundanceRow::high},
    Field{"fraction_of_lineage", &AbundanceRow::fraction_of_lineage},
    Field{"fraction_of_all", &AbundanceRow::fraction_of_all},
    Field{"cells_per_ul", &AbundanceRow::cells_per_ul},
    Field{"detection", &AbundanceRow::detection},
    Field{"panel", &AbundanceRow::panel},
    Field{"name", &AbundanceRow::name},
    Field{"effective_parent_events", &AbundanceRow::effective_parent_events},
    Field{"fraction_by_mixture", &AbundanceRow::fraction_by_mixture},
    Field{"reason", &AbundanceRow::reason},
    Field{"labelled_events", &AbundanceRow::labelled_events}};

/// changes.csv
inline constexpr std::tuple kChangeFields{
    Field{"subset", &ChangeRow::subset},
    Field{"comparison", &ChangeRow::comparison},
    Field{"patients", &ChangeRow::patients},
    Field{"median_before", &ChangeRow::median_before},
    Field{"median_after", &ChangeRow::median_after},
    Field{"change", &ChangeRow::change},
    Field{"change_low", &ChangeRow::change_low},
    Field{"change_high", &ChangeRow::change_high},
    Field{"patients_up", &ChangeRow::patients_up},
    Field{"patients_down", &ChangeRow::patients_down},
    Field{"test", &ChangeRow::test},
    Field{"p", &ChangeRow::p},
    Field{"p_floor", &ChangeRow::p_floor},
    Field{"q", &ChangeRow::q},
    Field{"name", &ChangeRow::name},
    Field{"denominator", &ChangeRow::denominator},
    Field{"family", &ChangeRow::family},
    Field{"activity_rho", &ChangeRow::activity_rho},
    Field{"activity_p", &ChangeRow::activity_p},
    Field{"activity_q", &ChangeRow::activity_q},
    Field{"patients_quantifiable", &ChangeRow::patients_quantifiable}};

/// patients.csv
inline constexpr std::tuple kPatientFields{Field{"subset", &PatientRow::subset},
                                           Field{"patient", &PatientRow::patient},
                                           Field{"visit", &PatientRow::visit},
                                           Field{"before", &PatientRow::before},
                                           Field{"after", &PatientRow::after},
                                           Field{"change", &PatientRow::change},
                                           Field{"low", &PatientRow::low},
                                           Field{"high", &PatientRow::high},
                                           Field{"p", &PatientRow::p},
                                           Field{"call", &PatientRow::call},
                                           Field{"name", &PatientRow::name},
                                           Field{"detection_before", &PatientRow::detection_before},
                                           Field{"detection_after", &PatientRow::detection_after}};

/// marker_changes.csv
inline constexpr std::tuple kMarkerChangeFields{
    Field{"panel", &MarkerChangeRow::panel},
    Field{"subset", &MarkerChangeRow::subset},
    Field{"name", &MarkerChangeRow::name},
    Field{"marker", &MarkerChangeRow::marker},
    Field{"comparison", &MarkerChangeRow::comparison},
    Field{"patients", &MarkerChangeRow::patients},
    Field{"median_before", &MarkerChangeRow::median_before},
    Field{"median_after", &MarkerChangeRow::median_after},
    Field{"change", &MarkerChangeRow::change},
    Field{"change_low", &MarkerChangeRow::change_low},
    Field{"change_high", &MarkerChangeRow::change_high},
    Field{"spread", &MarkerChangeRow::spread},
    Field{"patients_up", &MarkerChangeRow::patients_up},
    Field{"patients_down", &MarkerChangeRow::patients_down},
    Field{"test", &MarkerChangeRow::test},
    Field{"p", &MarkerChangeRow::p},
    Field{"p_floor", &MarkerChangeRow::p_floor},
    Field{"q", &MarkerChangeRow::q}};

/// abnormal.csv
inline constexpr std::tuple kAbnormalFields{
    Field{"cluster", &AbnormalRow::cluster},
    Field{"subset", &AbnormalRow::subset},
    Field{"phenotype", &AbnormalRow::phenotype},
    Field{"events", &AbnormalRow::events},
    Field{"fraction_of_memory_b", &AbnormalRow::fraction_of_memory_b},
    Field{"enrichment", &AbnormalRow::enrichment},
    Field{"evidence", &AbnormalRow::evidence},
    Field{"p", &AbnormalRow::p},
    Field{"q", &AbnormalRow::q},
    Field{"activity_rho", &AbnormalRow::activity_rho},
    Field{"activity_p", &AbnormalRow::activity_p},
    Field{"patients_present", &AbnormalRow::patients_present},
    Field{"name", &AbnormalRow::name},
    Field{"patients_quantifiable", &AbnormalRow::patients_quantifiable}};

/// gates.csv
inline constexpr std::tuple kGateFields{Field{"sample", &GateRow::sample},
                                        Field{"gate", &GateRow::gate},
                                        Field{"parent_path", &GateRow::path},
                                        Field{"x_channel", &GateRow::x_channel},
                                        Field{"x_low", &GateRow::x_low},
                                        Field{"x_high", &GateRow::x_high},
                                        Field{"y_channel", &GateRow::y_channel},
                                        Field{"y_low", &GateRow::y_low},
                                        Field{"y_high", &GateRow::y_high},
                                        Field{"events", &GateRow::events},
                                        Field{"labelled", &GateRow::labelled},
                                        Field{"labelled_inside", &GateRow::labelled_inside},
                                        Field{"precision", &GateRow::precision},
                                        Field{"recall", &GateRow::recall},
                                        Field{"f1", &GateRow::f1},
                                        Field{"untold_inside", &GateRow::untold_inside},
                                        Field{"subset", &GateRow::subset},
                                        Field{"name", &GateRow::name},
                                        Field{"x_marker", &GateRow::x_marker},
                                        Field{"y_marker", &GateRow::y_marker},
                                        Field{"is_last", &GateRow::is_last},
                                        Field{"panel", &GateRow::panel}};

/// cluster_counts.csv
inline constexpr std::tuple kClusterCountFields{
    Field{"sample", &ClusterCountRow::sample}, Field{"panel", &ClusterCountRow::panel},
    Field{"map", &ClusterCountRow::map},       Field{"metacluster", &ClusterCountRow::metacluster},
    Field{"events", &ClusterCountRow::events}, Field{"fraction", &ClusterCountRow::fraction}};

/// channels.csv
inline constexpr std::tuple kChannelFields{
    Field{"panel", &ChannelRow::panel},    Field{"channel", &ChannelRow::channel},
    Field{"stain", &ChannelRow::stain},    Field{"marker", &ChannelRow::marker},
    Field{"role", &ChannelRow::role},      Field{"transform", &ChannelRow::transform},
    Field{"differs", &ChannelRow::differs}};

/// clusters.csv
inline constexpr std::tuple kClusterFields{Field{"metacluster", &ClusterRow::metacluster},
                                           Field{"nodes", &ClusterRow::nodes},
                                           Field{"events", &ClusterRow::events},
                                           Field{"subset", &ClusterRow::subset},
                                           Field{"parent", &ClusterRow::parent},
                                           Field{"confidence", &ClusterRow::confidence},
                                           Field{"phenotype", &ClusterRow::phenotype},
                                           ListField{"medians", "median:", &ClusterRow::medians},
                                           Field{"name", &ClusterRow::name},
                                           Field{"panel", &ClusterRow::panel},
                                           Field{"map", &ClusterRow::map},
                                           Field{"explanation", &ClusterRow::explanation},
                                           Field{"stability", &ClusterRow::stability},
                                           Field{"compared", &ClusterRow::compared}};

/// qc.csv
inline constexpr std::tuple kQcFields{Field{"sample", &QcRow::sample},
                                      Field{"events", &QcRow::events},
                                      Field{"kept", &QcRow::kept},
                                      ListField{"dropped", "dropped:", &QcRow::dropped},
                                      Field{"compensation", &QcRow::compensation},
                                      Field{"transforms", &QcRow::transforms},
                                      Field{"batch_shift", &QcRow::batch_shift},
                                      Field{"warnings", &QcRow::warnings},
                                      Field{"panel", &QcRow::panel},
                                      Field{"shifted_marker", &QcRow::shifted_marker},
                                      Field{"thresholds", &QcRow::thresholds}};

/// marker_medians.csv, before its columns of medians
inline constexpr std::tuple kMarkerMediansFields{
    Field{"sample", &MarkerMediansRow::sample}, Field{"patient", &MarkerMediansRow::patient},
    Field{"visit", &MarkerMediansRow::visit},   Field{"group", &MarkerMediansRow::group},
    Field{"panel", &MarkerMediansRow::panel},   Field{"subset", &MarkerMediansRow::subset},
    Field{"name", &MarkerMediansRow::name},     Field{"events", &MarkerMediansRow::events}};

}  // namespace gateless
