// The writing half of model.h5.
#include <fmt/format.h>

#include "host/core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/model_file.hpp"
#include "io/model_layout.hpp"

namespace gateless::io {
namespace {

using namespace model_layout;

/// A user's name as one link name: '/' and '.' would be paths, so they and '%' are percent-encoded.
std::string link_name(const std::string& name) {
  std::string link;
  for (const char character : name) {
    const auto byte = static_cast<unsigned char>(character);
    if (character == '/' || character == '.' || character == '%' || byte < 0x20) {
      link += fmt::format("%{:02X}", byte);
    } else {
      link += character;
    }
  }
  return link.empty() ? "%" : link;
}

/// The same for one of several members, of which two may have the same name.
std::string fresh_link_name(const Hdf5Object& parent, const std::string& name) {
  const std::string link = link_name(name);
  if (!has_member(parent, link)) return link;
  for (std::size_t number = 2;; ++number) {
    std::string numbered = fmt::format("{}%{}", link, number);
    if (!has_member(parent, numbered)) return numbered;
  }
}

template <class T>
void write_vector(const Hdf5Object& group, const std::string& name, const std::vector<T>& values) {
  write_values(group, name, {values.size()}, std::span<const T>(values));
}

void write_map(const Hdf5Object& group, const CodebookModel& map) {
  const std::size_t nodes = map.codebook.rows();
  const std::size_t markers = map.codebook.columns();
  write_attribute(group, "parent", map.parent);
  const Hdf5Object codebook =
      write_values(group, "codebook", {nodes, markers}, map.codebook.values());
  write_attribute(codebook, "shape", std::string("[nodes][markers]"));
  write_attribute(codebook, "units", std::string("scaled: (transformed - shift) * scale"));
  std::vector<float> prototypes(nodes * markers);
  for (std::size_t node = 0; node < nodes; ++node) {
    for (std::size_t marker = 0; marker < markers; ++marker) {
      prototypes[node * markers + marker] =
          static_cast<float>(static_cast<double>(map.codebook(node, marker)) / map.scaling.scale +
                             map.scaling.shift[marker]);
    }
  }
  const Hdf5Object transformed =
      write_values(group, "prototypes", {nodes, markers}, std::span<const float>(prototypes));
  write_attribute(transformed, "shape", std::string("[nodes][markers]"));
  write_attribute(transformed, "units", std::string("transformed"));
  write_strings(group, "markers", map.markers);
  write_vector(group, "shift", map.scaling.shift);
  write_values(group, "scale", {}, std::span<const float>(&map.scaling.scale, 1));
  const Hdf5Object metacluster = write_values(
      group, "metacluster", {nodes}, std::span<const std::uint32_t>(map.metacluster_of_node));
  write_attribute(metacluster, "shape", std::string("[nodes], ids as in clusters.csv"));
  write_strings(group, "subset", map.subset_of_node);
  const Hdf5Object stability =
      write_values(group, "stability", {nodes}, std::span<const double>(map.stability_of_node));
  write_attribute(stability, "shape", std::string("[nodes], of the metacluster"));
}

void write_channels(const Hdf5Object& group, const std::vector<PanelChannel>& channels) {
  std::vector<std::uint64_t> index;
  std::vector<std::uint8_t> is_known;
  std::vector<std::string> names, roles, pulses, markers, dumps;
  for (const PanelChannel& channel : channels) {
    index.push_back(channel.channel);
    is_known.push_back(channel.is_known ? 1 : 0);
    names.push_back(channel.name);
    roles.push_back(word_of(kRoles, channel.role));
    pulses.push_back(word_of(kPulses, channel.pulse));
    markers.push_back(channel.marker);
    dumps.push_back(fmt::format("{}", fmt::join(channel.dump, "\n")));
  }
  write_vector(group, "index", index);
  write_strings(group, "name", names);
  write_strings(group, "role", roles);
  write_strings(group, "pulse", pulses);
  write_strings(group, "marker", markers);
  write_strings(group, "dump", dumps);  // several markers of one channel: a line each
  write_vector(group, "is_known", is_known);
}

void write_transforms(const Hdf5Object& group, const std::vector<Transform>& transforms) {
  std::vector<std::string> kinds;
  std::vector<double> cofactors, t, w, m, a;
  for (const Transform& transform : transforms) {
    kinds.push_back(word_of(kTransforms, transform.kind));
    cofactors.push_back(transform.cofactor);
    t.push_back(transform.t);
    w.push_back(transform.w);
    m.push_back(transform.m);
    a.push_back(transform.a);
  }
  write_strings(group, "kind", kinds);
  write_vector(group, "cofactor", cofactors);
  write_vector(group, "logicle_t", t);
  write_vector(group, "logicle_w", w);
  write_vector(group, "logicle_m", m);
  write_vector(group, "logicle_a", a);
}

void write_panel(const Hdf5Object& group, const PanelModel& model, std::uint64_t order) {
  write_attribute(group, "name", model.panel.name);
  write_attribute(group, "order", order);
  write_attribute(group, "instrument", word_of(kInstruments, model.panel.instrument));
  write_strings(group, "warnings", model.panel.warnings);
  write_channels(create_group(group, "channels"), model.panel.channels);
  write_strings(group, "event_markers", model.markers);
  write_transforms(create_group(group, "transforms"), model.transforms);
  write_string(group, "subset_model", model.subset_model);
  write_map(group, model.maps.front());
  if (model.maps.size() == 1) return;
  const Hdf5Object refined = create_group(group, "refined");
  for (std::size_t i = 1; i < model.maps.size(); ++i) {
    const CodebookModel& map = model.maps[i];
    const Hdf5Object member = create_group(refined, fresh_link_name(refined, map.parent));
    write_attribute(member, "order", std::uint64_t{i});
    write_map(member, map);
  }
}

/// With one panel, its members at the root too.
void link_at_root(const Hdf5Object& root, const Hdf5Object& panel) {
  for (const std::string& name : member_names(panel)) {
    if (H5Lcreate_hard(panel.id(), name.c_str(), root.id(), name.c_str(), H5P_DEFAULT,
                       H5P_DEFAULT) < 0) {
      throw Hdf5Failure("linking " + name + " failed");
    }
  }
}

void write_root(const Hdf5Object& root, const Model& model) {
  write_attribute(root, "format", std::string(kFormat));
  write_attribute(root, "format_version", kFormatVersion);
  write_attribute(root, "version", model.version);
  write_attribute(root, "seed", model.seed);
  write_attribute(root, "fingerprint", model.fingerprint);
  write_string(root, "knowledge", model.knowledge);
  write_string(root, "configuration", model.configuration);
  const Hdf5Object panels = create_group(root, "panels");
  std::uint64_t order = 0;
  for (const PanelModel& panel : model.panels) {
    const Hdf5Object group = create_group(panels, fresh_link_name(panels, panel.panel.name));
    write_panel(group, panel, order++);
    if (model.panels.size() == 1) link_at_root(root, group);
  }
}

void check_model(const Model& model) {
  try {
    for (const PanelModel& panel : model.panels) check_panel(panel);
  } catch (const Hdf5Failure& failure) {
    throw std::logic_error(std::string("model: ") + failure.what());
  }
}

}  // namespace

void write_model(const Model& model, const std::string& path) {
  check_model(model);
  AtomicFile file(path);
  try {
    Hdf5Object root = create_hdf5_file(file.part_path());
    write_root(root, model);
    close_hdf5_file(root);
  } catch (const Hdf5Failure& failure) {
    throw DeviceError(
        fmt::format("{}: {} (the model would be incomplete, so it is removed); free "
                    "space on the disk or choose another folder",
                    path, failure.what()));
  }
  file.commit();
}

}  // namespace gateless::io
