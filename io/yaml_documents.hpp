// The documents of one YAML text.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

namespace gateless::io {

/// All documents of `text`. Throws YAML::Exception where it is not valid YAML, also where yaml-cpp would never end.
[[nodiscard]] std::vector<YAML::Node> yaml_documents(const std::string& text);

}  // namespace gateless::io
