// Gating-ML and FlowJo workspaces: what stands in them, with names that are hostile to XML.
#include <gtest/gtest.h>

#include <pugixml.hpp>

#include "host/core/shown_scale.hpp"
#include "io/flowjo_workspace.hpp"
#include "io/gating_ml.hpp"
#include "tests/temporary_folder.hpp"

namespace gateless::io {
namespace {

constexpr const char* kHostile = "<x> ]]> \"CD19\" & <'\x01";

GatePanel example() {
  GatePanel panel;
  panel.panel = "B";
  const Transform logicle{.kind = TransformKind::kLogicle, .w = 0.7};
  const Transform arcsinh{.kind = TransformKind::kArcsinh, .cofactor = 5.0};
  panel.axes = {{kHostile, "CD19", logicle, 262144.0},
                {"FL2/A", "IgD", arcsinh, 10000.0},
                {"FSC-A", "FSC-A", {}, 262144.0}};
  panel.gates = {
      {.id = "cells",
       .subset = "cells",
       .name = "Cells",
       .parent = -1,
       .is_last = true,
       .sides = {{.axis = 2, .low = 20000.25, .high = 1.0 / 3.0}}},
      {.id = "b",
       .subset = "b",
       .name = kHostile,
       .parent = 0,
       .is_last = true,
       .sides = {{.axis = 0, .low = 1200.5, .high = {}}, {.axis = 1, .low = {}, .high = 900.0}}}};
  GateSample sample;
  sample.name = "one";
  sample.path = "/data/a folder/one%.fcs";
  sample.version = "FCS3.1";
  sample.events = 10;
  sample.spillover = Spillover{{kHostile, "FL2/A"}, Matrix<double>(2, 2, 0.0)};
  sample.spillover->coefficients(0, 1) = 0.1;
  sample.keywords = {{"$CYT", kHostile}};
  sample.counts.resize(2);
  GateSample table = sample;
  table.name = "two";
  table.path = "two.csv";
  table.version = "CSV";
  panel.samples = {sample, table};
  return panel;
}

std::string clean_name() {
  std::string name = kHostile;
  name.back() = '?';
  return name;
}

struct Loaded {
  pugi::xml_document document;
  explicit Loaded(const std::string& path) {
    const pugi::xml_parse_result result = document.load_file(path.c_str());
    EXPECT_TRUE(result) << result.description();
  }
};

TEST(GatingMl, HoldsGatesOnTheScaleOfTheChannels) {
  const TemporaryFolder folder;
  write_gating_ml(example(), folder / "b.xml");
  const Loaded loaded(folder / "b.xml");
  const pugi::xml_node root = loaded.document.child("gating:Gating-ML");
  const pugi::xml_node b = root.find_child_by_attribute("gating:RectangleGate", "gating:id", "b");
  EXPECT_STREQ(b.attribute("gating:parent_id").value(), "cells");
  const pugi::xml_node x = b.child("gating:dimension");
  EXPECT_STREQ(x.attribute("gating:compensation-ref").value(), "FCS");
  EXPECT_EQ(x.child("data-type:fcs-dimension").attribute("data-type:name").value(), clean_name());
  EXPECT_EQ(x.attribute("gating:min").as_double(),
            gating_ml_value(example().axes[0].transform, 1200.5));
  EXPECT_FALSE(x.attribute("gating:max"));
  const pugi::xml_node y = x.next_sibling("gating:dimension");
  EXPECT_NEAR(y.attribute("gating:max").as_double(), std::asinh(180.0), 1e-12);
  // fasinh(x, T, M, A) = asinh(x sinh(M ln 10) / T) / (M ln 10) with A = 0 (Gating-ML 2.0, 6.3).
  const pugi::xml_node scale =
      root.find_child_by_attribute("transforms:transformation", "transforms:id",
                                   y.attribute("gating:transformation-ref").value())
          .child("transforms:fasinh");
  const double width = scale.attribute("transforms:M").as_double() * std::log(10.0);
  EXPECT_NEAR(
      std::asinh(900.0 * std::sinh(width) / scale.attribute("transforms:T").as_double()) / width,
      std::asinh(180.0), 1e-12);
  const pugi::xml_node cells = root.child("gating:RectangleGate");
  EXPECT_EQ(cells.child("gating:dimension").attribute("gating:max").as_double(), 1.0 / 3.0);
  EXPECT_FALSE(cells.child("gating:dimension").attribute("gating:transformation-ref"));
}

TEST(FlowJoWorkspace, HoldsLinearBoundsAndEachSamplesMatrix) {
  const TemporaryFolder folder;
  write_flowjo_workspace(example(), folder / "b.wsp");
  const Loaded loaded(folder / "b.wsp");
  const pugi::xml_node list = loaded.document.child("Workspace").child("SampleList");
  const pugi::xml_node sample = list.child("Sample");
  EXPECT_FALSE(sample.next_sibling("Sample"));  // a table is no FCS file
  EXPECT_STREQ(sample.child("DataSet").attribute("uri").value(),
               "file:/data/a%20folder/one%25.fcs");
  const pugi::xml_node coefficient =
      sample.child("transforms:spilloverMatrix").child("transforms:spillover").first_child();
  EXPECT_EQ(coefficient.next_sibling().attribute("transforms:value").as_double(), 0.1);
  const pugi::xml_node cells =
      sample.child("SampleNode").child("Subpopulations").child("Population");
  EXPECT_STREQ(cells.attribute("name").value(), "cells");
  const pugi::xml_node b = cells.child("Subpopulations").child("Population");
  EXPECT_EQ(b.attribute("annotation").value(), clean_name());
  const pugi::xml_node x = b.child("Gate").child("gating:RectangleGate").child("gating:dimension");
  EXPECT_EQ(x.attribute("gating:min").as_double(), 1200.5);
  EXPECT_EQ(x.child("data-type:fcs-dimension").attribute("data-type:name").value(),
            "Comp-" + clean_name());
  EXPECT_STREQ(x.next_sibling("gating:dimension")
                   .child("data-type:fcs-dimension")
                   .attribute("data-type:name")
                   .value(),
               "Comp-FL2_A");
  EXPECT_STREQ(cells.child("Gate")
                   .child("gating:RectangleGate")
                   .child("gating:dimension")
                   .child("data-type:fcs-dimension")
                   .attribute("data-type:name")
                   .value(),
               "FSC-A");
}

}  // namespace
}  // namespace gateless::io
