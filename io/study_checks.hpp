// A study file against its sample sheet.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "host/core/study.hpp"
#include "io/text_file.hpp"

namespace gateless::io {

/// Visits, patients, groups and columns that `compare:` names must be in the sheet. `line_of_key`: where a key of `compare:`
/// stands, 0 if it was not given. Words that differ in capitals alone are taken as the sheet writes them.
/// `not_numbers` as in SampleSheet.
void check_against_sheet(Study& study, const std::function<int(const std::string&)>& line_of_key,
                         const std::map<std::string, std::string>& not_numbers, Problems& problems);

}  // namespace gateless::io
