// What is odd about single files, said once where many files share it.
#pragma once

#include <cstddef>
#include <vector>

#include "host/stages/panel_grouping.hpp"

namespace gateless::stages {

/// What reading and cleaning said of the members: a sentence that many files share is said once.
void warn_of_files(const std::vector<Sample>& samples, const std::vector<Ingested>& files,
                   const std::vector<std::size_t>& members, Progress& progress);

/// One file under two names: a copied visit is not a second measurement.
void warn_of_copies(const std::vector<Sample>& samples, const std::vector<Ingested>& files,
                    Progress& progress);

}  // namespace gateless::stages
