#include "io/gating_ml.hpp"

#include <fmt/format.h>

#include <pugixml.hpp>
#include <set>

#include "host/core/shown_scale.hpp"
#include "io/gate_xml.hpp"

namespace gateless::io {
namespace {

std::string transformation_id(std::size_t axis) { return fmt::format("scale_{}", axis + 1); }

void add_transformation(pugi::xml_node root, const GateAxis& axis, std::size_t index) {
  if (axis.transform.kind == TransformKind::kNone) return;
  pugi::xml_node transformation = root.append_child("transforms:transformation");
  set_text(transformation, "transforms:id", transformation_id(index));
  if (axis.transform.kind == TransformKind::kArcsinh) {
    pugi::xml_node arcsinh = transformation.append_child("transforms:fasinh");
    set_number(arcsinh, "transforms:T", axis.transform.cofactor * portable::sinh(1.0));
    set_number(arcsinh, "transforms:M", 1.0 / portable::kLn10);
    set_number(arcsinh, "transforms:A", 0.0);
    return;
  }
  pugi::xml_node logicle = transformation.append_child("transforms:logicle");
  set_number(logicle, "transforms:T", axis.transform.t);
  set_number(logicle, "transforms:W", axis.transform.w);
  set_number(logicle, "transforms:M", axis.transform.m);
  set_number(logicle, "transforms:A", axis.transform.a);
}

void add_gate(pugi::xml_node root, const GatePanel& panel, const RectangleGate& gate,
              bool is_unmixed) {
  pugi::xml_node rectangle = root.append_child("gating:RectangleGate");
  set_text(rectangle, "gating:id", gate.id);
  if (gate.parent >= 0) {
    set_text(rectangle, "gating:parent_id", panel.gates[static_cast<std::size_t>(gate.parent)].id);
  }
  for (const GateBounds& bounds : gate.sides) {
    const GateAxis& axis = panel.axes[bounds.axis];
    pugi::xml_node dimension = rectangle.append_child("gating:dimension");
    set_text(dimension, "gating:compensation-ref", is_unmixed ? "FCS" : "uncompensated");
    if (axis.transform.kind != TransformKind::kNone)
      set_text(dimension, "gating:transformation-ref", transformation_id(bounds.axis));
    if (bounds.low)
      set_number(dimension, "gating:min", gating_ml_value(axis.transform, *bounds.low));
    if (bounds.high)
      set_number(dimension, "gating:max", gating_ml_value(axis.transform, *bounds.high));
    set_text(dimension.append_child("data-type:fcs-dimension"), "data-type:name", axis.channel);
  }
}

}  // namespace

void write_gating_ml(const GatePanel& panel, const std::string& path) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("gating:Gating-ML");
  declare_namespaces(root);
  std::set<std::size_t> used;
  for (const RectangleGate& gate : panel.gates)
    for (const GateBounds& bounds : gate.sides) used.insert(bounds.axis);
  for (const std::size_t axis : used) add_transformation(root, panel.axes[axis], axis);
  const bool is_unmixed = !panel.samples.empty() && panel.samples.front().spillover.has_value();
  for (const RectangleGate& gate : panel.gates) add_gate(root, panel, gate, is_unmixed);
  write_xml(document, path);
}

}  // namespace gateless::io
