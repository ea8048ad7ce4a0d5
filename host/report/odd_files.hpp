// What was odd in files, and what was done about it.
#pragma once

#include <string>

#include "host/core/results.hpp"

namespace gateless {

/// Sentences for the methods: which disturbed stretches were dropped, what was noted and kept, and that files which need a look
/// were analysed like all others. Empty without files.
[[nodiscard]] std::string odd_files_in_words(const Results& results);

}  // namespace gateless
