// part.h5: the kept events of samples that `map` put onto a model, as `combine` needs them to measure a whole study.
//
//   /               attributes: format, version, model (SHA-256 of model.h5)
//   /samples/<n>/   attributes file, sha256, panel; datasets events (in the file, then kept), kept_events,
//                   values [markers][kept] (as they are clustered), qc (JSON)
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/matrix.hpp"
#include "host/core/results.hpp"

namespace gateless::io {

struct PartSample {
  std::string file;    ///< as the command line named it
  std::string sha256;  ///< of the file
  std::string panel;   ///< name of the model's panel
  std::uint64_t events = 0;
  std::vector<std::uint32_t> kept_events;  ///< [kept], event index in the file, rising
  std::vector<std::vector<float>> values;  ///< [markers of the panel][kept]
  QcRow qc;
};

struct Part {
  std::string version;       ///< of the program
  std::string model_sha256;  ///< of the model.h5 beside it
  std::vector<PartSample> samples;
};

/// The file appears under its name only when complete. Errors: as write_model().
void write_part(const Part& part, const std::string& path);

/// Errors: InputError for a file that is not one of this program, or whose shapes contradict each other.
[[nodiscard]] Part read_part(const std::string& path);

}  // namespace gateless::io
