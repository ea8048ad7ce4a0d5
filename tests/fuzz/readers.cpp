// The readers of FCS and text.
#include <cmath>

#include "host/core/layers.hpp"
#include "io/csv.hpp"
#include "io/event_file.hpp"
#include "io/inspect.hpp"
#include "io/knowledge_file.hpp"
#include "io/sample_sheet.hpp"
#include "io/study_file.hpp"
#include "tests/fuzz/input_file.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/io/fcs_bytes.hpp"

namespace gateless::fuzz {
namespace {

constexpr std::string_view kSheet =
    "file,patient,visit,group,panel,batch,role,cells_per_ul,sledai,treated\n"
    "a.fcs,P1,week 0,lupus,B,1,sample,12.5,8,yes\n"
    "\"b.fcs\",P1,week 24,lupus,B,1,sample,,2,no\n"
    "c.fcs,C1,week 0,healthy,B,1,,,,\n";
constexpr std::string_view kStudy =
    "name: a trial\nsamples: samples.csv\npanel:\n  FL1-A: CD19\ntransform: arcsinh:150\n"
    "clean: {doublets: false}\ncluster: {grid: 10x10, markers: [CD19, CD27], metaclusters: auto}\n"
    "compare:\n  baseline: week 0\n  at: [week 24]\n  activity: sledai\n  responders: [P1]\n"
    "seed: 7\n";
constexpr std::string_view kKnowledge =
    "markers:\n  CD19: {synonyms: [B4], clones: [HIB19]}\n  CD27: {not: [CD277]}\n"
    "channel_names:\n  fluorochromes: [FITC, PE]\n"
    "subsets:\n"
    "- {id: b, name: B cell, cl: CL:0000236, core: {CD19: [pos]}, source: [s1]}\n"
    "- {id: b_memory, name: memory B cell, parent: b, overlay: true, core: {CD27: [pos, high]}, "
    "source: [s1]}\n"
    "sources: {s1: somebody 2020}\n";

/// A folder in memory with a sheet's files.
const TemporaryFolder& trial() {
  static const TemporaryFolder folder;
  static const bool is_filled = [] {
    for (const char* name : {"a.fcs", "b.fcs", "c.fcs", "fcs/P1_week 0.fcs", "fcs/P1_t1.fcs"}) {
      folder.file(name, "FCS3.1");
    }
    return true;
  }();
  (void)is_filled;
  return folder;
}

void check_sample(const RawSample& sample, std::size_t bytes) {
  require(sample.values.size() == sample.channels.size(), "channels without values");
  for (const std::vector<float>& channel : sample.values) {
    require(channel.size() == sample.events, "a channel is not as long as the sample");
  }
  // At most one bit of the file for a value.
  require(sample.events * sample.channels.size() <= bytes * 8 + 8, "more values than bits");
}

std::vector<std::string> fcs_seeds() {
  std::string bytes(240, '\0');
  for (std::size_t index = 0; index < bytes.size(); ++index)
    bytes[index] = static_cast<char>(index * 37);
  FcsBytes integers = list_mode("I", "4,3,2,1", {16, 24, 32, 8}, 24, bytes);
  integers.with("$P1E", "4,1").with("$P2G", "2").with("$SPILLOVER", "2,A,B,1,0.1,0.2,1");
  FcsBytes packed = list_mode("I", "1,2,3,4", {10, 12, 20}, 40, bytes.substr(0, 210));
  packed.version = "FCS2.0";
  FcsBytes floats = list_mode("F", "3,4,1,2", {32, 32}, 30, bytes);
  floats.version = "FCS3.0";
  FcsBytes text = list_mode("A", "1,2,3,4", {8, 8}, 3, "1 2 3 4 5 6 ");
  text.with("$P1B", "*").with("$P2B", "*");
  FcsBytes typed = list_mode("F", "1,2,3,4", {32, 64, 16}, 15, bytes.substr(0, 210));
  typed.version = "FCS3.2";
  typed.with("$P2DATATYPE", "D").with("$P3DATATYPE", "I");
  FcsBytes chained = floats;
  chained.with("$NEXTDATA", fmt::format("{}", floats.bytes().size()));
  return {integers.bytes(), packed.bytes(), floats.bytes(),
          text.bytes(),     typed.bytes(),  chained.bytes() + text.bytes()};
}

}  // namespace

Target fcs_target() {
  const auto run = [](std::string_view bytes) {
    const InputFile file(bytes);
    const bool is_read = reads([&] { check_sample(read_event_file(file.path()), bytes.size()); });
    const FileSummary summary = inspect_file(file.path());
    require(summary.readable || !summary.problems.empty(), "unreadable for no reason");
    require(summary.readable || !is_read, "inspect refuses what is read");
    return is_read;
  };
  return {"fcs", run, fcs_seeds};
}

Target csv_target() {
  const auto run = [](std::string_view bytes) {
    const InputFile file(bytes);
    const bool is_read = reads([&] { check_sample(read_event_file(file.path()), bytes.size()); });
    for (const bool any_separator : {false, true}) {
      reads([&] {
        const CsvTable table = parse_csv(bytes, "t.csv", {.any_separator = any_separator});
        require(table.rows.size() == table.lines.size(), "rows without lines");
        for (const auto& row : table.rows) {
          require(row.size() == table.header.size(), "a ragged row");
          for (const std::string& cell : row) (void)parse_number(cell);
        }
      });
    }
    return is_read;
  };
  return {"csv", run, []() -> std::vector<std::string> {
            return {"Time,FSC-A,\"CD19\"\n1,2,3\n4,5e3,-6\n", ",A\tB;C\n1,2\n",
                    "\xEF\xBB\xBF"
                    "A;B\r\n1;2\r\n\r\n+3;1e-50\r\n",
                    "\"a \"\"b\"\"\",c\n\"1\",nan\n", std::string(kSheet)};
          }};
}

Target sheet_target() {
  const auto run = [](std::string_view bytes) {
    const std::string path = trial().file("samples.csv", std::string(bytes));
    return reads([&] {
      for (const Sample& sample : read_sample_sheet(path).samples) {
        require(!sample.patient.empty() && !sample.path.empty(), "a sample without name or file");
        for (const auto& [name, number] : sample.numbers)
          require(!number || std::isfinite(*number), "a number that is none");
      }
    });
  };
  return {"sheet", run, []() -> std::vector<std::string> {
            return {std::string(kSheet), "patient;visit;sledai\nP1;week 0;3\n",
                    "patient\tvisit\nP1\tBaseline\nP1\tMonth 1\n"};
          }};
}

Target study_target() {
  const auto run = [](std::string_view bytes) {
    trial().file("samples.csv", std::string(kSheet));
    const std::string path = trial().file("study.yaml", std::string(bytes));
    return reads([&] { require(!read_study(path).samples.empty(), "a study without samples"); });
  };
  return {"study", run, []() -> std::vector<std::string> {
            return {std::string(kStudy), "samples: samples.csv\nknowledge: [a.yaml]\n",
                    "{samples: samples.csv, cluster: {algorithm: kmeans, nodes: 25, epochs: 3}}"};
          }};
}

Target knowledge_target() {
  const auto run = [](std::string_view bytes) {
    return reads([&] {
      const std::string text(bytes);
      const Knowledge knowledge = parse_knowledge(text, "k.yaml");
      const Knowledge again = parse_knowledge(knowledge.text, "again");
      require(again.subsets.size() == knowledge.subsets.size(), "its own text reads differently");
    });
  };
  return {"knowledge", run, []() -> std::vector<std::string> {
            return {std::string(kKnowledge), "subsets: []\n---\nmarkers: {CD3: {}}\n",
                    "a: &x [1, 2]\nb: *x\n",
                    ",subsets: []\n---\nmarkers: {}\n"};  // once endless documents
          }};
}

}  // namespace gateless::fuzz
