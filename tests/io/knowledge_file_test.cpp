#include "io/knowledge_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <string>

#include "host/core/error.hpp"
#include "host/core/level_tiers.hpp"

namespace gateless::io {
namespace {

const std::string kMarkers = R"(
markers:
  CD3: {synonyms: [CD3e]}
  CD4: {}
  CD19: {clones: [HIB19], not: [CD1]}
)";

std::string message_of(const std::string& text) {
  try {
    (void)parse_knowledge(text, "k.yaml");
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(KnowledgeFile, ReadsMarkersSubsetsAndLevels) {
  const Knowledge knowledge = parse_knowledge(kMarkers + R"(
subsets:
  - {id: t4, name: CD4 T, parent: t, partition: main, core: {CD4: [low, pos]}, support: {CD19: neg}, recluster: true}
  - {id: t, parent: all, partition: lineage, core: {CD3: pos}, cl: "CL:0000084"}
  - {id: all, name: All}
)",
                                              "k.yaml");
  ASSERT_EQ(knowledge.subsets.size(), 3U);
  EXPECT_EQ(knowledge.subsets[0].id, "all") << "parents stand before their children";
  const KnownSubset* t4 = knowledge.find("t4");
  ASSERT_NE(t4, nullptr);
  EXPECT_EQ(t4->core.at("CD4"), (std::vector<Level>{Level::kLow, Level::kPos}));
  EXPECT_EQ(t4->support.at("CD19"), std::vector<Level>{Level::kNeg});
  EXPECT_TRUE(t4->is_reclustered);
  EXPECT_EQ(knowledge.find("t")->name, "t") << "an id is its own name";
}

TEST(KnowledgeFile, ReadsWhatASubsetNeedsAndItsFurtherRules) {
  const Knowledge knowledge = parse_knowledge(kMarkers + R"(
subsets:
  - {id: all, name: All}
  - id: t
    parent: all
    partition: l
    needs: [CD4, CD19]
    unless: [CD19]
    core: {CD3: pos}
    also:
      - {CD4: pos}
      - [{CD4: high}, {CD19: neg}]
    compared: "the same in both"
)",
                                              "k.yaml");
  const KnownSubset* t = knowledge.find("t");
  ASSERT_NE(t, nullptr);
  EXPECT_EQ(t->needs, (std::vector<std::string>{"CD4", "CD19"}));
  EXPECT_EQ(t->unless, std::vector<std::string>{"CD19"});
  ASSERT_EQ(t->also.size(), 2U);
  EXPECT_EQ(t->also[0], (std::vector{MarkerLevels{{"CD4", {Level::kPos}}}}));
  EXPECT_EQ(t->also[1], (std::vector{MarkerLevels{{"CD4", {Level::kHigh}}},
                                     MarkerLevels{{"CD19", {Level::kNeg}}}}));
  EXPECT_EQ(t->compared, "the same in both");
}

TEST(KnowledgeFile, LaterFilesReplaceAndAdd) {
  const std::string folder = ::testing::TempDir();
  std::ofstream(folder + "/first.yaml")
      << kMarkers << "subsets:\n  - {id: all, name: All}\n"
      << "  - {id: t, parent: all, partition: l, core: {CD3: pos}}\n";
  std::ofstream(folder + "/second.yaml")
      << "subsets:\n  - {id: t, name: T, parent: all, partition: l, core: {CD3: high}}\n"
      << "  - {id: b, parent: all, partition: l, core: {CD3: neg}}\n";
  const Knowledge knowledge = read_knowledge({folder + "/first.yaml", folder + "/second.yaml"});
  ASSERT_EQ(knowledge.subsets.size(), 3U);
  EXPECT_EQ(knowledge.find("t")->name, "T");
  const Knowledge restored = parse_knowledge(knowledge.text, "model");
  EXPECT_EQ(restored.subsets.size(), 3U);
  EXPECT_EQ(restored.find("t")->core, knowledge.find("t")->core);
}

TEST(KnowledgeFile, AMarkerMayBelongToOneSubsetAlone) {
  const auto text = [](const std::string& only) {
    return "schema: gateless-knowledge/1\nmarkers:\n  CD3: {}\n  IgD: {only: " + only +
           "}\nsubsets:\n  - {id: all, name: All}\n  - {id: b, name: B, parent: all, partition: l, "
           "core: {CD3: neg}}\n";
  };
  const Knowledge knowledge = parse_knowledge(text("b"), "k.yaml");
  EXPECT_EQ(knowledge.markers.front().only, "");
  EXPECT_EQ(knowledge.markers.back().only, "b");
  EXPECT_NE(message_of(text("bb")).find("k.yaml:4: unknown subset or composite `bb`"),
            std::string::npos)
      << message_of(text("bb"));
}

TEST(KnowledgeFile, ACornerIsOfTwoMarkers) {
  const auto text = [](const std::string& core) {
    return "schema: gateless-knowledge/1\nmarkers: {CD3: {}, CD25: {}, CD127: {}}\nsubsets:\n"
           "  - {id: all, name: All}\n"
           "  - {id: r, parent: all, partition: l, corner: true, core: {" +
           core + "}}\n";
  };
  EXPECT_TRUE(parse_knowledge(text("CD25: pos, CD127: neg"), "k.yaml").find("r")->is_corner);
  EXPECT_NE(message_of(text("CD25: pos")).find("k.yaml:5: subset `r` is a corner of 1 core"),
            std::string::npos)
      << message_of(text("CD25: pos"));
}

TEST(KnowledgeFile, NamesTheLineAndSuggestsTheWord) {
  const auto text = [](const std::string& subset) {
    return kMarkers + "subsets:\n  - {id: all, name: All}\n  - " + subset + "\n";
  };
  EXPECT_EQ(message_of(text("{id: t, parent: al, partition: l, core: {CD3: pos}}")).substr(0, 10),
            "k.yaml:8: ");
  EXPECT_NE(message_of(text("{id: t, parent: al, partition: l, core: {CD3: pos}}"))
                .find("did you mean 'all'"),
            std::string::npos);
  EXPECT_NE(message_of(text("{id: t, parent: all, partition: l, core: {CD33: pos}}"))
                .find("unknown marker `CD33`"),
            std::string::npos);
  EXPECT_NE(message_of(text("{id: t, parent: all, partition: l, core: {CD3: positive}}"))
                .find("unknown level"),
            std::string::npos);
  EXPECT_NE(message_of(text("{id: t, parent: all, partition: l, cor: {CD3: pos}}"))
                .find("did you mean 'core'"),
            std::string::npos);
  EXPECT_NE(message_of(text("{id: all, name: Again}")).find("used twice"), std::string::npos);
  EXPECT_NE(message_of(text("{id: t, parent: all, partition: l}")).find("no core marker"),
            std::string::npos);
}

TEST(KnowledgeFile, RefusesCycles) {
  const std::string message = message_of(kMarkers + R"(subsets:
  - {id: a, parent: b, partition: l, core: {CD3: pos}}
  - {id: b, parent: a, partition: l, core: {CD4: pos}}
)");
  EXPECT_NE(message.find("cycle"), std::string::npos) << message;
}

TEST(KnowledgeFile, RefusesSiblingsThatAnEventCouldBothMatch) {
  const std::string siblings = kMarkers + R"(subsets:
  - {id: all}
  - {id: a, parent: all, partition: l, core: {CD3: pos}})";
  EXPECT_NE(message_of(siblings + "\n  - {id: b, parent: all, partition: l, core: {CD4: pos}}\n")
                .find("share the partition"),
            std::string::npos);
  EXPECT_EQ(message_of(siblings + "\n  - {id: b, parent: all, partition: l, core: {CD3: high}}\n"),
            "no error")
      << "pos ends below high where a sibling names high";
}

