// Files of configs/ and docs/ that travel inside the program, so that it runs from anywhere.
#pragma once

#include <string>

namespace gateless::embedded {

[[nodiscard]] std::string study_text();      ///< configs/study.yaml
[[nodiscard]] std::string knowledge_text();  ///< configs/pbmc.yaml
[[nodiscard]] std::string columns_text();    ///< docs/columns.csv

}  // namespace gateless::embedded
