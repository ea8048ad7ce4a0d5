// The documents say what the program does: their commands run, their tables name every column, and the man page and
// completions know every command.
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>

#include "host/core/layers.hpp"
#include "io/csv.hpp"
#include "tests/cli/program.hpp"

namespace gateless::cli {
namespace {

const std::string kRoot = GATELESS_SOURCE_DIR;

/// Contents of the blocks that begin with exactly "```sh".
std::vector<std::string> shell_blocks(const std::string& page) {
  std::vector<std::string> blocks;
  const std::string begin = "\n```sh\n";
  for (std::size_t at = page.find(begin); at != std::string::npos; at = page.find(begin, at)) {
    at += begin.size();
    blocks.push_back(page.substr(at, page.find("```", at) - at));
  }
  return blocks;
}

/// The text of a page's section up to the next one of the same level.
std::string section(const std::string& page, const std::string& title) {
  const std::size_t begin = page.find("\n## " + title + "\n");
  if (begin == std::string::npos) return {};
  return page.substr(begin, page.find("\n## ", begin + 1) - begin);
}

TEST(Documents, FirstAnalysisRunsAsWritten) {
  const TemporaryFolder scratch;
  const std::string folder = std::filesystem::path(GATELESS_PROGRAM).parent_path().string();
  const std::vector<std::string> blocks =
      shell_blocks(read_text(kRoot + "/docs/first_analysis.md"));
  ASSERT_GE(blocks.size(), 7U);
  for (const std::string& block : blocks) {
    const Ended ended =
        run_shell("cd " + scratch.path() + " && PATH=" + folder + ":$PATH && set -e\n" + block);
    EXPECT_EQ(ended.status, 0) << block << ended.err;
  }
  EXPECT_TRUE(std::filesystem::exists(scratch / "result/report.html"));
  EXPECT_TRUE(std::filesystem::exists(scratch / "mapped/abundance.csv"));

  const std::string page = read_text(kRoot + "/docs/outputs.md");
  for (const auto& [name, file] : std::initializer_list<std::pair<const char*, const char*>>{
           {"abundance.csv", "result/abundance.csv"},
           {"patients.csv", "result/patients.csv"},
           {"changes.csv", "result/changes.csv"},
           {"abnormal.csv", "result/abnormal.csv"},
           {"clusters.csv", "result/clusters.csv"},
           {"qc.csv", "result/qc.csv"},
           {"cluster_counts.csv", "result/cluster_counts.csv"},
           {"channels.csv", "result/channels.csv"},
           {"fcs/", "result/fcs/key.csv"},
           {"convert.csv", "tables/convert.csv"}}) {
    const std::string text = section(page, name);
    for (std::string column : read_csv(scratch / file).header) {
      if (column.starts_with("median:")) column = "median:MARKER";
      if (column.starts_with("dropped:")) column = "dropped:REASON";
      EXPECT_NE(text.find("`" + column + "`"), std::string::npos) << name << " lacks " << column;
    }
  }
  for (const auto& entry : std::filesystem::directory_iterator(scratch / "result")) {
    const std::string name = entry.path().filename().string();
    EXPECT_NE(page.find(name), std::string::npos) << name << " is not in docs/outputs.md";
  }
}

TEST(Documents, EveryColumnIsDescribedBesideTheResults) {
  const TemporaryFolder scratch;
  ASSERT_EQ(gateless("simulate --quiet --panels B --patients 1 --controls 1 --events-per-file 3000 "
                     "--out " +
                     scratch / "trial")
                .status,
            0);
  ASSERT_EQ(gateless("run --quiet " + scratch / "trial/study.yaml" + " --out " + scratch / "result")
                .status,
            0);
  std::set<std::string> described, seen;
  for (const std::vector<std::string>& row : read_csv(scratch / "result/columns.csv").rows) {
    ASSERT_EQ(row.size(), 4U);
    EXPECT_FALSE(row[3].empty()) << row[0] << " " << row[1];
    described.insert(row[0] + " " + row[1]);
  }
  std::size_t tables = 0;
  for (const auto& entry : std::filesystem::directory_iterator(scratch / "result")) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".csv" || name == "columns.csv") continue;
    ++tables;
    for (std::string column : read_csv(entry.path().string()).header) {
      if (column.starts_with("median:")) column = "median:MARKER";
      if (column.starts_with("dropped:")) column = "dropped:REASON";
      seen.insert(name + " " + column);
    }
  }
  EXPECT_EQ(tables, 11U);
  EXPECT_EQ(described, seen);
}

