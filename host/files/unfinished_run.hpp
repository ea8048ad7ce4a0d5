// What a run has finished, in a folder of its own within the results, until all is.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/core/pieces.hpp"
#include "host/core/study.hpp"
#include "host/files/seen_files.hpp"

namespace gateless::files {

/// SHA-256 over program version, command, configuration, knowledge, the sample sheet and the files' `sums` [samples].
[[nodiscard]] std::string fingerprint_of_run(const std::string& command,
                                             const std::string& configuration,
                                             const std::string& knowledge,
                                             const std::vector<Sample>& samples,
                                             const std::vector<std::string>& sums);

/// Pieces as files of DIR/unfinished. Each is whole under its name, with the warnings of the run so far, and only pieces of
/// the same fingerprint are taken. Where the disk is nearly full, all of them go and none is kept any more.
class UnfinishedRun final : public Pieces {
 public:
  /// How the run's warnings are read when a piece is kept, and said again when it is taken.
  struct Warnings {
    std::function<std::vector<std::string>()> so_far;
    std::function<void(const std::string&)> say;
  };
  /// Called when other pieces are there than before.
  using OnChange = std::function<void(const UnfinishedRun&)>;

  UnfinishedRun(const std::string& dir, Warnings warnings, OnChange on_change);

  /// Whether an interrupted run has left pieces, of whatever inputs.
  [[nodiscard]] bool is_there() const;
  /// Before the files are read: open() trusts only those that have not changed since.
  void see_files(const std::vector<Sample>& samples);
  /// SHA-256 of each sample's file; empty where it cannot be read.
  [[nodiscard]] std::vector<std::string> sums_of(const std::vector<Sample>& samples,
                                                 std::size_t threads) const;
  /// From here on pieces are taken and kept; those of other inputs are removed. The `sums` [samples] of files serve the next
  /// run too.
  void open(const std::string& fingerprint, const std::vector<Sample>& samples,
            const std::vector<std::string>& sums);
  [[nodiscard]] bool is_open() const { return !fingerprint_.empty(); }

  bool take(const std::string& name, const std::function<void(PieceReader&)>& read) override;
  void keep(const std::string& name, const std::function<void(PieceWriter&)>& write) override;

  [[nodiscard]] const std::string& folder() const { return folder_; }
  /// Pieces that are there, in the order in which they were finished.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] std::uint64_t bytes() const;
  /// The run is finished: all pieces go.
  void remove();

 private:
  [[nodiscard]] std::string path_of_sums() const;
  [[nodiscard]] std::string path_of(const std::string& name) const;

  std::string folder_;
  Warnings warnings_;
  OnChange on_change_;
  std::string fingerprint_;  ///< empty: not open
  std::vector<std::string> names_;
  FileStates before_;
};

}  // namespace gateless::files
