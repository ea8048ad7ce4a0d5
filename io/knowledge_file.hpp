// Reads knowledge files (YAML, schema at the top of configs/pbmc.yaml) and checks every row of them.
#pragma once

#include <string>
#include <vector>

#include "host/core/knowledge.hpp"

namespace gateless::io {

/// The knowledge of one or more files; in a later file an entry of an earlier one's id takes its
/// place and a new id is added. Throws InputError that lists every problem as `file:line: ...`.
[[nodiscard]] Knowledge read_knowledge(const std::vector<std::string>& paths);

/// The same from text; `name` stands for the file in messages. `Knowledge::text` of a run parses back
/// to the same knowledge (several files become several YAML documents of one text).
[[nodiscard]] Knowledge parse_knowledge(const std::string& text, const std::string& name);

}  // namespace gateless::io