TEST(Documents, LinksLeadToFiles) {
  const std::regex link("\\]\\(([^)#:]+)(#[^)]*)?\\)");
  for (const char* page :
       {"README.md", "docs/outputs.md", "docs/first_analysis.md", "docs/gates.md", "docs/fcs.md",
        "docs/licences.md", "docs/pipelines.md", "docs/python.md", "docs/r.md",
        "docs/troubleshooting.md", "docs/method.md"}) {
    const std::filesystem::path path = std::filesystem::path(kRoot) / page;
    const std::string text = read_text(path.string());
    ASSERT_FALSE(text.empty()) << page;
    for (std::sregex_iterator found(text.begin(), text.end(), link), end; found != end; ++found) {
      EXPECT_TRUE(std::filesystem::exists(path.parent_path() / (*found)[1].str()))
          << page << ": " << (*found)[1].str();
    }
  }
}

TEST(Documents, VersionIsOneLineAndTheCitationsToo) {
  const Ended ended = gateless("--version");
  EXPECT_EQ(ended.status, 0);
  ASSERT_TRUE(std::regex_match(ended.out, std::regex("gateless \\d+\\.\\d+\\.\\d+\n")))
      << ended.out;
  const std::string version = ended.out.substr(9, ended.out.size() - 10);
  EXPECT_NE(read_text(kRoot + "/CITATION.cff").find("\nversion: " + version + "\n"),
            std::string::npos);
}

TEST(Documents, ManPageAndCompletionsKnowEveryCommandAndOption) {
  const std::string man = gateless("man").out;
  const std::string bash = gateless("completion bash").out;
  const std::string zsh = gateless("completion zsh").out;
  const std::string fish = gateless("completion fish").out;
  const std::regex option("(?:^|\n) +(?:-\\w,)?--([a-z-]+)");
  for (const char* command : {"run", "cluster", "map", "inspect", "simulate", "report", "devices",
                              "convert", "combine", "completion", "man"}) {
    EXPECT_NE(man.find(".SH GATELESS " + std::string(command)), std::string::npos) << command;
    EXPECT_NE(bash.find(command), std::string::npos);
    EXPECT_NE(zsh.find(command), std::string::npos);
    EXPECT_NE(fish.find("-a " + std::string(command)), std::string::npos);
    const std::string help = gateless(std::string(command) + " --help").out;
    std::size_t options = 0;
    for (std::sregex_iterator found(help.begin(), help.end(), option), end; found != end; ++found) {
      const std::string name = (*found)[1].str();
      EXPECT_NE(bash.find("--" + name), std::string::npos) << name;
      EXPECT_NE(zsh.find("--" + name), std::string::npos) << name;
      EXPECT_NE(fish.find("-l " + name + " "), std::string::npos) << name;
      EXPECT_NE(man.find("\\-\\-" + std::regex_replace(name, std::regex("-"), "\\-")),
                std::string::npos)
          << name;
      ++options;
    }
    EXPECT_GE(options, 1U) << help;
  }
  const TemporaryFolder scratch;
  write_text(scratch / "c", bash);
  EXPECT_EQ(run_shell("bash -n " + (scratch / "c")).status, 0);
  write_text(
      scratch / "try",
      ". " + (scratch / "c") +
          "\nCOMP_WORDS=(gateless run --fc) COMP_CWORD=2\n_gateless\necho ${COMPREPLY[@]}\n");
  const Ended offered = run_shell("bash " + (scratch / "try"));
  EXPECT_EQ(offered.out, "--fcs\n") << offered.err;
  if (run_shell("command -v groff").status == 0) {
    write_text(scratch / "m", man);
    EXPECT_EQ(run_shell("groff -ww -man -Tutf8 " + (scratch / "m") + " >/dev/null").err, "");
  }
}

TEST(Documents, ErrorsAreJsonOnRequest) {
  const auto last_line = [](const std::string& text) {
    const std::string trimmed = text.substr(0, text.find_last_not_of('\n') + 1);
    const std::size_t at = trimmed.rfind('\n');
    return at == std::string::npos ? trimmed : trimmed.substr(at + 1);
  };
  const Ended usage = gateless("run --json --nonsense");
  EXPECT_EQ(usage.status, 2);
  EXPECT_TRUE(last_line(usage.err).starts_with("{\"status\":2,\"kind\":\"usage\",\"messages\":[\""))
      << usage.err;
  const Ended input =
      gateless("cluster --json --out /tmp/gateless-none /nowhere/a.fcs /nowhere/b.fcs");
  EXPECT_EQ(input.status, 3);
  EXPECT_NE(last_line(input.err).find("\"/nowhere/a.fcs"), std::string::npos) << input.err;
  EXPECT_NE(last_line(input.err).find("\",\"/nowhere/b.fcs"), std::string::npos) << input.err;
}

}  // namespace
}  // namespace gateless::cli
