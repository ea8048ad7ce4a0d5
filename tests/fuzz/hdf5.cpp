// The readers of HDF5. The library itself fails on damaged files: the readers try each in a child first.
#include "host/core/layers.hpp"
#include "io/h5ad_reader.hpp"
#include "io/h5ad_writer.hpp"
#include "io/model_file.hpp"
#include "io/text_file.hpp"
#include "tests/fuzz/input_file.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/temporary_folder.hpp"

namespace gateless::fuzz {
namespace {

std::vector<std::string> h5ad_seeds() {
  const TemporaryFolder folder;
  std::vector<std::string> seeds;
  for (const H5adContent content : {H5adContent::kValuesAndLabels, H5adContent::kLabelsOnly}) {
    const std::string path = folder / "seed.h5ad";
    H5adWriter writer(path, 4, {"CD19", "CD27"}, content);
    const std::vector<std::int8_t> codes{0, 1, -1, 0};
    writer.add_obs_categorical("sample", codes, {"a", "b"});
    writer.add_obs_integer("node", std::vector<std::int32_t>{3, 1, 2, 0});
    writer.add_obs_bool("kept", std::vector<std::uint8_t>{1, 1, 0, 1});
    writer.add_obs_float("confidence", std::vector<float>{0.5F, 1.0F, 0.25F, 0.0F});
    if (content == H5adContent::kValuesAndLabels)
      writer.write_x(0, std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8});
    writer.commit();
    seeds.push_back(read_text_file(path, 1U << 20U));
  }
  return seeds;
}

Model small_model() {
  CodebookModel map;
  map.markers = {"CD19", "CD27"};
  map.scaling = {.shift = {2.0F, 1.0F}, .scale = 0.5F};
  map.codebook = Matrix<float>(3, 2);
  map.metacluster_of_node = {1, 2, 1};
  map.subset_of_node = {"b", "", "unassigned"};
  map.stability_of_node = {0.75, 1.0, 0.75};
  PanelModel panel;
  panel.panel.name = std::string("B");  // g++ 12 warns falsely of the plain literal
  panel.panel.channels = {{.channel = 4,
                           .name = "FL1",
                           .role = ChannelRole::kMarker,
                           .pulse = PulseShape::kArea,
                           .marker = "CD19",
                           .is_known = true,
                           .dump = {"CD3"}}};
  panel.markers = {"CD19", "CD27"};
  panel.transforms = {{.kind = TransformKind::kArcsinh, .cofactor = 150.0},
                      {.kind = TransformKind::kLogicle}};
  panel.subset_model = std::string("{}");
  panel.maps = {map, map};
  panel.maps[1].parent = std::string("b");
  Model model;
  model.version = std::string("1");
  model.seed = 7;
  model.knowledge = std::string("subsets: []");
  model.panels = {panel};
  return model;
}

std::vector<std::string> model_seeds() {
  const TemporaryFolder folder;
  write_model(small_model(), folder / "model.h5");
  return {read_text_file(folder / "model.h5", 1U << 20U)};
}

}  // namespace

Target h5ad_target() {
  const auto run = [](std::string_view bytes) {
    const InputFile file(bytes);
    const bool is_read = reads([&] {
      const RawSample sample = read_h5ad(file.path());
      for (const std::vector<float>& channel : sample.values)
        require(channel.size() == sample.events, "a channel is not as long as the sample");
    });
    reads([&] {
      for (const std::string& column : obs_columns(file.path()))
        (void)read_obs_strings(file.path(), column);
    });
    return is_read;
  };
  return {"h5ad", run, h5ad_seeds};
}

Target model_target() {
  const auto run = [](std::string_view bytes) {
    const InputFile file(bytes);
    return reads([&] { (void)read_model(file.path()); });
  };
  return {"model", run, model_seeds};
}

}  // namespace gateless::fuzz
