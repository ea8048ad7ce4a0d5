#include "host/annotate/channel_naming.hpp"

#include <gtest/gtest.h>

#include "host/core/error.hpp"
#include "tests/annotate/small_knowledge.hpp"

namespace gateless::annotate {
namespace {

Knowledge names_knowledge() {
  Knowledge knowledge;
  for (const char* name : {"CD3", "CD4", "CD19", "CD27", "CD24", "CD38", "CD45RA", "CD45", "CD16",
                           "CD161", "CD11c", "CD1c", "CD14", "CD56", "IgA", "PD-1"}) {
    knowledge.markers.push_back(known_marker(name));
  }
  knowledge.markers.push_back(known_marker("IgD", {"sIgD"}));
  knowledge.markers.push_back(known_marker("HLA-DR", {"HLADR"}));
  knowledge.markers.push_back(known_marker("T-bet", {"Tbet"}));
  knowledge.markers.push_back(known_marker("CXCR5", {"CD185"}));
  knowledge.markers[0].clones = {"UCHT1"};
  KnownMarker viability = known_marker("Viability", {"Live/Dead", "livedead", "L/D", "PI"});
  viability.role = "viability";
  knowledge.markers.push_back(viability);
  knowledge.channel_names.fluorochromes = {"FITC",         "PE",       "PE-Cy7", "APC",
                                           "BUV737",       "BV785",    "BV421",  "PerCP-Cy5-5",
                                           "Pacific Blue", "Qdot 605", "PC7",    "APC-H7"};
  knowledge.channel_names.non_markers = {"BC1", "label", "190BCKG", "barcode"};
  knowledge.channel_names.unlabelled = {"-", "", "empty", "NA"};
  return knowledge;
}

Panel named(const std::vector<Channel>& channels,
            const std::map<std::string, std::string>& overrides = {}) {
  return name_channels(channels, names_knowledge(), overrides);
}

/// The marker of one channel; a second, stained one stands beside it.
PanelChannel only(const std::string& name, const std::string& stain = "") {
  return named({{name, stain, 0.0}, {"FL9-A", "CXCR5", 0.0}}).channels[0];
}

TEST(ChannelNaming, FindsMarkersInAllTheWaysThatFilesNameThem) {
  const std::vector<std::tuple<std::string, std::string, std::string>> names{
      {"IgD-FITC-A", "", "IgD"},
      {"CD27 PE-Cy7", "", "CD27"},
      {"FITC-A :: IgD", "", "IgD"},
      {"<BV785-A> IgD", "", "IgD"},
      {"169Tm_CD19", "", "CD19"},
      {"CD45RA_Eu153Di", "", "CD45RA"},
      {"BV421-A CD38", "", "CD38"},
      {"FJComp-BUV737-A", "Tbet", "T-bet"},
      {"Comp-APC-A", "HLADR", "HLA-DR"},
      {"CD3(110:114)Dd", "CD3", "CD3"},
      {"(Yb174)Dd_HLADR", "", "HLA-DR"},
      {"Yb173Di", "173Yb_HLA-DR", "HLA-DR"},
      {"Gd158Di", "158Gd_CD185_CXCR5 ", "CXCR5"},
      {"FL2-A", "45RA PE", "CD45RA"},
      {"FL5-A", "CD4 PC7", "CD4"},
      {"APC-A", "hla dr", "HLA-DR"},
      {"APC-A", "PD1", "PD-1"},
      {"PE-A", "UCHT1 PE", "CD3"},
  };
  for (const auto& [name, stain, marker] : names) {
    const PanelChannel channel = only(name, stain);
    if (marker == "CXCR5") {
      EXPECT_EQ(named({{name, stain, 0.0}}).channels[0].marker, marker) << name << " " << stain;
      continue;
    }
    EXPECT_EQ(channel.marker, marker) << name << " " << stain;
    EXPECT_TRUE(channel.is_known) << name;
    EXPECT_EQ(channel.role, ChannelRole::kMarker) << name;
  }
}

TEST(ChannelNaming, KeepsTokenBoundaries) {
  EXPECT_EQ(only("CD11c").marker, "CD11c");
  EXPECT_EQ(only("CD1c").marker, "CD1c");
  EXPECT_EQ(only("CD45RA").marker, "CD45RA");
  EXPECT_EQ(only("CD45").marker, "CD45");
  EXPECT_EQ(only("CD161").marker, "CD161");
  EXPECT_EQ(only("CD38").marker, "CD38");
  EXPECT_EQ(only("CD45RA-H7").marker, "CD45RA");
  EXPECT_EQ(only("IgA PE").marker, "IgA");
  for (const char* unknown : {"CD163", "CD45.1", "CD385", "CD49fpur"}) {
    EXPECT_FALSE(only(unknown).is_known) << unknown;
    EXPECT_EQ(only(unknown).role, ChannelRole::kMarker) << unknown;
  }
}

TEST(ChannelNaming, UnknownStainsKeepTheirCleanedName) {
  EXPECT_EQ(only("BV421-A", "KLRG1 BV421").marker, "KLRG1");
  EXPECT_EQ(only("FJComp-BUV737-A", "IFNg").marker, "IFNg");
  EXPECT_EQ(only("PE-A", "NK1/1").marker, "NK1/1");
}

TEST(ChannelNaming, TellsRolesAndPulseShapes) {
  const Panel panel = named({{"FSC-A", "", 0.0},
                             {"FSC-H", "", 0.0},
                             {"SS-W", "SS INT LIN", 0.0},
                             {"Time", "", 0.0},
                             {"APC-Cy7-A", "Live/ Dead", 0.0},
                             {"PE-A", "CD19", 0.0},
                             {"Qdot 605-A", " ", 0.0},
                             {"PerCP-Cy5-5-A", "-", 0.0},
                             {"label", "", 0.0}});
  const std::vector<ChannelRole> roles{
      ChannelRole::kForward, ChannelRole::kForward,   ChannelRole::kSide,
      ChannelRole::kTime,    ChannelRole::kViability, ChannelRole::kMarker,
      ChannelRole::kIgnored, ChannelRole::kIgnored,   ChannelRole::kIgnored};
  for (std::size_t i = 0; i < roles.size(); ++i) EXPECT_EQ(panel.channels[i].role, roles[i]) << i;
  EXPECT_EQ(panel.channels[0].pulse, PulseShape::kArea);
  EXPECT_EQ(panel.channels[1].pulse, PulseShape::kHeight);
  EXPECT_EQ(panel.channels[2].pulse, PulseShape::kWidth);
  EXPECT_EQ(panel.instrument, Instrument::kFlow);
}

TEST(ChannelNaming, KnowsMassCytometry) {
  const Panel panel = named({{"Event_length", "", 0.0},
                             {"Ir191Di", "191Ir_DNA1", 0.0},
                             {"Ce140Di", "140Ce_Bead", 0.0},
                             {"Residual", "", 0.0},
                             {"Pt194Di", "194Pt", 0.0},
                             {"BCKG190Di", "190BCKG", 0.0},
                             {"Nd144Di", "144Nd_CD19", 0.0}});
  EXPECT_EQ(panel.instrument, Instrument::kMass);
  EXPECT_EQ(panel.channels[0].role, ChannelRole::kEventLength);
  EXPECT_EQ(panel.channels[1].role, ChannelRole::kDna);
  EXPECT_EQ(panel.channels[2].role, ChannelRole::kBead);
  EXPECT_EQ(panel.channels[3].role, ChannelRole::kGaussian);
  EXPECT_EQ(panel.channels[4].role, ChannelRole::kIgnored);
  EXPECT_EQ(panel.channels[5].role, ChannelRole::kIgnored);
  EXPECT_EQ(panel.channels[6].marker, "CD19");
  EXPECT_EQ(
      name_channels({{"CD19", "", 0.0}}, names_knowledge(), {}, "DVSSCIENCES-CYTOF-6.7").instrument,
      Instrument::kMass);
}

TEST(ChannelNaming, ADumpChannelCarriesSeveralMarkers) {
  const PanelChannel dump = only("BV785-A", "CD3/CD14/CD16/CD56");
  EXPECT_EQ(dump.marker, "dump");
  EXPECT_FALSE(dump.is_known);
  EXPECT_EQ(dump.dump, (std::vector<std::string>{"CD3", "CD14", "CD16", "CD56"}));
}

TEST(ChannelNaming, TwoChannelsOfOneMarkerLeaveTheBetter) {
  const Panel panel = named({{"CD19", "", 0.0}, {"PE-A", "CD19 PE", 0.0}});
  EXPECT_EQ(panel.channels[0].role, ChannelRole::kIgnored);
  EXPECT_EQ(panel.channels[1].marker, "CD19");
  ASSERT_EQ(panel.warnings.size(), 1U);
  const Panel pulses = named({{"GFP-H", "", 0.0}, {"GFP-A", "", 0.0}, {"PE-A", "CD19", 0.0}});
  EXPECT_EQ(pulses.channels[0].role, ChannelRole::kIgnored) << "the area is taken";
  ASSERT_EQ(pulses.warnings.size(), 1U) << "pulse shapes of one detector are no doubt";
  EXPECT_NE(pulses.warnings[0].find("have no stain and are not used"), std::string::npos);
}

TEST(ChannelNaming, OverridesWinAndMustNameAChannelOfSomeFile) {
  const Panel panel = named({{"FL1-A", "x", 0.0}, {"FL2-A", "CD3", 0.0}, {"FL3-A", "dye", 0.0}},
                            {{"FL1-A", "CD19"}, {"CD3", "ignore"}, {"dye", "viability"}});
  EXPECT_EQ(panel.channels[0].marker, "CD19");
  EXPECT_TRUE(panel.channels[0].is_known);
  EXPECT_EQ(panel.channels[1].role, ChannelRole::kIgnored);
  EXPECT_EQ(panel.channels[2].role, ChannelRole::kViability);
  const std::vector<std::vector<Channel>> files{{{"FL1-A", "", 0.0}}, {{"FL7-A", "x", 0.0}}};
  EXPECT_NO_THROW(check_overrides(files, {{"x", "CD19"}}));
  EXPECT_THROW(check_overrides(files, {{"FL8-A", "CD19"}}), InputError);
}

TEST(ChannelNaming, ClustersDetectorsWhereNothingIsNamed) {
  const Panel panel = named({{"FSC-A", "", 0.0}, {"FITC-A", "", 0.0}, {"PE-A", "", 0.0}});
  EXPECT_EQ(panel.channels[1].role, ChannelRole::kMarker);
  EXPECT_EQ(panel.channels[1].marker, "FITC-A");
  EXPECT_EQ(panel.warnings.size(), 1U);
}

}  // namespace
}  // namespace gateless::annotate
