// The reading half of model.h5.
#include <fmt/format.h>

#include <cmath>
#include <sstream>

#include "host/core/error.hpp"
#include "io/byte_source.hpp"
#include "io/hdf5_trial.hpp"
#include "io/model_file.hpp"
#include "io/model_layout.hpp"

namespace gateless::io {
namespace model_layout {

void check_map(const CodebookModel& map) {
  const std::size_t nodes = map.codebook.rows();
  require(map.codebook.columns() == map.markers.size(), "codebook and markers differ in number");
  require(map.scaling.shift.size() == map.markers.size(), "shift and markers differ in number");
  require(map.metacluster_of_node.size() == nodes, "metacluster and codebook differ in nodes");
  require(nodes > 0, "a map has no nodes");
  const auto [least, most] =
      std::minmax_element(map.metacluster_of_node.begin(), map.metacluster_of_node.end());
  require(*most - *least < nodes, "metacluster has ids that are not those of its nodes");
  require(map.subset_of_node.size() == nodes, "subset and codebook differ in nodes");
  require(map.stability_of_node.size() == nodes, "stability and codebook differ in nodes");
  require(std::isfinite(map.scaling.scale) && map.scaling.scale > 0.0F, "scale is not positive");
  const auto is_finite = [](float value) { return std::isfinite(value); };
  require(std::all_of(map.codebook.values().begin(), map.codebook.values().end(), is_finite),
          "codebook is not finite");
  require(std::all_of(map.scaling.shift.begin(), map.scaling.shift.end(), is_finite),
          "shift is not finite");
}

void check_panel(const PanelModel& panel) {
  require(!panel.maps.empty(), "a panel has no map");
  require(panel.transforms.size() == panel.markers.size(),
          "transforms and event_markers differ in number");
  for (const Transform& transform : panel.transforms) {
    const bool is_usable = std::isfinite(transform.cofactor) && transform.cofactor > 0.0 &&
                           std::isfinite(transform.t) && transform.t > 0.0 &&
                           std::isfinite(transform.m) && transform.m > 0.0 &&
                           std::isfinite(transform.w) && std::isfinite(transform.a);
    require(is_usable, "a transform has numbers that are none of its parameters");
  }
  for (const CodebookModel& map : panel.maps) check_map(map);
}

}  // namespace model_layout

namespace {

using namespace model_layout;

CodebookModel read_map(const Hdf5Object& group) {
  CodebookModel map;
  map.parent = read_attribute_string(group, "parent");
  map.markers = read_strings(group, "markers");
  const Hdf5Shape shape = shape_of(open_dataset(group, "codebook"));
  require(shape.size() == 2, "codebook is not a table");
  const auto values = read_values<float>(group, "codebook");
  map.codebook = Matrix<float>(shape[0], shape[1]);
  std::copy(values.begin(), values.end(), map.codebook.values().begin());
  map.scaling.shift = read_values<float>(group, "shift");
  const auto scale = read_values<float>(group, "scale");
  require(scale.size() == 1, "scale is not one number");
  map.scaling.scale = scale.front();
  map.metacluster_of_node = read_values<std::uint32_t>(group, "metacluster");
  map.subset_of_node = read_strings(group, "subset");
  map.stability_of_node = read_values<double>(group, "stability");
  return map;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<PanelChannel> read_channels(const Hdf5Object& group) {
  const auto index = read_values<std::uint64_t>(group, "index");
  const auto is_known = read_values<std::uint8_t>(group, "is_known");
  const auto names = read_strings(group, "name");
  const auto roles = read_strings(group, "role");
  const auto pulses = read_strings(group, "pulse");
  const auto markers = read_strings(group, "marker");
  const auto dumps = read_strings(group, "dump");
  const std::size_t count = index.size();
  require(is_known.size() == count && names.size() == count && roles.size() == count &&
              pulses.size() == count && markers.size() == count && dumps.size() == count,
          "the parts of channels differ in number");
  std::vector<PanelChannel> channels(count);
  for (std::size_t i = 0; i < count; ++i) {
    channels[i] = {.channel = index[i],
                   .name = names[i],
                   .role = value_of<ChannelRole>(kRoles, roles[i]),
                   .pulse = value_of<PulseShape>(kPulses, pulses[i]),
                   .marker = markers[i],
                   .is_known = is_known[i] != 0,
                   .dump = lines_of(dumps[i])};
  }
  return channels;
}

std::vector<Transform> read_transforms(const Hdf5Object& group) {
  const auto kinds = read_strings(group, "kind");
  const auto cofactors = read_values<double>(group, "cofactor");
  const auto t = read_values<double>(group, "logicle_t");
  const auto w = read_values<double>(group, "logicle_w");
  const auto m = read_values<double>(group, "logicle_m");
  const auto a = read_values<double>(group, "logicle_a");
  const std::size_t count = kinds.size();
  require(cofactors.size() == count && t.size() == count && w.size() == count &&
              m.size() == count && a.size() == count,
          "the parts of transforms differ in number");
  std::vector<Transform> transforms(count);
  for (std::size_t i = 0; i < count; ++i) {
    transforms[i] = {.kind = value_of<TransformKind>(kTransforms, kinds[i]),
                     .cofactor = cofactors[i],
                     .t = t[i],
                     .w = w[i],
                     .m = m[i],
                     .a = a[i]};
  }
  return transforms;
}

/// The members of a group in the order that was written into them.
std::vector<Hdf5Object> ordered_groups(const Hdf5Object& parent) {
  std::vector<std::pair<std::uint64_t, Hdf5Object>> members;
  for (const std::string& name : member_names(parent)) {
    Hdf5Object member = open_group(parent, name);
    const auto order = read_attribute_integers(member, "order");
    require(order.size() == 1, "attribute order is not one number");
    members.emplace_back(order.front(), std::move(member));
  }
  std::stable_sort(members.begin(), members.end(),
                   [](const auto& left, const auto& right) { return left.first < right.first; });
  std::vector<Hdf5Object> groups;
  for (auto& member : members) groups.push_back(std::move(member.second));
  return groups;
}

PanelModel read_panel(const Hdf5Object& group) {
  PanelModel model;
  model.panel.name = read_attribute_string(group, "name");
  model.panel.instrument =
      value_of<Instrument>(kInstruments, read_attribute_string(group, "instrument"));
  model.panel.warnings = read_strings(group, "warnings");
  model.panel.channels = read_channels(open_group(group, "channels"));
  model.markers = read_strings(group, "event_markers");
  model.transforms = read_transforms(open_group(group, "transforms"));
  model.subset_model = read_string(group, "subset_model");
  model.maps.push_back(read_map(group));
  if (is_group(group, "refined")) {
    for (const Hdf5Object& member : ordered_groups(open_group(group, "refined"))) {
      model.maps.push_back(read_map(member));
    }
  }
  check_panel(model);
  return model;
}

Model read_root(const Hdf5Object& root) {
  require(has_attribute(root, "format") && read_attribute_string(root, "format") == kFormat,
          "is not a model of gateless");
  const auto format_version = read_attribute_integers(root, "format_version");
  require(format_version.size() == 1 && format_version.front() == kFormatVersion,
          "is a model of another version of gateless");
  Model model;
  model.version = read_attribute_string(root, "version");
  const auto seed = read_attribute_integers(root, "seed");
  require(seed.size() == 1, "attribute seed is not one number");
  model.seed = seed.front();
  model.fingerprint = read_attribute_string(root, "fingerprint");
  model.knowledge = read_string(root, "knowledge");
  model.configuration = read_string(root, "configuration");
  for (const Hdf5Object& panel : ordered_groups(open_group(root, "panels"))) {
    model.panels.push_back(read_panel(panel));
  }
  return model;
}

}  // namespace

Model read_model(const std::string& path) {
  (void)ByteSource(path);  // a file, and one that may be read: the library says neither
  try {
    try_in_child({.read = Hdf5Trial::Read::kModel, .path = path, .column = {}});
    return read_root(open_hdf5_file(path));
  } catch (const Hdf5Failure& failure) {
    throw InputError(
        fmt::format("{}: {} (samples can only be mapped onto a complete model); name "
                    "the model.h5 of a finished run",
                    path, failure.what()));
  }
}

}  // namespace gateless::io
