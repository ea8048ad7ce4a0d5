// One file of a run: its channels named, cleaned; and all files of a run, whose failures are told together.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/compute/backend.hpp"
#include "host/core/knowledge.hpp"
#include "host/core/layers.hpp"
#include "host/core/model.hpp"
#include "host/core/panel.hpp"
#include "host/core/progress.hpp"
#include "host/core/raw_sample.hpp"
#include "host/core/study.hpp"
#include "host/preprocess/clean.hpp"

namespace gateless::stages {

/// A file as it was read.
struct FileEvents {
  RawSample raw;
  std::string sha256;
  std::uint64_t bytes = 0;
};

/// Reads the file of a sample. Errors: InputError. Called from several threads.
using ReadSample = std::function<FileEvents(const Sample&)>;

struct Ingested;
struct IngestOptions;
struct PanelEvents;

/// Who reads which of the samples. Here the caller reads all of them.
class Readers {
 public:
  /// Reads and cleans samples [first, first + count).
  using ReadOwn = std::function<void(std::size_t first, std::size_t count)>;

  Readers() = default;
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;
  virtual ~Readers() = default;

  /// Calls `own` for the samples that the caller reads, and fills `files` [samples] with those that other ranks have read.
  virtual void read(const std::vector<Sample>& samples, const Knowledge& /*knowledge*/,
                    const IngestOptions& /*options*/, const ReadOwn& own,
                    std::vector<Ingested>& /*files*/) {
    own(0, samples.size());
  }
  /// Called when the samples are pooled and transformed: each rank then holds those that it has read, for the passes.
  virtual void hold(const PanelEvents& /*panel*/, Backend& /*backend*/) {}
};

/// What is done to events before they are pooled.
struct IngestOptions {
  TransformChoice transform;
  bool compensate = true;
  CleanChoice clean;
  std::map<std::string, std::string> marker_overrides;
  std::size_t threads = 1;
  /// a model's panel: its markers and transforms are taken as they are
  const PanelModel* frozen = nullptr;
  Readers* readers = nullptr;  ///< of several ranks; null: the caller reads all samples
};

/// How the study says that files are read.
[[nodiscard]] IngestOptions ingest_options(const Study& study, std::size_t threads);

/// One file, read and cleaned, not yet pooled.
struct Ingested {
  std::vector<Channel> channels;
  Panel panel;
  std::optional<Spillover> spillover;
  PreparedSample prepared;
  std::string sha256;
  std::uint64_t bytes = 0;
  std::vector<std::string> warnings;
  std::string error;  ///< why it cannot be used; empty if it can
};

/// Names the channels of a file, compensates it and cleans it. Errors: InputError where the file cannot be used.
[[nodiscard]] Ingested ingest_file(const Sample& sample, FileEvents&& file,
                                   const Knowledge& knowledge, const IngestOptions& options);

/// Files [first, first + count) of all; a file that cannot be used says so in its `error`. `end_file` is called after each.
void read_files(const std::vector<Sample>& samples, std::size_t first, std::size_t count,
                const ReadSample& read, const Knowledge& knowledge, const IngestOptions& options,
                std::vector<Ingested>& files, const std::function<void()>& end_file);

/// All files, in their order. Errors: InputError that names every file that cannot be used.
[[nodiscard]] std::vector<Ingested> ingest_files(const std::vector<Sample>& samples,
                                                 const ReadSample& read, const Knowledge& knowledge,
                                                 const IngestOptions& options, Progress& progress);

}  // namespace gateless::stages
