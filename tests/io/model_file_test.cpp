// model.h5 gives back exactly the model that was written, whatever the user called his panels.
#include "io/model_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "host/core/error.hpp"
#include "io/hdf5_object.hpp"

namespace gateless::io {
namespace {

std::string fresh_path(const std::string& name) {
  const auto path = std::filesystem::path(testing::TempDir()) / name;
  std::filesystem::remove(path);
  return path.string();
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

CodebookModel map_of(const std::string& parent) {
  CodebookModel map;
  map.parent = parent;
  map.markers = {"CD19", "CD27"};
  map.scaling = {.shift = {2.0F, 1.0F}, .scale = 0.5F};
  map.codebook = Matrix<float>(3, 2);
  for (std::size_t i = 0; i < 6; ++i) map.codebook.values()[i] = 0.125F * static_cast<float>(i);
  map.metacluster_of_node = {1, 2, 1};
  map.subset_of_node = {"b_naive", "", "unassigned"};
  map.stability_of_node = {0.75, 1.0, 0.75};
  return map;
}

PanelModel panel_of(const std::string& name) {
  PanelModel model;
  model.panel.name = name;
  model.panel.instrument = Instrument::kMass;
  model.panel.channels = {{.channel = 4,
                           .name = "Nd142Di",
                           .role = ChannelRole::kMarker,
                           .pulse = PulseShape::kNone,
                           .marker = "CD19",
                           .is_known = true,
                           .dump = {}},
                          {.channel = 0,
                           .name = "FSC-A",
                           .role = ChannelRole::kForward,
                           .pulse = PulseShape::kArea,
                           .marker = "",
                           .is_known = false,
                           .dump = {"CD3", "CD14"}}};
  model.panel.warnings = {"α-chain has no knowledge"};
  model.markers = {"CD19", "CD27"};
  model.transforms = {{.kind = TransformKind::kArcsinh, .cofactor = 150.0},
                      {.kind = TransformKind::kLogicle, .w = 0.75}};
  model.maps = {map_of(""), map_of("b/memory"), map_of("b/memory"), map_of("a")};
  model.subset_model = "{\"levels\": []}";
  return model;
}

Model model_of(const std::vector<std::string>& names) {
  Model model;
  model.version = "0.1.0";
  model.seed = 0xFFFFFFFFFFFFFFFFU;
  model.knowledge = "subsets:\n  - id: b\n";
  model.configuration = "{}";
  model.fingerprint = "abc";
  for (const std::string& name : names) model.panels.push_back(panel_of(name));
  return model;
}

void expect_equal(const CodebookModel& left, const CodebookModel& right) {
  EXPECT_EQ(left.parent, right.parent);
  EXPECT_EQ(left.markers, right.markers);
  EXPECT_EQ(left.scaling, right.scaling);
  EXPECT_EQ(left.codebook, right.codebook);
  EXPECT_EQ(left.metacluster_of_node, right.metacluster_of_node);
  EXPECT_EQ(left.subset_of_node, right.subset_of_node);
  EXPECT_EQ(left.stability_of_node, right.stability_of_node);
}

void expect_equal(const PanelModel& left, const PanelModel& right) {
  EXPECT_EQ(left.panel.name, right.panel.name);
  EXPECT_EQ(left.panel.instrument, right.panel.instrument);
  EXPECT_EQ(left.panel.warnings, right.panel.warnings);
  EXPECT_EQ(left.markers, right.markers);
  EXPECT_EQ(left.transforms, right.transforms);
  EXPECT_EQ(left.subset_model, right.subset_model);
  ASSERT_EQ(left.panel.channels.size(), right.panel.channels.size());
  for (std::size_t i = 0; i < left.panel.channels.size(); ++i) {
    const PanelChannel& one = left.panel.channels[i];
    const PanelChannel& other = right.panel.channels[i];
    EXPECT_EQ(one.channel, other.channel);
    EXPECT_EQ(one.name, other.name);
    EXPECT_EQ(one.role, other.role);
    EXPECT_EQ(one.pulse, other.pulse);
    EXPECT_EQ(one.marker, other.marker);
    EXPECT_EQ(one.is_known, other.is_known);
    EXPECT_EQ(one.dump, other.dump);
  }
  ASSERT_EQ(left.maps.size(), right.maps.size());
  for (std::size_t i = 0; i < left.maps.size(); ++i) expect_equal(left.maps[i], right.maps[i]);
}

void expect_equal(const Model& left, const Model& right) {
  EXPECT_EQ(left.version, right.version);
  EXPECT_EQ(left.seed, right.seed);
  EXPECT_EQ(left.knowledge, right.knowledge);
  EXPECT_EQ(left.configuration, right.configuration);
  EXPECT_EQ(left.fingerprint, right.fingerprint);
  ASSERT_EQ(left.panels.size(), right.panels.size());
  for (std::size_t i = 0; i < left.panels.size(); ++i) {
    expect_equal(left.panels[i], right.panels[i]);
  }
}

TEST(ModelFile, WhatIsWrittenIsRead) {
  const std::string path = fresh_path("one.h5");
  const Model model = model_of({"B cells"});
  write_model(model, path);
  expect_equal(read_model(path), model);
}

TEST(ModelFile, NamesOfUsersAreNoPaths) {
  const std::string path = fresh_path("names.h5");
  const Model model = model_of({"T/../../B", ".", "", "50 %", "T/../../B", "β"});
  write_model(model, path);
  expect_equal(read_model(path), model);
}

TEST(ModelFile, AModelWithoutPanelsIsAModel) {
  const std::string path = fresh_path("none.h5");
  write_model(model_of({}), path);
  expect_equal(read_model(path), model_of({}));
}

TEST(ModelFile, TheOnlyPanelStandsAtTheRoot) {
  const std::string path = fresh_path("root.h5");
  write_model(model_of({"B"}), path);
  const Hdf5Object root = open_hdf5_file(path);
  EXPECT_EQ(read_values<std::uint32_t>(root, "metacluster"), (std::vector<std::uint32_t>{1, 2, 1}));
  EXPECT_EQ(read_strings(root, "markers"), (std::vector<std::string>{"CD19", "CD27"}));
  // 0.125 * 3 / 0.5 + 1: the second node's second marker, in transformed units
  EXPECT_EQ(read_values<float>(root, "prototypes")[3], 1.75F);
  EXPECT_EQ(shape_of(open_dataset(root, "codebook")), (Hdf5Shape{3, 2}));
}

TEST(ModelFile, SeveralPanelsStandOnlyInTheirGroups) {
  const std::string path = fresh_path("two.h5");
  write_model(model_of({"B", "T"}), path);
  const Hdf5Object root = open_hdf5_file(path);
  EXPECT_FALSE(has_member(root, "codebook"));
  EXPECT_TRUE(has_member(open_group(open_group(root, "panels"), "T"), "codebook"));
}

TEST(ModelFile, SameModelGivesSameBytes) {
  const std::string first = fresh_path("same1.h5");
  const std::string second = fresh_path("same2.h5");
  write_model(model_of({"B", "T"}), first);
  write_model(model_of({"B", "T"}), second);
  EXPECT_EQ(bytes_of(first), bytes_of(second));
}

TEST(ModelFile, ContradictingShapesAreNotWritten) {
  const std::string path = fresh_path("contradicting.h5");
  Model model = model_of({"B"});
  model.panels[0].maps[0].metacluster_of_node.pop_back();
  EXPECT_THROW(write_model(model, path), std::logic_error);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ModelFile, NumbersThatNoModelHasAreNotBelieved) {
  // One changed byte made an id of eight million, and tables of that length.
  const std::string path = fresh_path("far.h5");
  Model far = model_of({"B"});
  far.panels[0].maps[0].metacluster_of_node[1] = 7'995'397;
  EXPECT_THROW(write_model(far, path), std::logic_error);
  Model flat = model_of({"B"});
  flat.panels[0].transforms[0].cofactor = 0.0;
  EXPECT_THROW(write_model(flat, path), std::logic_error);
  write_model(model_of({"B"}), path);
  {
    const Hdf5Object file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), "open");
    const Hdf5Object ids = open_dataset(file, "metacluster");
    const std::vector<std::uint32_t> changed{1, 7'995'397, 1};
    ASSERT_GE(H5Dwrite(ids.id(), H5T_NATIVE_UINT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, changed.data()),
              0);
  }
  EXPECT_THROW((void)read_model(path), InputError);
}

TEST(ModelFile, OtherFilesAreRefusedWithTheirPath) {
  const std::string path = fresh_path("text.h5");
  std::ofstream(path) << "not HDF5";
  try {
    (void)read_model(path);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
  }
  EXPECT_THROW((void)read_model(fresh_path("absent.h5")), InputError);
}

TEST(ModelFile, TruncatedAndDamagedFilesNeverCrash) {
  const std::string path = fresh_path("whole.h5");
  write_model(model_of({"B"}), path);
  const std::string bytes = bytes_of(path);
  const std::string damaged = fresh_path("damaged.h5");
  std::size_t refused = 0;
  for (std::size_t step = 1; step < 16; ++step) {
    std::ofstream(damaged, std::ios::binary) << bytes.substr(0, bytes.size() * step / 16);
    EXPECT_THROW((void)read_model(damaged), InputError);
  }
  for (std::size_t at = 0; at < bytes.size(); at += bytes.size() / 64) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    std::ofstream(damaged, std::ios::binary) << changed;
    try {
      (void)read_model(damaged);
    } catch (const InputError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace gateless::io
