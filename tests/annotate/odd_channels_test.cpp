// Channels as instruments and export programs name them: what is a marker, and which of several columns is used.
#include <gtest/gtest.h>

#include <algorithm>

#include "host/annotate/channel_naming.hpp"
#include "host/annotate/instrument.hpp"
#include "host/annotate/pulse_words.hpp"
#include "tests/annotate/small_knowledge.hpp"

namespace gateless::annotate {
namespace {

Knowledge odd_knowledge() {
  Knowledge knowledge;
  for (const char* name : {"CD3", "CD4", "CD8", "CD19", "CD27", "IgD", "HLA-DR", "CD45RA"})
    knowledge.markers.push_back(known_marker(name));
  knowledge.markers.push_back(known_marker("TCRgd", {"TCR-gd"}));
  knowledge.markers.back().clones = {"B1"};
  knowledge.markers.push_back(known_marker("CD45R", {"B220"}));
  knowledge.markers[3].clones = {"B4"};
  knowledge.channel_names.fluorochromes = {"FITC", "PE", "PE-CF594", "APC", "PC5.5", "BV421"};
  knowledge.channel_names.non_markers = {"AF", "sort", "event", "sample id", "tSNE*", "UMAP*"};
  knowledge.channel_names.unlabelled = {"-", "", "NA", "nan", "null", "none"};
  return knowledge;
}

Panel named(const std::vector<Channel>& channels, const std::string& cytometer = {}) {
  return name_channels(channels, odd_knowledge(), {}, cytometer);
}

std::vector<std::string> markers_of(const std::vector<Channel>& channels) {
  std::vector<std::string> markers;
  for (const PanelChannel& channel : named(channels).markers()) markers.push_back(channel.marker);
  return markers;
}

/// Names of the channels that are clustered.
std::vector<std::string> used(const std::vector<Channel>& channels) {
  std::vector<std::string> names;
  for (const PanelChannel& channel : named(channels).markers()) names.push_back(channel.name);
  return names;
}

using Words = std::vector<std::string>;

TEST(OddChannels, AFlowCytometerIsNoMassCytometerByLikeness) {
  const std::vector<Channel> detectors{{"FSC-A", "", 0},
                                       {"Y585-PE-A", "CD3", 0},
                                       {"Y610-A", "CD4", 0},
                                       {"Y675-A", "", 0},
                                       {"Y763-A", "", 0}};
  EXPECT_EQ(instrument_of(detectors, "CytoFLEX S"), Instrument::kFlow);
  EXPECT_EQ(instrument_of(detectors, ""), Instrument::kFlow);
  EXPECT_EQ(instrument_of({{"CD3", "", 0}}, "CytoFLEX LX"), Instrument::kFlow);
  for (const char* machine : {"DVSSCIENCES-CYTOF-6.7", "CyTOF2", "Helios", "CyTOF"})
    EXPECT_EQ(instrument_of({{"CD3", "", 0}}, machine), Instrument::kMass) << machine;
  EXPECT_EQ(instrument_of({{"Nd142Di", "", 0}, {"Nd143Di", "", 0}, {"Yb176Di", "", 0}}, ""),
            Instrument::kMass);
}

TEST(OddChannels, AMetalIsAnIsotopeThatExists) {
  for (const char* word : {"142Nd", "Nd142Di", "89Y", "Y89Di", "Pd110", "209Bi", "BCKG190Di"})
    EXPECT_TRUE(is_metal(word)) << word;
  for (const char* word : {"Y585", "Y610", "I5", "Nd585", "V450", "B525", "In90"})
    EXPECT_FALSE(is_metal(word)) << word;
}

TEST(OddChannels, LettersBehindANumberMayStandAlone) {
  for (const char* stain : {"CD45RA", "CD45 RA", "CD45-RA", "CD45_RA PE", "45 RA"})
    EXPECT_EQ(markers_of({{"APC-A", stain, 0}}), Words{"CD45RA"}) << stain;
  EXPECT_EQ(markers_of({{"APC-A", "CD45 R", 0}}), Words{"CD45R"});
  EXPECT_EQ(markers_of({{"PE-A", "CD8-A", 0}}), Words{"CD8"});
}

TEST(OddChannels, WordsForNothingStainNothing) {
  for (const char* stain :
       {"none", "(none)", "[NA]", "N.A.", "None-None", "none 2", "xx", "PE none", "---", "null."}) {
    EXPECT_EQ(used({{"APC-A", "CD3", 0}, {"PE-A", stain, 0}}), Words{"APC-A"}) << stain;
  }
}

TEST(OddChannels, AWordThatIsNoMarkerIsNoneBesideAMetalOrADye) {
  EXPECT_EQ(used({{"Nd142Di", "142Nd_CD19", 0}, {"Pd102Di", "102Pd_Event1", 0}}), Words{"Nd142Di"});
  EXPECT_EQ(used({{"APC-A", "CD3", 0}, {"PE-A", "PE AF", 0}}), Words{"APC-A"});
}

TEST(OddChannels, DetectorsAreNotReadAsClones) {
  EXPECT_EQ(markers_of({{"B1-A", "", 0}, {"B4-A", "", 0}, {"V1-A", "", 0}}),
            (Words{"B1-A", "B4-A", "V1-A"}));
  EXPECT_EQ(markers_of({{"B1-A", "", 0}, {"B2-A", "CD19 PE", 0}}), Words{"CD19"});
  EXPECT_EQ(markers_of({{"V450-A", "", 0}, {"B525-A", "", 0}, {"UV379-A", "", 0}}).size(), 3U);
  EXPECT_EQ(
      markers_of(
          {{"FL1-A", "CD3 Y585-PE-A", 0}, {"FL2-A", "V660-A", 0}, {"FL3-A", "B690-PC5.5-A", 0}}),
      Words{"CD3"});
  EXPECT_EQ(markers_of({{"PE-A", "B220", 0}}), Words{"CD45R"});
}

TEST(OddChannels, ColumnsWithoutAStainAreNoMarkersWhereOthersAreStained) {
  const Panel panel = named({{"PE-A", "CD19", 0},
                             {"APC-A", "CD3", 0},
                             {"SPADE density", "", 0},
                             {"tSNE1", "", 0},
                             {"AF2-A", "AF", 0},
                             {"Sample ID", "", 0}});
  EXPECT_EQ(panel.markers().size(), 2U);
  ASSERT_EQ(panel.warnings.size(), 1U);
  EXPECT_NE(panel.warnings[0].find("SPADE density"), std::string::npos);
  EXPECT_EQ(markers_of({{"CD19", "", 0}, {"KLRG1", "", 0}, {"UMAP_2", "", 0}, {"Event #", "", 0}}),
            (Words{"CD19", "KLRG1"}))
      << "where nothing is stained, names are all there is";
}

TEST(OddChannels, CompensatedColumnsComeBeforeRawOnesInAnyOrder) {
  const std::vector<Channel> raw{{"PE-A", "CD19", 0}, {"APC-A", "CD3", 0}};
  const std::vector<Channel> compensated{{"Comp-PE-A", "CD19", 0}, {"Comp-APC-A", "", 0}};
  std::vector<Channel> one = raw, other = compensated;
  one.insert(one.end(), compensated.begin(), compensated.end());
  other.insert(other.end(), raw.begin(), raw.end());
  for (const std::vector<Channel>& channels : {one, other}) {
    EXPECT_EQ(used(channels), (Words{"Comp-PE-A", "Comp-APC-A"}));
    EXPECT_EQ(named(channels).warnings.size(), 1U) << "one line for all markers";
  }
  EXPECT_EQ(used({{"PE-A", "CD19", 0}, {"<PE-A>", "CD19", 0}}), Words{"<PE-A>"});
}

TEST(OddChannels, PulseShapesAreToldInTheWordsOfAllVendors) {
  for (const char* area :
       {"PE-A", "PE-a", "PE - Area", "PE-AREA", "PE INT", "FS INT LIN", "PE-ALin"})
    EXPECT_EQ(pulse_of(area), PulseShape::kArea) << area;
  for (const char* height :
       {"PE-H", "PE PEAK", "PE PEAK LIN", "YEL-HLin", "FL1-HEIGHT", "PE Height"})
    EXPECT_EQ(pulse_of(height), PulseShape::kHeight) << height;
  for (const char* width : {"PE-W", "FSC-Width", "SS TOF", "RED-WIDTH"})
    EXPECT_EQ(pulse_of(width), PulseShape::kWidth) << width;
  EXPECT_EQ(pulse_of("Width"), PulseShape::kNone);
  EXPECT_EQ(long_pulse_of("HLA-A"), PulseShape::kNone);
  EXPECT_EQ(detector_of("FJComp-PE-CF594-A"), detector_of("PE-CF594 PEAK LIN"));
}

TEST(OddChannels, OfEachDetectorTheAreaIsUsed) {
  EXPECT_EQ(used({{"FL1-HEIGHT", "CD19-HEIGHT", 0},
                  {"FL1-AREA", "CD19-AREA", 0},
                  {"FL1-WIDTH", "CD19-WIDTH", 0}}),
            Words{"FL1-AREA"});
  EXPECT_EQ(used({{"PE PEAK LIN", "CD19", 0}, {"PE INT LIN", "CD19", 0}}), Words{"PE INT LIN"});
  EXPECT_EQ(used({{"FL1-H", "", 0}, {"FL1-A", "", 0}, {"FL1-W", "", 0}, {"FL2-A", "", 0}}),
            (Words{"FL1-A", "FL2-A"}))
      << "unstained detectors, too";
}

TEST(OddChannels, AStainIsNotCutInsideABracket) {
  EXPECT_EQ(markers_of({{"YEL-HLin", "Yellow Fluorescence (YEL-HLin)", 0},
                        {"RED-HLin", "Red Fluorescence (RED-HLin)", 0},
                        {"RED-W", "Red Fluorescence Width (RED-W)", 0}}),
            (Words{"Yellow Fluorescence", "Red Fluorescence"}));
  EXPECT_EQ(markers_of({{"PE-A", "SIRPa (CD172a)", 0}}), Words{"SIRPa (CD172a)"});
}

TEST(OddChannels, LettersOfUnicodeStandForOrdinaryOnes) {
  const std::vector<std::pair<const char*, const char*>> stains{
      {"CD3\u03b5", "CD3\u03b5"}, {"\u00a0CD4", "CD4"},          {"CD45RA\u00a0", "CD45RA"},
      {"HLA\u2011DR", "HLA-DR"},  {"TCR \u03b3\u03b4", "TCRgd"}, {"CAR-T\u2003", "CAR-T"}};
  for (const auto& [stain, marker] : stains)
    EXPECT_EQ(markers_of({{"PE-A", stain, 0}}), Words{marker});
}

TEST(OddChannels, WordsForNothingAreNoStains) {
  for (const char* word : {"nan", "NA", "<NA>", "None", "NULL"})
    EXPECT_EQ(markers_of({{"PE-A", "CD19", 0}, {"APC-A", word, 0}}), Words{"CD19"}) << word;
  EXPECT_EQ(markers_of({{"PE-A", "CD19", 0}, {"APC-A", "NANOG", 0}}), (Words{"CD19", "NANOG"}));
  const std::vector<Channel> barcodes{{"Pd102Di", "code", 0},
                                      {"Pd104Di", "code", 0},
                                      {"Pd105Di", "code", 0},
                                      {"Nd142Di", "CD19", 0}};
  EXPECT_EQ(markers_of(barcodes), Words{"CD19"});
  EXPECT_EQ(named(barcodes).warnings.size(), 1U);
}

TEST(OddChannels, WhatAnAntibodyIsAgainstDoesNotHideItsMarker) {
  for (const char* stain : {"hCD27", "huCD27", "antiCD27", "anti-CD27", "CD27"})
    EXPECT_EQ(markers_of({{"PE-A", stain, 0}}), Words{"CD27"}) << stain;
}

TEST(OddChannels, BeadsOfMassCytometryAreKnownByTheirWords) {
  for (const char* word :
       {"140Ce_EQ", "140Ce_EQ4_beads", "140Ce_EQBeads", "140Ce_Bead", "140Ce_EQ4"}) {
    const Panel panel =
        named({{"Event_length", "", 0}, {"Ce140Di", word, 0}, {"Nd142Di", "CD19", 0}});
    EXPECT_EQ(panel.channels[1].role, ChannelRole::kBead) << word;
  }
}

TEST(OddChannels, ALinearAmplifierIsNoLineageCocktail) {
  EXPECT_EQ(markers_of({{"FL1 LIN", "CD19", 0}, {"FL2 LIN", "", 0}}), Words{"CD19"});
  EXPECT_EQ(markers_of({{"PE-A", "Lin FITC", 0}}), Words{"dump"});
}

}  // namespace
}  // namespace gateless::annotate
