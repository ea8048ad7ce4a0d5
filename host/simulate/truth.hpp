// What is true of the made-up trial: counted while it is made, written beside it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/simulate/acquisition.hpp"

namespace gateless::simulate {

/// A person at a visit.
struct Bleeding {
  std::string patient, visit, group, batch;
  bool is_healthy = false;
  std::size_t patient_index = 0, visit_index = 0;  ///< of patients with lupus: 0-based
  double cells_per_ul = 0.0;                       ///< mononuclear cells
  double sledai = 0.0;                             ///< of patients with lupus
  std::vector<double> designed;  ///< [cell types], fractions of leukocytes without visit variation
  std::vector<double> composition;  ///< [cell types], fractions of leukocytes
};

/// One FCS file and what is true of it.
struct TrueFile {
  std::string sample;        ///< the file's name without `.fcs`
  std::size_t bleeding = 0;  ///< index
  std::string panel;
  std::vector<std::uint8_t> labels;         ///< [events], codes into label_names()
  std::vector<std::uint64_t> live_of_type;  ///< [cell types], events that are single live cells
  std::uint64_t bytes = 0;
};

/// Names of the labels: the ids of true_subsets(), then doublet, dead, debris, margin and kUnnamedMemory.
[[nodiscard]] std::vector<std::string> label_names();

/// Labels and counts of what was acquired.
void count_truth(const Acquired& acquired, TrueFile& file);

/// Write truth/events.h5ad, truth/abundance.csv and truth/patients.csv. Errors: as io/ throws them.
void write_true_events(const std::string& path, const std::vector<TrueFile>& files);
void write_true_abundance(const std::string& path, const std::vector<Bleeding>& bleedings,
                          const std::vector<TrueFile>& files);
void write_true_changes(const std::string& path, const std::vector<Bleeding>& bleedings,
                        const std::vector<TrueFile>& files);

}  // namespace gateless::simulate
