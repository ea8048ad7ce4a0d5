// What a run leaves behind reads back as it was, under the columns that other programs rely on.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "host/core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/csv.hpp"
#include "io/result_tables.hpp"
#include "io/run_json.hpp"
#include "io/text_file.hpp"
#include "tests/temporary_folder.hpp"

namespace gateless::io {
namespace {

Results example() {
  Results results;
  results.study = "trial";
  results.version = "0.1.0";
  results.backend = "cpu";
  results.device = "2 cores";
  results.seed = 1ULL << 63U;
  results.configuration = R"({"cluster":{"nodes":100}})";
  results.abundance = {{.sample = "a,1",
                        .patient = "P1",
                        .visit = "week 24",
                        .group = "sle",
                        .panel = "B",
                        .subset = "b_dn",
                        .name = "Double \"negative\"",
                        .parent = "b_cell",
                        .events = 120.25,
                        .parent_events = 1000.0,
                        .fraction_of_parent = 0.12025,
                        .low = 0.1,
                        .high = 0.15,
                        .fraction_of_lineage = 0.12025,
                        .fraction_of_all = 0.01,
                        .cells_per_ul = {},
                        .fraction_by_mixture = 0.11,
                        .labelled_events = 41.0,
                        .detection = Detection::kNotQuantifiable,
                        .reason = {}}};
  results.changes = {{.subset = "b_dn",
                      .name = "DN",
                      .comparison = "week 24 - baseline",
                      .denominator = "b_cell",
                      .patients = 6,
                      .patients_quantifiable = 5,
                      .median_before = 0.1,
                      .median_after = 0.05,
                      .change = -0.05,
                      .change_low = {},
                      .change_high = {},
                      .patients_up = 0,
                      .patients_down = 4,
                      .test = "exact paired Wilcoxon",
                      .p = 0.03125,
                      .p_floor = 0.03125,
                      .q = 0.0625,
                      .family = "primary",
                      .activity_rho = 0.5,
                      .activity_p = 0.3,
                      .activity_q = 0.4}};
  results.marker_changes = {{.panel = "B",
                             .subset = "b_dn",
                             .name = "DN",
                             .marker = "CD95",
                             .comparison = "week 24 - baseline",
                             .patients = 6,
                             .median_before = 1.25,
                             .median_after = 1.5,
                             .change = 0.2,
                             .change_low = {},
                             .change_high = {},
                             .spread = 0.5,
                             .patients_up = 5,
                             .patients_down = 1,
                             .test = "exact paired Wilcoxon",
                             .p = 0.0625,
                             .p_floor = 0.03125,
                             .q = 0.3}};
  results.marker_medians = {{.sample = "a,1",
                             .patient = "P1",
                             .visit = "baseline",
                             .group = "lupus",
                             .panel = "B",
                             .subset = "b_dn",
                             .name = "DN",
                             .events = 41,
                             .markers = {{"CD95", 1.25, 0.5}}},
                            {.sample = "a,1",
                             .patient = "P1",
                             .visit = "baseline",
                             .group = "lupus",
                             .panel = "T",
                             .subset = "t_cell",
                             .name = "T",
                             .events = 7,
                             .markers = {{"CD4", 2.5, 0.5}}}};
  results.patients = {{.subset = "b_dn",
                       .name = "DN",
                       .patient = "P1",
                       .visit = "week 24",
                       .before = 0.1,
                       .after = 0.05,
                       .change = -0.5,
                       .low = -0.6,
                       .high = -0.4,
                       .p = 1e-9,
                       .call = Call::kNoChange,
                       .detection_before = Detection::kQuantifiable,
                       .detection_after = Detection::kNotQuantifiable}};
  results.clusters = {{.panel = "B",
                       .metacluster = 1,
                       .map = "",
                       .nodes = 3,
                       .events = 10,
                       .subset = "b_dn",
                       .name = "DN",
                       .parent = "b_cell",
                       .confidence = 0.9,
                       .phenotype = "CD19+",
                       .explanation = "for: CD19",
                       .compared = "another: the same",
                       .medians = {{"CD19", 2.5}, {"IgD", -0.5}}},
                      {.panel = "T",
                       .metacluster = 2,
                       .map = "t_cell",
                       .nodes = 1,
                       .events = 7,
                       .subset = "treg",
                       .name = "Treg",
                       .parent = "t_cd4",
                       .confidence = {},
                       .phenotype = "",
                       .explanation = "",
                       .medians = {{"CD3", 3.0}}}};
  results.abnormal = {{.cluster = "3",
                       .subset = "b_dn",
                       .name = "DN",
                       .phenotype = "CD27-",
                       .events = 5.5,
                       .fraction_of_memory_b = 0.2,
                       .enrichment = {},
                       .evidence = "no controls",
                       .p = {},
                       .q = {},
                       .activity_rho = 0.1,
                       .activity_p = 0.9,
                       .patients_present = 5,
                       .patients_quantifiable = 4}};
  results.qc = {{.sample = "a,1",
                 .panel = "B",
                 .events = 100,
                 .kept = 90,
                 .dropped = {{"doublets", 6}, {"debris", 4}},
                 .compensation = "file",
                 .transforms = "logicle",
                 .batch_shift = 0.3,
                 .shifted_marker = "CD27",
                 .warnings = "two\nlines",
                 .thresholds = "doublet: above 1.1"}};
  results.is_primary_asked = true;
  results.responders = {"P1"};
  results.names = {{"b_dn", "DN"}};
  results.siblings = {{"b_dn", "b_swm"}};
  results.definitions = {{"b_dn", {{{"IgD", "-"}, {"CD27", "-"}}, {{"CD27", "low/+"}}}}};
  results.knowledge_sha256 = "abc";
  results.implausible = {{"a,1", "P1", "week 24", "B", "b_dn", "DN", "DN are 73 %"}};
  results.unresolved = {{.subset = "b_pc",
                         .name = "Plasma cells",
                         .panel = "B",
                         .reason = "CD138 is not in the panel"}};
  results.back_gates.push_back({.panel = "B",
                                .parent = "b_cell",
                                .partition = "igd_cd27",
                                .x_marker = "IgD",
                                .y_marker = "CD27",
                                .x_low = -1,
                                .x_high = 6,
                                .y_low = -2,
                                .y_high = 5,
                                .x_ticks = {{0.0, "0"}, {3.0, "10\u00B3"}},
                                .y_ticks = {},
                                .bins = 2,
                                .x_parts = 2,
                                .parts = {"DN", "naive"},
                                .samples = {{.sample = "a,1",
                                             .events = 7,
                                             .counts = "!#~",
                                             .x_borders = {1.25},
                                             .y_borders = {},
                                             .corner = {{0.5, 2.0}},
                                             .fractions = {0.25, 0.75}}}});
  results.sampled_events.push_back({.panel = "B",
                                    .strata = {{"a,1", "dn", 9, 2}},
                                    .markers = {{"IgD", -1, 6, {{0.0, "0"}}, "!~"}},
                                    .map = "!!~~####",
                                    .bins = 1,
                                    .density = "5"});
  results.node_trees.push_back({.panel = "B",
                                .map = "b_cell",
                                .markers = {"IgD"},
                                .edges = {{0, 1}},
                                .places = {{0.0, 0.0}, {1.0, 0.5}},
                                .events = {5, 2},
                                .metaclusters = {1, 2},
                                .values = "!~"});
  results.gates = {{.sample = "a,1",
                    .panel = "B",
                    .gate = "b_dn",
                    .subset = "b_dn",
                    .name = "DN",
                    .path = "cells/b_cell",
                    .is_last = false,
                    .x_channel = "FL1-A",
                    .x_marker = "IgD",
                    .x_low = {},
                    .x_high = 0.1,
                    .y_channel = "",
                    .y_marker = "",
                    .y_low = {},
                    .y_high = {},
                    .events = 10,
                    .labelled = 9,
                    .labelled_inside = 8,
                    .untold_inside = 1,
                    .precision = 8.0 / 9.0,
                    .recall = 8.0 / 9.0,
                    .f1 = {}}};
  results.stages = {
      {.name = "cluster", .seconds = 1.5, .bytes = 800, .events = 100, .peak_bytes = 4096}};
  results.warnings = {"one"};
  results.visits = {"baseline", "week 24"};
  results.baseline = "baseline";
  results.healthy_group = "controls";
  results.primary = {"b_dn"};
  results.secondary = {"treg"};
  results.parts = {{"b_non_reactive", {"b_trans", "b_naive_rest"}}};
  results.patient_groups = {{"P1", "sle"}};
  results.activity = {{"P1", {{"baseline", 8.0}, {"week 24", std::nullopt}}}};
  results.activity_name = "sledai";
  results.noise = 0.04;
  results.limits = {"no controls"};
  return results;
}

std::string header_of(const std::string& path) {
  const std::string text = read_text_file(path, 1U << 20U);
  return text.substr(0, text.find('\n'));
}

TEST(ResultTables, HaveTheColumnsOthersRelyOn) {
  const TemporaryFolder folder;
  write_tables(example(), folder.path());
  EXPECT_EQ(header_of(folder / "abundance.csv"),
            "sample,patient,visit,group,subset,parent,events,parent_events,fraction_of_parent,low,"
            "high,fraction_of_lineage,"
            "fraction_of_all,cells_per_ul,detection,panel,name,effective_parent_events,fraction_by_"
            "mixture,reason,labelled_events");
  EXPECT_EQ(header_of(folder / "changes.csv"),
            "subset,comparison,patients,median_before,median_after,change,change_low,change_high,"
            "patients_up,patients_down,"
            "test,p,p_floor,q,name,denominator,family,activity_rho,activity_p,activity_q,"
            "patients_quantifiable");
  EXPECT_EQ(header_of(folder / "patients.csv"),
            "subset,patient,visit,before,after,change,low,high,p,call,name,detection_before,"
            "detection_after");
  EXPECT_EQ(header_of(folder / "clusters.csv"),
            "metacluster,nodes,events,subset,parent,confidence,phenotype,median:CD19,median:IgD,"
            "median:CD3,name,panel,map,"
            "explanation,stability,compared");
  EXPECT_EQ(header_of(folder / "abnormal.csv"),
            "cluster,subset,phenotype,events,fraction_of_memory_b,enrichment,evidence,p,q,activity_"
            "rho,activity_p,"
            "patients_present,name,patients_quantifiable");
  EXPECT_EQ(header_of(folder / "qc.csv"),
            "sample,events,kept,dropped:doublets,dropped:debris,compensation,transforms,batch_"
            "shift,warnings,panel,shifted_marker,thresholds");
  EXPECT_EQ(header_of(folder / "marker_changes.csv"),
            "panel,subset,name,marker,comparison,patients,median_before,median_after,change,change_"
            "low,change_high,spread,patients_up,patients_down,test,p,p_floor,q");
  EXPECT_EQ(header_of(folder / "marker_medians.csv"),
            "sample,patient,visit,group,panel,subset,name,events,median:CD95,median:CD4");
  EXPECT_EQ(read_csv(folder / "marker_medians.csv").rows[1][8], "") << "not of this panel";
  EXPECT_EQ(read_csv(folder / "marker_medians.csv").rows[1][9], "2.5");
  EXPECT_EQ(header_of(folder / "gates.csv"),
            "sample,gate,parent_path,x_channel,x_low,x_high,y_channel,y_low,y_high,events,labelled,"
            "labelled_inside,precision,recall,f1,untold_inside,subset,name,x_marker,y_marker,is_"
            "last,panel");
  EXPECT_EQ(read_csv(folder / "clusters.csv").rows[1][7], "");
}

TEST(ResultTables, ReadBackAsTheyWere) {
  const TemporaryFolder first, second;
  const Results written = example();
  write_tables(written, first.path());
  write_run_json(written, {}, first.path());
  write_report_json(written, first.path());
  const Results read = read_results(first.path());
  write_tables(read, second.path());
  write_run_json(read, {}, second.path());
  write_report_json(read, second.path());
  for (const char* name :
       {"abundance.csv", "changes.csv", "patients.csv", "clusters.csv", "marker_changes.csv",
        "abnormal.csv", "qc.csv", "gates.csv", "run.json", "report.json"}) {
    EXPECT_EQ(read_text_file(first / name, 1U << 20U), read_text_file(second / name, 1U << 20U))
        << name;
  }
  EXPECT_EQ(read.abundance[0].sample, "a,1");
  EXPECT_EQ(read.abundance[0].detection, Detection::kNotQuantifiable);
  EXPECT_EQ(read.abundance[0].cells_per_ul, std::nullopt);
  EXPECT_EQ(read.patients[0].call, Call::kNoChange);
  EXPECT_EQ(read.clusters[1].medians, (std::vector<std::pair<std::string, double>>{{"CD3", 3.0}}));
  EXPECT_EQ(read.qc[0].dropped, written.qc[0].dropped);
  EXPECT_EQ(read.qc[0].thresholds, "doublet: above 1.1");
  EXPECT_EQ(read.responders, written.responders);
  EXPECT_EQ(read.names, written.names);
  EXPECT_EQ(read.siblings, written.siblings);
  ASSERT_EQ(read.definitions.size(), 1U);
  EXPECT_EQ(read.definitions[0].subset, "b_dn");
  EXPECT_EQ(read.definitions[0].rules, written.definitions[0].rules);
  EXPECT_EQ(read.knowledge_sha256, "abc");
  EXPECT_EQ(read.implausible[0].reason, "DN are 73 %");
  EXPECT_EQ(read.back_gates[0].samples[0].counts, "!#~");
  EXPECT_EQ(read.back_gates[0].samples[0].corner, written.back_gates[0].samples[0].corner);
  EXPECT_EQ(read.sampled_events[0].strata[0].events, 9U);
  EXPECT_EQ(read.node_trees[0].places, written.node_trees[0].places);
  EXPECT_EQ(read.back_gates[0].x_ticks, written.back_gates[0].x_ticks);
  EXPECT_EQ(read.gates[0].x_high, 0.1);
  EXPECT_FALSE(read.gates[0].is_last);
  EXPECT_EQ(read.activity, written.activity);
  EXPECT_EQ(read.seed, written.seed);
}

TEST(ResultTables, TellTheLineOfAFieldThatWasChanged) {
  const TemporaryFolder folder;
  write_tables(example(), folder.path());
  std::string text = read_text_file(folder / "patients.csv", 1U << 20U);
  write_whole_file(folder / "patients.csv", text.replace(text.find("no change"), 9, "perhaps"));
  try {
    static_cast<void>(read_tables(folder.path()));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(
        std::string(error.what()).find("patients.csv:2: 'perhaps' is no value of column 'call'"),
        std::string::npos)
        << error.what();
  }
  write_whole_file(folder / "patients.csv", "subset,patient\n");
  EXPECT_THROW(static_cast<void>(read_tables(folder.path())), InputError);
}

TEST(RunJson, RecordsTheRun) {
  const TemporaryFolder folder;
  const RunRecord record{.command = "gateless run study.yaml",
                         .inputs = {{"a.fcs", "00ff"}},
                         .counts = {{"events", 100}},
                         .outputs = {"events", "gates"}};
  write_run_json(example(), record, folder.path());
  const auto json = nlohmann::json::parse(read_text_file(folder / "run.json", 1U << 20U));
  EXPECT_EQ(json.at("configuration").at("cluster").at("nodes"), 100);
  EXPECT_EQ(json.at("stages").at(0).at("name"), "cluster");
  EXPECT_EQ(json.at("stages").at(0).at("peak_bytes"), 4096);
  Results results;
  const RunRecord read = read_run_json(folder.path(), results);
  EXPECT_EQ(read.command, record.command);
  EXPECT_EQ(read.inputs, record.inputs);
  EXPECT_EQ(read.counts, record.counts);
  EXPECT_EQ(read.outputs, record.outputs);
}

TEST(RunJson, RejectsWhatIsNoRecord) {
  const TemporaryFolder folder;
  Results results;
  for (const char* text : {"", "{", "[]", "{}", R"({"version": 3})"}) {
    write_whole_file(folder / "run.json", text);
    EXPECT_THROW(static_cast<void>(read_run_json(folder.path(), results)), InputError) << text;
  }
  write_report_json(example(), folder.path());
  std::string text = read_text_file(folder / "report.json", 1U << 20U);
  write_whole_file(folder / "report.json",
                   text.replace(text.find("\"back_gates\""), 12, "\"back_gatez\""));
  EXPECT_THROW(read_report_json(folder.path(), results), InputError);
}

TEST(RunJson, SurvivesNamesThatAreNotUtf8) {
  const TemporaryFolder folder;
  Results results = example();
  results.device = "caf\xE9";
  write_run_json(results, {}, folder.path());
  Results read;
  static_cast<void>(read_run_json(folder.path(), read));
  EXPECT_EQ(read.device, "caf\xEF\xBF\xBD");
}

}  // namespace
}  // namespace gateless::io