/// The message for a file whose seventh line is `line`, after markers and a root.
std::string message_of_line(const std::string& line) {
  return message_of(kMarkers + "subsets:\n  - {id: all, name: All}\n" +
                    "  - {id: t, name: T, parent: all, partition: l, core: {CD3: pos}}\n" + line +
                    "\n");
}

TEST(KnowledgeFile, RefusesEntriesThatContradictThemselves) {
  const auto says = [](const std::string& line, const std::string& words) {
    const std::string message = message_of_line(line);
    EXPECT_EQ(message.substr(0, 10), "k.yaml:9: ") << message;
    EXPECT_NE(message.find(words), std::string::npos) << message;
  };
  says("  - {id: b, parent: all, partition: l, core: {CD3: neg}, support: {CD3: pos}}",
       "names CD3 in `core` and in `support`");
  says("  - {id: b, parent: all, partition: l, overlay: true, core: {CD3: neg}}",
       "has both `partition` and `overlay: true`");
  says("  - {id: b, parent: all, core: {CD3: neg}}", "neither `partition` nor `overlay: true`");
  says("  - {id: b, parent: all, partition: l, core: {CD3: neg}, unless: [CD3]}",
       "would never be told");
  says("  - {id: b, parent: all, partition: l, core: {CD3: neg}, needs: [CD5]}",
       "unknown marker `CD5`");
  says("  - {id: b, name: t, parent: all, partition: l, core: {CD3: neg}}",
       "have the same name `t`");
  says("  - {id: b, parent: all, partition: l, core: {CD3: neg}, cl: CL:236}",
       "`CL:236` is not a Cell Ontology id");
  says("  - {id: b, parent: all, partition: l, core: {}}", "no core marker");
  says("  - {id: b, parent: all, partition: l, core: {CD3: []}}", "needs at least one level");
}

