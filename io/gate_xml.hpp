// What Gating-ML and FlowJo workspaces have in common: names of XML, and numbers that are read back to the bit.
#pragma once

#include <string>

namespace pugi {
class xml_document;
class xml_node;
}  // namespace pugi

namespace gateless::io {

/// The shortest text that is read back as the same double.
[[nodiscard]] std::string exact_text(double value);

/// Declares the three namespaces of Gating-ML 2.0 on `root`: gating, transforms, data-type.
void declare_namespaces(pugi::xml_node root);

/// Adds an attribute whose value is text from a file; bytes that XML cannot hold become '?'.
void set_text(pugi::xml_node node, const char* name, const std::string& text);
void set_number(pugi::xml_node node, const char* name, double value);

/// The document with its declaration, indented, UTF-8, written to `path` whole or not at all.
void write_xml(const pugi::xml_document& document, const std::string& path);

}  // namespace gateless::io
