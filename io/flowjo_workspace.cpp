#include "io/flowjo_workspace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <pugixml.hpp>

#include "host/core/portable_math.hpp"
#include "io/gate_xml.hpp"

namespace gateless::io {
namespace {

constexpr const char* kCompensated = "Comp-";
constexpr const char* kGroup = "All Samples";

/// FlowJo writes '_' for '/' in channel names.
std::string channel_name(std::string name) {
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

bool is_compensated(const GateSample& sample, const std::string& channel) {
  return sample.spillover &&
         std::find(sample.spillover->channels.begin(), sample.spillover->channels.end(), channel) !=
             sample.spillover->channels.end();
}

std::string dimension_name(const GateSample& sample, const std::string& channel) {
  return (is_compensated(sample, channel) ? kCompensated : "") + channel_name(channel);
}

std::string file_uri(const std::string& path) {
  std::string uri = "file:";
  for (const char letter : std::filesystem::absolute(path).lexically_normal().string()) {
    const auto code = static_cast<unsigned char>(letter);
    const bool is_plain =
        std::isalnum(code) != 0 || std::string_view("/-_.~").find(letter) != std::string_view::npos;
    uri += is_plain ? std::string(1, letter) : fmt::format("%{:02X}", code);
  }
  return uri;
}

void add_matrix(pugi::xml_node parent, const Spillover& spillover) {
  pugi::xml_node matrix = parent.append_child("transforms:spilloverMatrix");
  set_text(matrix, "spectral", "0");
  set_text(matrix, "prefix", kCompensated);
  set_text(matrix, "name", "Acquisition-defined");
  set_text(matrix, "editable", "0");
  set_text(matrix, "color", "#c0c0c0");
  set_text(matrix, "version", "FlowJo-10.6.2");
  set_text(matrix, "status", "FINALIZED");
  set_text(matrix, "transforms:id", "acquisition");
  set_text(matrix, "suffix", "");
  pugi::xml_node parameters = matrix.append_child("data-type:parameters");
  for (const std::string& channel : spillover.channels) {
    pugi::xml_node parameter = parameters.append_child("data-type:parameter");
    set_text(parameter, "data-type:name", channel_name(channel));
    set_text(parameter, "userProvidedCompInfix", kCompensated + channel_name(channel));
  }
  for (std::size_t dye = 0; dye < spillover.channels.size(); ++dye) {
    pugi::xml_node row = matrix.append_child("transforms:spillover");
    set_text(row, "data-type:parameter", channel_name(spillover.channels[dye]));
    set_text(row, "userProvidedCompInfix", kCompensated + channel_name(spillover.channels[dye]));
    for (std::size_t detector = 0; detector < spillover.channels.size(); ++detector) {
      pugi::xml_node coefficient = row.append_child("transforms:coefficient");
      set_text(coefficient, "data-type:parameter", channel_name(spillover.channels[detector]));
      set_number(coefficient, "transforms:value", spillover.coefficients(dye, detector));
    }
  }
}

/// The top of the scale on which a channel is shown, linear units.
double top_of(const GateAxis& axis) { return axis.range > 0.0 ? axis.range : 262144.0; }

void add_transformation(pugi::xml_node parent, const GateAxis& axis, const std::string& name) {
  pugi::xml_node shown;
  switch (axis.transform.kind) {
    case TransformKind::kNone:
      shown = parent.append_child("transforms:linear");
      set_number(shown, "transforms:minRange", 0.0);
      set_number(shown, "transforms:maxRange", top_of(axis));
      set_text(shown, "gain", "1");
      break;
    case TransformKind::kArcsinh: {
      // fasinh is asinh(x sinh(M ln 10) / T) / (M ln 10): M so that T is the top, and x / c the argument.
      const double decades =
          portable::asinh(top_of(axis) / axis.transform.cofactor) / portable::kLn10;
      shown = parent.append_child("transforms:fasinh");
      set_text(shown, "transforms:length", "256");
      set_number(shown, "transforms:maxRange", top_of(axis));
      set_number(shown, "transforms:T", top_of(axis));
      set_number(shown, "transforms:A", 0.0);
      set_number(shown, "transforms:M", decades);
      set_text(shown, "transforms:W", "-10");
      break;
    }
    case TransformKind::kLogicle:
      shown = parent.append_child("transforms:logicle");
      set_text(shown, "transforms:length", "256");
      set_number(shown, "transforms:T", axis.transform.t);
      set_number(shown, "transforms:A", axis.transform.a);
      set_number(shown, "transforms:W", axis.transform.w);
      set_number(shown, "transforms:M", axis.transform.m);
      break;
  }
  set_text(shown.append_child("data-type:parameter"), "data-type:name", name);
}

void add_transformations(pugi::xml_node parent, const GatePanel& panel, const GateSample& sample) {
  pugi::xml_node shown = parent.append_child("Transformations");
  for (const GateAxis& axis : panel.axes) {
    add_transformation(shown, axis, channel_name(axis.channel));
    if (is_compensated(sample, axis.channel))
      add_transformation(shown, axis, dimension_name(sample, axis.channel));
  }
}

void add_keywords(pugi::xml_node parent, const GateSample& sample) {
  pugi::xml_node keywords = parent.append_child("Keywords");
  const auto add = [&](const std::string& name, const std::string& value) {
    pugi::xml_node keyword = keywords.append_child("Keyword");
    set_text(keyword, "name", name);
    set_text(keyword, "value", value);
  };
  add("FJ_FCS_VERSION", sample.version.substr(3));
  for (const auto& [name, value] : sample.keywords) add(name, value);
}

void add_axis(pugi::xml_node graph, const char* dimension, const std::string& name) {
  pugi::xml_node axis = graph.append_child("Axis");
  set_text(axis, "dimension", dimension);
  set_text(axis, "name", name);
  set_text(axis, "label", "");
  set_text(axis, "auto", "auto");
}

/// The picture that opens with a population: the axes of the first gate inside it.
void add_graph(pugi::xml_node parent, const GatePanel& panel, const GateSample& sample,
               const RectangleGate* inside) {
  if (inside == nullptr) return;
  pugi::xml_node graph = parent.append_child("Graph");
  set_text(graph, "smoothing", "0");
  set_text(graph, "backColor", "#ffffff");
  set_text(graph, "foreColor", "#000000");
  set_text(graph, "type", inside->sides.size() > 1 ? "Pseudocolor" : "Histogram");
  set_text(graph, "fast", "1");
  const auto name = [&](std::size_t side) {
    return dimension_name(sample, panel.axes[inside->sides[side].axis].channel);
  };
  add_axis(graph, "x", name(0));
  add_axis(graph, "y", inside->sides.size() > 1 ? name(1) : "");
}

/// Number of a gate within the whole file: FlowJo links parents by it.
std::string gate_id(std::size_t sample, std::size_t gate) {
  return fmt::format("ID{}", (sample + 1) * 10000 + gate + 1);
}

void add_population(pugi::xml_node parent, const GatePanel& panel, std::size_t sample,
                    std::size_t gate);

void add_populations(pugi::xml_node parent, const GatePanel& panel, std::size_t sample,
                     int within) {
  pugi::xml_node populations;
  for (std::size_t gate = 0; gate < panel.gates.size(); ++gate) {
    if (panel.gates[gate].parent != within) continue;
    if (!populations) populations = parent.append_child("Subpopulations");
    add_population(populations, panel, sample, gate);
  }
}

const RectangleGate* first_inside(const GatePanel& panel, int gate) {
  const auto found = std::find_if(panel.gates.begin(), panel.gates.end(),
                                  [&](const RectangleGate& one) { return one.parent == gate; });
  return found == panel.gates.end() ? nullptr : &*found;
}

void add_population(pugi::xml_node parent, const GatePanel& panel, std::size_t sample,
                    std::size_t gate) {
  const RectangleGate& own = panel.gates[gate];
  const GateSample& file = panel.samples[sample];
  pugi::xml_node population = parent.append_child("Population");
  set_text(population, "name", own.id);
  set_text(population, "annotation", own.name);
  set_text(population, "owningGroup", "");
  set_text(population, "expanded", "1");
  set_text(population, "sortPriority", "10");
  set_text(population, "count", std::to_string(file.counts[gate].inside));
  add_graph(population, panel, file, first_inside(panel, static_cast<int>(gate)));
  pugi::xml_node holder = population.append_child("Gate");
  set_text(holder, "gating:id", gate_id(sample, gate));
  pugi::xml_node rectangle = holder.append_child("gating:RectangleGate");
  set_text(rectangle, "eventsInside", "1");
  set_text(rectangle, "annoOffsetX", "0");
  set_text(rectangle, "annoOffsetY", "0");
  set_text(rectangle, "tint", "#000000");
  set_text(rectangle, "isTinted", "0");
  set_text(rectangle, "lineWeight", "Normal");
  set_text(rectangle, "userDefined", "1");
  set_text(rectangle, "percentX", "0");
  set_text(rectangle, "percentY", "0");
  set_text(rectangle, "gating:id", gate_id(sample, gate));
  if (own.parent >= 0) {
    const std::string within = gate_id(sample, static_cast<std::size_t>(own.parent));
    set_text(holder, "gating:parent_id", within);
    set_text(rectangle, "gating:parent_id", within);
  }
  for (const GateBounds& bounds : own.sides) {
    pugi::xml_node dimension = rectangle.append_child("gating:dimension");
    if (bounds.low) set_number(dimension, "gating:min", *bounds.low);
    if (bounds.high) set_number(dimension, "gating:max", *bounds.high);
    set_text(dimension.append_child("data-type:fcs-dimension"), "data-type:name",
             dimension_name(file, panel.axes[bounds.axis].channel));
  }
  add_populations(population, panel, sample, static_cast<int>(gate));
}

void add_group(pugi::xml_node root, const std::vector<std::size_t>& samples) {
  pugi::xml_node node = root.append_child("Groups").append_child("GroupNode");
  set_text(node, "name", kGroup);
  set_text(node, "annotation", "");
  set_text(node, "owningGroup", kGroup);
  set_text(node, "expanded", "1");
  set_text(node, "sortPriority", "10");
  pugi::xml_node group = node.append_child("Group");
  set_text(group, "name", kGroup);
  set_text(group, "live", "1");
  set_text(group, "role", "ws.group.dlog.test");
  pugi::xml_node members = group.append_child("SampleRefs");
  for (const std::size_t sample : samples)
    set_text(members.append_child("SampleRef"), "sampleID", std::to_string(sample + 1));
}

/// File names; with the name in the tables where two files share one.
std::vector<std::string> shown_names(const GatePanel& panel) {
  std::map<std::string, int> seen;
  std::vector<std::string> names;
  for (const GateSample& sample : panel.samples) {
    names.push_back(std::filesystem::path(sample.path).filename().string());
    ++seen[names.back()];
  }
  for (std::size_t sample = 0; sample < names.size(); ++sample)
    if (seen[names[sample]] > 1) names[sample] = panel.samples[sample].name;
  return names;
}

void add_sample(pugi::xml_node list, const GatePanel& panel, std::size_t sample,
                const std::string& name) {
  const GateSample& own = panel.samples[sample];
  const std::string id = std::to_string(sample + 1);
  pugi::xml_node node = list.append_child("Sample");
  pugi::xml_node file = node.append_child("DataSet");
  set_text(file, "uri", file_uri(own.path));
  set_text(file, "sampleID", id);
  if (own.spillover) add_matrix(node, *own.spillover);
  add_transformations(node, panel, own);
  add_keywords(node, own);
  pugi::xml_node tree = node.append_child("SampleNode");
  set_text(tree, "name", name);
  set_text(tree, "annotation", "");
  set_text(tree, "owningGroup", "");
  set_text(tree, "expanded", "1");
  set_text(tree, "sortPriority", "10");
  set_text(tree, "count", std::to_string(own.events));
  set_text(tree, "sampleID", id);
  add_graph(tree, panel, own, first_inside(panel, -1));
  add_populations(tree, panel, sample, -1);
}

}  // namespace

void write_flowjo_workspace(const GatePanel& panel, const std::string& path) {
  std::vector<std::size_t> samples;
  for (std::size_t sample = 0; sample < panel.samples.size(); ++sample)
    if (panel.samples[sample].is_fcs()) samples.push_back(sample);
  const std::vector<std::string> names = shown_names(panel);
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("Workspace");
  set_text(root, "version", "20.0");
  set_text(root, "flowJoVersion", "10.6.2");
  set_text(root, "curGroup", kGroup);
  declare_namespaces(root);
  root.append_child("Matrices");
  add_group(root, samples);
  pugi::xml_node list = root.append_child("SampleList");
  for (const std::size_t sample : samples) add_sample(list, panel, sample, names[sample]);
  write_xml(document, path);
}

}  // namespace gateless::io
