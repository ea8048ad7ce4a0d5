// Which files are which patient's and visit's, told by their names where the sample sheet has no column for it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace gateless::io {

using PatientVisit = std::pair<std::string, std::string>;

struct FoundFiles {
  std::vector<std::vector<std::string>> of_row;  ///< [rows], paths below the folder, sorted
  std::vector<std::string> of_nobody;            ///< paths that name no row
  std::vector<std::string> ambiguous;            ///< paths that name two rows equally well
  bool is_by_number = false;                     ///< visits are numbered in the names, see below
};

/// A path below the folder names a row when the patient's words stand in it, followed at once by the visit's:
/// `P01_Week 24_B.fcs`, `p01/week-24.fcs`. A word is a run of letters or a run of digits; case, leading zeros and what
/// stands between do not matter. The longest name wins, so that "week 2" does not take the files of "week 2 repeat".
///
/// Where no path names a row in this way: the patient, any one word, and the visit's number (`1_time2_B.csv` is
/// "Follow-up 2" of patient 1), if the visits of `rows` are one without a number, which counts as 0, and otherwise
/// one word with a number (Baseline, Follow-up 1, Follow-up 2 ...); if the files of a known patient all have a row so; and
/// if one of them has the number 0, without which it would be unclear where the files begin to count.
[[nodiscard]] FoundFiles match_sample_files(const std::vector<std::string>& paths,
                                            const std::vector<PatientVisit>& rows);

/// Regular files in and below `folder` that end in .fcs, .lmd, .h5ad, .csv, .tsv or .txt (in any case), as paths
/// relative to it, sorted; hidden folders and files are left out.
[[nodiscard]] std::vector<std::string> event_files_below(const std::string& folder);

}  // namespace gateless::io
