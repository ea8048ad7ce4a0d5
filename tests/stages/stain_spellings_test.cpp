// How the shipped knowledge file reads stains as laboratories, vendors and languages spell them.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "host/annotate/channel_naming.hpp"
#include "io/knowledge_file.hpp"

namespace gateless::stages {
namespace {

using annotate::name_channels;
using io::read_knowledge;
using Words = std::vector<std::string>;

Panel panel_of(const std::vector<Channel>& channels) {
  static const Knowledge knowledge =
      read_knowledge({std::string(GATELESS_SOURCE_DIR) + "/configs/pbmc.yaml"});
  return name_channels(channels, knowledge, {}, "");
}

/// The stain's channel beside two others, which are stained with what nobody asks for.
PanelChannel read(const std::string& stain) {
  return panel_of({{"BV421-A", stain, 0}, {"PE-A", "CXCR4", 0}, {"APC-A", "CD61", 0}}).channels[0];
}

TEST(StainSpellings, AreReadAsTheirMarker) {
  const std::vector<std::pair<std::string, Words>> spellings{
      {"TCRgd",
       {"TCR γ/δ", "TCRg/d", "TCR gamma delta", "γδ TCR", "gamma-delta TCR", "TCR pan g/d"}},
      {"TCRab", {"TCR α/β", "TCR alpha beta"}},
      {"CD45RO", {"CD45R0", "CD45 R0", "CD45RO"}},
      {"IgD", {"Ig D", "SmIgD", "sIgD", "mIgD", "IgDFITC"}},
      {"CD3", {"CyCD3", "cCD3", "CD3PerCP", "CD3™", "CD3·FITC", "\uFF23\uFF24\uFF13"}},
      {"CD19", {"CD19APC", "BV421CD19", "CD19Alexa488", "CD19/1:50", "CD19.1:100", "\u0421D19"}},
      {"CD86", {"B7-2", "CD86 (B7-2)"}},
      {"IgM", {"G20-127", "CyIgM"}},
      {"CD16", {"CD16 (Leu-11b)", "FcgRIIIa"}},
      {"HLA-DR", {"HLA - DR", "DR", "HLA class II"}},
      {"CD62L", {"CD62L", "CD62-L", "CD62 L"}},
      {"CD117", {"KIT", "c-Kit"}},
      {"PD-L1", {"PD-L1", "CD274 (29E.2A3)"}}};
  for (const auto& [marker, stains] : spellings) {
    for (const std::string& stain : stains) {
      const PanelChannel channel = read(stain);
      EXPECT_EQ(channel.marker, marker) << stain;
      EXPECT_TRUE(channel.is_known) << stain;
    }
  }
}

TEST(StainSpellings, OfSeveralMarkersAreCombinations) {
  const std::vector<std::pair<std::string, Words>> spellings{
      {"CD16+56", {"CD16", "CD56"}},
      {"CD16-56 PE", {"CD16", "CD56"}},
      {"CD3/14/19", {"CD3", "CD14", "CD19"}},
      {"CD3 14 16", {"CD3", "CD14", "CD16"}},
      {"CD3CD14CD56", {"CD3", "CD14", "CD56"}},
      {"CD14/CD163", {"CD14", "CD163"}},
      {"IgG+A", {"IgG", "IgA"}},
      {"CD8+SmIgLambda", {"CD8", "lambda"}},
      {"CD14/Aqua", {"CD14", "Viability"}},
      {"CD3 Live/Dead", {"CD3", "Viability"}}};
  for (const auto& [stain, markers] : spellings) {
    const PanelChannel channel = read(stain);
    EXPECT_EQ(channel.marker, "dump") << stain;
    EXPECT_EQ(channel.dump, markers) << stain;
  }
  // Numbers that are not of lineages count tubes, metals or dilutions.
  for (const char* stain : {"CD19-142", "CD4_2", "CD19 10", "CD8/488"})
    EXPECT_TRUE(read(stain).dump.empty()) << stain;
}

TEST(StainSpellings, OfDeadCellsAreNoMarkers) {
  for (const char* stain : {"FVS440UV", "FVS575V", "ZombieNIR", "GhostRed780", "LD510", "L/D780",
                            "LiveDeadAqua", "ViaDye Red", "Lebend/Tot", "Viabilité",
                            "Vivos/Muertos", "Zombie Aqua Fixable Viability Kit"})
    EXPECT_EQ(read(stain).role, ChannelRole::kViability) << stain;
  EXPECT_EQ(read("CD4 Aqua").marker, "CD4") << "the dye's name is the label";
}

TEST(StainSpellings, OfOtherMoleculesAreNotTheMarker) {
  for (const char* stain :
       {"Fas ligand", "ICOS-L", "CD40 ligand", "PD-1 L1", "CD1d tetramer", "CD19 CAR",
        "goat anti-mouse IgG", "Cyclin A1", "Integrin B1", "CD3 zeta"})
    EXPECT_FALSE(read(stain).is_known) << stain;
  for (const char* stain :
       {"CD27 FMO", "CD19 isotype", "Iso IgM", "no CD3", "frei", "Vacío", "TBD"})
    EXPECT_EQ(read(stain).role, ChannelRole::kIgnored) << stain;
}

TEST(StainSpellings, TwoDumpsOfOneTubeAreBothKept) {
  const Panel panel =
      panel_of({{"BV421-A", "CD3/CD14", 0}, {"PE-A", "CD16+CD56", 0}, {"APC-A", "CD19", 0}});
  EXPECT_EQ(panel.channels[0].marker, "dump CD3 CD14");
  EXPECT_EQ(panel.channels[1].marker, "dump CD16 CD56");
  EXPECT_TRUE(panel.warnings.empty());
  for (const char* stain : {"BV510 Lin", "Lin1", "DumpChannel"})
    EXPECT_EQ(read(stain).marker, "dump") << stain;
}

}  // namespace
}  // namespace gateless::stages
