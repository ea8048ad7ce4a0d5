#include "io/gate_xml.hpp"

#include <fmt/format.h>

#include <pugixml.hpp>
#include <sstream>

#include "host/core/printable.hpp"
#include "io/atomic_file.hpp"
#include "io/utf8.hpp"

namespace gateless::io {

std::string exact_text(double value) { return fmt::format("{}", value); }

void declare_namespaces(pugi::xml_node root) {
  const std::string standard = "http://www.isac-net.org/std/Gating-ML/v2.0/";
  set_text(root, "xmlns:gating", standard + "gating");
  set_text(root, "xmlns:transforms", standard + "transformations");
  set_text(root, "xmlns:data-type", standard + "datatypes");
}

void set_text(pugi::xml_node node, const char* name, const std::string& text) {
  // XML 1.0, 2.2: no control characters but these, and neither U+FFFE nor U+FFFF.
  std::string clean = printable(valid_utf8(text));
  for (const char* wrong : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (std::size_t at = clean.find(wrong); at != std::string::npos; at = clean.find(wrong, at)) {
      clean[at] = '?';
      clean.erase(at + 1, 2);
    }
  }
  node.append_attribute(name).set_value(clean.c_str());
}

void set_number(pugi::xml_node node, const char* name, double value) {
  node.append_attribute(name).set_value(exact_text(value).c_str());
}

void write_xml(const pugi::xml_document& document, const std::string& path) {
  std::ostringstream text;
  document.save(text, "  ", pugi::format_indent, pugi::encoding_utf8);
  write_whole_file(path, text.str());
}

}  // namespace gateless::io