TEST(KnowledgeFile, RefusesTwoEntriesForOnePopulation) {
  const std::string overlays = message_of_line(
      "  - {id: x, parent: all, overlay: true, core: {CD4: pos}}\n"
      "  - {id: y, parent: all, overlay: true, core: {CD4: pos}}");
  EXPECT_EQ(overlays.substr(0, 11), "k.yaml:10: ") << overlays;
  EXPECT_NE(overlays.find("`x` (line 9) have the same core"), std::string::npos) << overlays;
  const std::string rests = message_of_line(
      "  - {id: x, parent: t, partition: p, rest: true, core: {CD4: pos}}\n"
      "  - {id: y, parent: t, partition: p, rest: true, core: {CD4: neg}}");
  EXPECT_NE(rests.find("k.yaml:10: `y` and `x` (line 9) both take the rest"), std::string::npos)
      << rests;
  const std::string other_rules = message_of_line(
      "  - {id: x, parent: t, partition: p, core: {CD4: pos}, instead: [{CD19: pos}]}\n"
      "  - {id: y, parent: t, partition: p, core: {CD4: neg}, instead: [{CD19: pos}]}");
  EXPECT_NE(other_rules.find("have rules in `instead` that an event could both match"),
            std::string::npos)
      << other_rules;
  EXPECT_EQ(
      message_of_line("  - {id: x, parent: all, partition: l, core: {CD4: pos}, unless: [CD3]}"),
      "no error")
      << "one of the two is for panels without CD3";
}

TEST(KnowledgeFile, RefusesNamesThatMeanTwoMarkers) {
  EXPECT_EQ(message_of("markers:\n  CD3: {}\n  CD4: {synonyms: [cd3]}\n"),
            "k.yaml:3: `cd3` means both CD3 and CD4 (a channel of that name could be either); keep "
            "it in one");
  EXPECT_EQ(message_of("markers:\n  CD3: {}\n  cd3: {}\n").substr(0, 10), "k.yaml:3: ");
}

TEST(KnowledgeFile, RefusesSumsAndRangesThatCannotBe) {
  const std::string cycle =
      message_of_line("composites:\n  - {id: x, of: [t, y]}\n  - {id: y, of: [x]}");
  EXPECT_NE(cycle.find("k.yaml:10: composite `x` is a part of itself"), std::string::npos) << cycle;
  const auto range = [](const std::string& entry) {
    return message_of_line("reference_ranges:\n  - " + entry);
  };
  EXPECT_EQ(range("{subset: t, unit: x, low: 1, high: 3}"), "no error");
  EXPECT_NE(range("{subset: t, low: 3, high: 1}").find("k.yaml:10: low 3 is above high 1"),
            std::string::npos);
  EXPECT_NE(range("{subset: tt, low: 3}").find("unknown subset or composite `tt`"),
            std::string::npos);
  EXPECT_NE(range("{subset: t, low: few}").find("this should be a number"), std::string::npos);
  EXPECT_NE(range("{subset: t, lowest: 3}").find("unknown key `lowest`"), std::string::npos);
}

