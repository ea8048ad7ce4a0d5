#include "host/stages/ingest.hpp"

#include <numeric>

#include "host/annotate/channel_naming.hpp"
#include "host/core/layers.hpp"
#include "host/stages/file_warnings.hpp"
#include "host/stages/model_check.hpp"
#include "host/stages/panel_grouping.hpp"
#include "host/stages/pool.hpp"

namespace gateless::stages {
namespace {

std::vector<std::vector<Channel>> channels_of(const std::vector<Ingested>& files) {
  std::vector<std::vector<Channel>> channels;
  for (const Ingested& file : files) channels.push_back(file.channels);
  return channels;
}

/// All samples as members of the model's panel.
PanelMembers everything(std::size_t samples, const PanelModel& model) {
  PanelMembers all{.name = model.panel.name, .members = std::vector<std::size_t>(samples)};
  std::iota(all.members.begin(), all.members.end(), std::size_t{0});
  return all;
}

/// Files by panel, and what the files of each have in common.
struct GroupedFiles {
  std::vector<Ingested> files;
  std::vector<PanelMembers> groups;
  std::vector<CheckedMarkers> checked;  ///< [groups]
};

GroupedFiles read_and_group(const std::vector<Sample>& samples, const ReadSample& read,
                            const Knowledge& knowledge, const IngestOptions& options,
                            Progress& progress) {
  GroupedFiles grouped;
  std::vector<Ingested>& files = grouped.files;
  files = ingest_files(samples, read, knowledge, options, progress);
  check_overrides(channels_of(files), options.marker_overrides);
  warn_of_copies(samples, files, progress);
  if (options.frozen != nullptr) {
    check_against_model(samples, files, *options.frozen);
    grouped.groups = {everything(samples.size(), *options.frozen)};
    grouped.checked = {check_mapped(samples, files, *options.frozen, options.threads, progress)};
  } else {
    grouped.groups = group_panels(samples, files, progress);
    for (const PanelMembers& group : grouped.groups)
      grouped.checked.push_back(check_members(samples, files, group, options.threads, progress));
  }
  refuse_unlike_files(grouped.checked);
  return grouped;
}

}  // namespace

std::vector<PanelEvents> ingest(const std::vector<Sample>& samples, const ReadSample& read,
                                const Knowledge& knowledge, const IngestOptions& options,
                                Backend& backend, Progress& progress) {
  GroupedFiles grouped = timed(progress, Stage::kRead, [&] {
    return read_and_group(samples, read, knowledge, options, progress);
  });
  std::vector<PanelEvents> panels;
  for (std::size_t index = 0; index < grouped.groups.size(); ++index) {
    const PanelMembers& group = grouped.groups[index];
    panels.push_back(timed(progress, Stage::kPool, [&] {
      return pool_panel(group, samples, grouped.files, std::move(grouped.checked[index]),
                        options.threads, progress);
    }));
    timed(progress, Stage::kTransform, [&] {
      PanelEvents& panel = panels.back();
      transform_panel(panel, ranges_of(grouped.files[group.members.front()], panel.markers),
                      options, progress);
      if (options.readers != nullptr) options.readers->hold(panel, backend);
    });
  }
  return panels;
}

}  // namespace gateless::stages
