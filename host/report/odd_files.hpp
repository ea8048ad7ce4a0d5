// What was odd in files, and what was done about it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/results.hpp"

namespace gateless::report {

/// A file that lost a stretch of its acquisition to the cleaning.
struct CutFile {
  std::size_t row = 0;  ///< of Results::qc
  std::uint64_t events = 0;
  std::string share;  ///< of the file's events, "4.5 %"
};

/// Those that lost most first.
[[nodiscard]] std::vector<CutFile> cut_files(const Results& results);

/// "In 2 files a disturbed stretch was cut out (SLE01 baseline, SLE04 week 24: 4.5 % each)"; empty where none was.
[[nodiscard]] std::string cut_files_in_words(const Results& results);

/// Sentences for the methods: which disturbed stretches were dropped, what was noted and kept, and that files which need a look
/// were analysed like all others. Empty without files.
[[nodiscard]] std::string odd_files_in_words(const Results& results);

}  // namespace gateless::report
