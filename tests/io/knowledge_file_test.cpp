#include "io/knowledge_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "host/core/error.hpp"
#include "host/core/level_tiers.hpp"

namespace gateless {
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

TEST(LevelTiers, PosEndsWhereASiblingNamesHigh) {
  EXPECT_EQ(allowed_tiers({Level::kPos}, 0), kLowTier | kIntTier | kHighTier);
  EXPECT_EQ(allowed_tiers({Level::kPos}, kHighTier), kLowTier | kIntTier);
  EXPECT_EQ(allowed_tiers({Level::kNeg, Level::kLow}, kHighTier), kNegTier | kLowTier);
}

}  // namespace
}  // namespace gateless
