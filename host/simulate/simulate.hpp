// A made-up trial with a known truth: what `gateless simulate` writes. It shares no code with the
// analysis, so that the analysis can be judged by it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/core/progress.hpp"

namespace gateless::simulate {

struct SimulationOptions {
  std::string out;  ///< folder, made if it is not there; files of the same names are replaced
  std::uint64_t seed = 1;
  std::size_t patients =
      6;  ///< SLE01 ...; from the seventh on, the courses of the first six repeat
  std::size_t controls = 6;                      ///< HC01 ...
  std::vector<std::string> panels = {"B", "T"};  ///< of "B" and "T"
  std::optional<std::size_t>
      events;                ///< in each file; not given: drawn between 100,000 and 500,000
  bool is_null = false;      ///< every patient stays as designed at baseline: no change is true
  bool has_unnamed = false;  ///< memory B cells that no rule names are planted, more in patients
  bool faults = true;        ///< drift in time and clogs in some files, shifts between batches
  std::size_t threads = 1;
};

struct SimulationSummary {
  std::size_t files = 0;
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;  ///< of the FCS files
  std::string sheet_path;   ///< samples.csv
  std::string study_path;   ///< study.yaml
};

/// Writes into `options.out`: `fcs/*.fcs`, `samples.csv`, `study.yaml` and
/// `truth/events.h5ad` (obs sample, event_index, subset), `truth/abundance.csv`, `truth/patients.csv`.
///
/// Truth of an event is the deepest subset that its panel can tell, or `doublet`, `dead`, `debris`,
/// `margin` (at the limit of a detector): these four are no single live cells in good order and are
/// in no row of abundance.csv. Cells that pass during a clog keep their subset. `sample` is the file's
/// name without `.fcs`. A call in patients.csv comes from the designed course (`up`/`down` from 25 %,
/// `no change` up to 10 %, relative, fraction of parent; empty between); before and after are counted,
/// designed_change is relative and without the variation from one bleeding to the next.
///
/// The same options and seed give the same bytes for any number of threads.
/// Throws UsageError for options that make no trial, InputError if a file cannot be written.
[[nodiscard]] SimulationSummary simulate_trial(const SimulationOptions& options,
                                               Progress& progress);

}  // namespace gateless::simulate
