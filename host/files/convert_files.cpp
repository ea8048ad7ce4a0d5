#include "host/files/convert_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "host/annotate/channel_naming.hpp"
#include "host/core/error.hpp"
#include "host/core/event_store.hpp"
#include "host/core/layers.hpp"
#include "host/core/parallel.hpp"
#include "host/core/shown_scale.hpp"
#include "host/files/folders.hpp"
#include "host/preprocess/apply_transform.hpp"
#include "host/preprocess/compensation.hpp"
#include "host/preprocess/compensation_state.hpp"
#include "host/preprocess/transform_estimate.hpp"
#include "io/csv.hpp"
#include "io/event_csv_writer.hpp"
#include "io/event_file.hpp"
#include "io/event_h5ad_writer.hpp"
#include "io/fcs_append.hpp"
#include "io/fcs_writer.hpp"
#include "io/sha256.hpp"

namespace gateless::files {
namespace {

/// A row of convert.csv.
struct Converted {
  std::string file, output;
  std::size_t events = 0;
  std::size_t channels = 0;
  std::string compensation = "none";
  std::string transforms = "none";
  std::string file_sha256;
  std::string values_sha256;  ///< of the values as written, and as read back
  std::string warnings;
  std::string error;  ///< why there is no output
};

const char* ending_of(ConvertTo to) {
  switch (to) {
    case ConvertTo::kFcs:
      return ".fcs";
    case ConvertTo::kCsv:
      return ".csv";
    case ConvertTo::kH5ad:
      return ".h5ad";
  }
  return "";
}

/// Where each file goes: its name with the new ending, behind the old one where two files would have the same name.
/// Errors: UsageError where one would still replace the other.
std::vector<std::string> output_names(const std::vector<EventPath>& files, ConvertTo to) {
  const auto short_name = [to](const EventPath& file) {
    return std::filesystem::path(file.name).replace_extension(ending_of(to)).string();
  };
  std::map<std::string, int> wanted{{"convert.csv", 1}};  // the list of what was converted
  for (const EventPath& file : files) ++wanted[short_name(file)];
  std::map<std::string, std::string> taken;
  std::vector<std::string> names;
  for (const EventPath& file : files) {
    const std::string name =
        wanted[short_name(file)] == 1 ? short_name(file) : file.name + ending_of(to);
    const auto [other, is_new] = taken.emplace(name, file.path);
    if (!is_new) {
      throw UsageError(
          fmt::format("{} and {} would both become {} (one would replace the other); convert them "
                      "into two folders",
                      other->second, file.path, name));
    }
    names.push_back(name);
  }
  return names;
}

/// Applies the file's spillover and takes it away, so that nobody applies it again.
std::string compensate_file(RawSample& sample) {
  if (!sample.spillover) return "none: the file has no spillover";
  const Spillover spillover = *sample.spillover;
  const auto values = [&](const std::string& name) -> std::span<const float> {
    for (std::size_t channel = 0; channel < sample.channels.size(); ++channel) {
      if (sample.channels[channel].name == name) return sample.values[channel];
    }
    return {};
  };
  if (compensation_state(spillover, values) == CompensationState::kCompensated)
    return "none: the values are compensated already";
  compensate(sample, spillover);
  sample.spillover.reset();
  return fmt::format("{} channels", spillover.channels.size());
}

std::string words_of(const Transform& transform) {
  if (transform.kind == TransformKind::kArcsinh)
    return fmt::format("arcsinh({:.6g})", transform.cofactor);
  if (transform.kind == TransformKind::kLogicle)
    return fmt::format("logicle(T={:.6g},W={:.3g},M={:.3g},A={:.3g})", transform.t, transform.w,
                       transform.m, transform.a);
  return "none";
}

/// Channels of stains, the viability dye among them; scatter, time and DNA are none.
std::vector<PanelChannel> stained(const Panel& panel) {
  std::vector<PanelChannel> channels;
  for (const PanelChannel& channel : panel.channels) {
    if (channel.role == ChannelRole::kMarker || channel.role == ChannelRole::kViability)
      channels.push_back(channel);
  }
  return channels;
}

/// Transforms the channels that stain something, to the scale that other programs show; scatter and time stay linear.
std::string transform_file(RawSample& sample, const TransformChoice& choice,
                           const Knowledge& knowledge) {
  const auto cytometer = sample.keywords.find("$CYT");
  const Panel panel = name_channels(sample.channels, knowledge, {},
                                    cytometer == sample.keywords.end() ? "" : cytometer->second);
  const std::vector<PanelChannel> markers = stained(panel);
  if (markers.empty()) return "none: no channel stains a marker";
  std::vector<std::string> names;
  std::vector<std::vector<float>> columns;
  std::vector<double> ranges;
  for (const PanelChannel& marker : markers) {
    names.push_back(marker.name);
    columns.push_back(sample.values[marker.channel]);
    ranges.push_back(sample.channels[marker.channel].range);
  }
  EventStore pool(names);
  pool.append(0, std::move(columns));
  pool.seal();
  const TransformEstimate estimate = estimate_transforms(pool, panel.instrument, ranges, choice);
  std::vector<std::string> words;
  for (std::size_t index = 0; index < markers.size(); ++index) {
    const std::size_t channel = markers[index].channel;
    apply_transform(sample.values[channel], estimate.transforms[index]);
    const ShownScale shown(estimate.transforms[index]);
    for (float& value : sample.values[channel]) value = shown(value);
    sample.channels[channel].range = 0.0;  // $PnR was one of linear values
    words.push_back(sample.channels[channel].name + " " + words_of(estimate.transforms[index]));
  }
  return fmt::format("{}", fmt::join(words, "; "));
}

/// Whether a path names the file that is read.
bool is_same_file(const std::string& path, const std::string& other) {
  std::error_code not_there;
  return std::filesystem::equivalent(path, other, not_there);
}

void write_as(ConvertTo to, const std::string& path, const RawSample& sample, bool is_unchanged) {
  switch (to) {
    case ConvertTo::kFcs:
      // An FCS file keeps how its values are stored, where FCS 3.1 can hold that.
      return is_unchanged ? append_to_events(sample.path, path, {}) : write_fcs(path, sample);
    case ConvertTo::kCsv:
      return write_event_csv(path, sample);
    case ConvertTo::kH5ad:
      return write_event_h5ad(path, sample);
  }
}

/// Reads back what was written; anything but the same values is an error.
void check_written(const std::string& path, const RawSample& sample, const std::string& sha256) {
  const RawSample written = read_event_file(path);
  if (written.events == sample.events && written.channels.size() == sample.channels.size() &&
      sha256_of_values(written.values) == sha256)
    return;
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  throw InputError(fmt::format(
      "{}: does not read back as it was written, so it is removed ({} events of {} channels, not "
      "{} of {}, or other values); choose another format, or report {} as a bug",
      path, written.events, written.channels.size(), sample.events, sample.channels.size(),
      sample.path));
}

Converted convert_file(const EventPath& file, const std::string& name, const ConvertPlan& plan,
                       const Knowledge& knowledge) {
  Converted row;
  row.file = file.path;
  row.output = name;
  row.file_sha256 = sha256_of_file(file.path);
  RawSample sample = read_event_file(file.path);
  row.events = sample.events;
  row.channels = sample.channels.size();
  std::vector<std::string> warnings = sample.warnings;
  if (sample.events == 0) {
    throw InputError(
        fmt::format("{}: no events (there is nothing to convert); leave the file out", file.path));
  }
  if (plan.compensate) row.compensation = compensate_file(sample);
  if (plan.transform.kind != TransformChoice::Kind::kNone)
    row.transforms = transform_file(sample, plan.transform, knowledge);
  if (plan.to == ConvertTo::kCsv && sample.spillover)
    warnings.emplace_back("A CSV file has no place for the spillover.");
  row.warnings = fmt::format("{}", fmt::join(warnings, " "));
  row.values_sha256 = sha256_of_values(sample.values);
  const std::string path = plan.out + "/" + name;
  make_folder(std::filesystem::path(path).parent_path().string());
  if (is_same_file(path, file.path)) {
    throw InputError(
        fmt::format("{}: the converted file would replace it; choose another --out", file.path));
  }
  const bool is_unchanged =
      row.compensation.starts_with("none") && row.transforms.starts_with("none");
  write_as(plan.to, path, sample, is_unchanged);
  check_written(path, sample, row.values_sha256);
  return row;
}

void write_manifest(const std::string& path, const std::vector<Converted>& rows) {
  CsvWriter csv(path, {"file", "output", "events", "channels", "compensation", "transforms",
                       "file_sha256", "values_sha256", "warnings"});
  for (const Converted& row : rows) {
    if (!row.error.empty()) continue;
    csv.text(row.file).text(row.output).count(row.events).count(row.channels);
    csv.text(row.compensation).text(row.transforms).text(row.file_sha256).text(row.values_sha256);
    csv.text(row.warnings).end_row();
  }
  csv.commit();
}

}  // namespace

void check_names(const std::vector<EventPath>& files, ConvertTo to) {
  (void)output_names(files, to);
}

Conversion convert_files(const std::vector<EventPath>& files, const ConvertPlan& plan,
                         const Knowledge& knowledge, std::size_t threads, Progress& progress) {
  const std::vector<std::string> names = output_names(files, plan.to);
  std::vector<Converted> rows(files.size());
  progress.expect(files.size());
  parallel_for(threads, files.size(), [&](std::size_t index) {
    try {
      rows[index] = convert_file(files[index], names[index], plan, knowledge);
    } catch (const UserError& error) {
      rows[index].error = error.what();
    }
    progress.step();
  });
  write_manifest(plan.out + "/convert.csv", rows);
  Conversion conversion;
  for (const Converted& row : rows) {
    conversion.events += row.events;
    if (!row.error.empty()) conversion.errors.push_back(row.error);
  }
  progress.looks_at(conversion.events, 0);
  return conversion;
}

}  // namespace gateless::files