TEST(KnowledgeFile, RefusesFilesThatDefineNothing) {
  const std::string path = ::testing::TempDir() + "/nothing.yaml";
  for (const char* text : {"", "# only a comment\n", "markers: {CD3: {}}\n"}) {
    std::ofstream(path) << text;
    try {
      (void)read_knowledge({path});
      FAIL() << text;
    } catch (const InputError& error) {
      EXPECT_EQ(std::string(error.what()).substr(0, path.size() + 24),
                path + ":1: no subset is defined");
    }
  }
}

TEST(KnowledgeFile, ReportsBrokenYamlWithItsLine) {
  EXPECT_EQ(message_of("markers: {CD3: {}\nsubsets: [").substr(0, 9), "k.yaml:2:");
  EXPECT_NE(message_of("[1, 2]").find("a knowledge file is a map"), std::string::npos);
  EXPECT_NE(message_of("subsets: 3").find("should be a list"), std::string::npos);
}

TEST(KnowledgeFile, ShippedFileIsSound) {
  const Knowledge knowledge =
      read_knowledge({std::string(GATELESS_SOURCE_DIR) + "/configs/pbmc.yaml"});
  EXPECT_GT(knowledge.subsets.size(), 80U);
  for (const char* id : {"b_dn", "b_dn2", "treg", "b_trans", "b_cd21low", "abnormal_memory_b"}) {
    const bool is_composite = std::any_of(knowledge.composites.begin(), knowledge.composites.end(),
                                          [&](const KnownComposite& c) { return c.id == id; });
    EXPECT_TRUE(is_composite || knowledge.find(id) != nullptr) << id;
  }
  EXPECT_EQ(knowledge.find("b_dn")->core,
            (MarkerLevels{{"IgD", {Level::kNeg}}, {"CD27", {Level::kNeg}}}));
  EXPECT_EQ(knowledge.primary.front(), "b_dn");
}

TEST(KnowledgeFile, EveryShippedBCellRowIsHeldAgainstTheAnnotatedClusters) {
  const Knowledge knowledge =
      read_knowledge({std::string(GATELESS_SOURCE_DIR) + "/configs/pbmc.yaml"});
  std::set<std::string> clusters;
  std::size_t rows = 0;
  for (const KnownSubset& subset : knowledge.subsets) {
    const KnownSubset* above = &subset;
    while (above != nullptr && above->id != "b_cell") above = knowledge.find(above->parent);
    if (above == nullptr) continue;
    ++rows;
    EXPECT_EQ(subset.compared.substr(0, 7), "niaid: ") << subset.id;
    const std::regex number("C[0-9]+");
    const auto end = std::sregex_iterator();
    const auto first = std::sregex_iterator(subset.compared.begin(), subset.compared.end(), number);
    EXPECT_TRUE(first != end || subset.compared.find("no cluster") != std::string::npos ||
                subset.compared.find("all clusters") != std::string::npos)
        << subset.id << ": " << subset.compared;
    for (auto match = first; match != end; ++match) clusters.insert(match->str());
  }
  EXPECT_GT(rows, 30U);
  for (int cluster = 1; cluster <= 30; ++cluster)
    EXPECT_EQ(clusters.count(fmt::format("C{}", cluster)), 1U) << cluster;
}

TEST(KnowledgeFile, TheMouseExampleIsSound) {
  const Knowledge knowledge =
      read_knowledge({std::string(GATELESS_SOURCE_DIR) + "/configs/mouse_spleen.yaml"});
  EXPECT_NE(knowledge.find("nkt_cell"), nullptr);
}

TEST(LevelTiers, PosEndsWhereASiblingNamesHigh) {
  EXPECT_EQ(allowed_tiers({Level::kPos}, 0), kLowTier | kIntTier | kHighTier);
  EXPECT_EQ(allowed_tiers({Level::kPos}, kHighTier), kLowTier | kIntTier);
  EXPECT_EQ(allowed_tiers({Level::kNeg, Level::kLow}, kHighTier), kNegTier | kLowTier);
}

}  // namespace
}  // namespace gateless::io
