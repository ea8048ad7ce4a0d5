#include "io/part_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "host/core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/byte_source.hpp"
#include "io/hdf5_object.hpp"
#include "io/hdf5_trial.hpp"

namespace gateless::io {
namespace {

constexpr const char* kFormat = "gateless part";

using Json = nlohmann::ordered_json;

void require(bool holds, const std::string& what) {
  if (!holds) throw Hdf5Failure(what);
}

std::string json_of(const QcRow& row) {
  return Json{{"dropped", row.dropped},       {"compensation", row.compensation},
              {"transforms", row.transforms}, {"warnings", row.warnings},
              {"thresholds", row.thresholds}, {"signal", row.signal}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

QcRow qc_of(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    QcRow row;
    row.dropped = json.at("dropped").get<decltype(row.dropped)>();
    row.compensation = json.at("compensation").get<std::string>();
    row.transforms = json.at("transforms").get<std::string>();
    row.warnings = json.at("warnings").get<std::string>();
    row.thresholds = json.value("thresholds", std::string());
    row.signal = json.value("signal", std::vector<float>());
    return row;
  } catch (const Json::exception&) {
    throw Hdf5Failure("qc is not what map writes");
  }
}

void write_sample(const Hdf5Object& group, const PartSample& sample) {
  write_attribute(group, "file", sample.file);
  write_attribute(group, "sha256", sample.sha256);
  write_attribute(group, "panel", sample.panel);
  write_string(group, "qc", json_of(sample.qc));
  const std::uint64_t events[] = {sample.events, sample.kept_events.size()};
  write_values(group, "events", {2}, std::span<const std::uint64_t>(events));
  write_values(group, "kept_events", {sample.kept_events.size()},
               std::span<const std::uint32_t>(sample.kept_events));
  const Hdf5Object values =
      create_dataset(group, "values", H5T_NATIVE_FLOAT,
                     {sample.values.size(), sample.kept_events.size()}, Hdf5Storage::kContiguous);
  for (std::size_t marker = 0; marker < sample.values.size(); ++marker)
    write_rows(values, H5T_NATIVE_FLOAT, marker, {1, sample.kept_events.size()},
               sample.values[marker].data());
}

PartSample read_sample(const Hdf5Object& group) {
  PartSample sample;
  sample.file = read_attribute_string(group, "file");
  sample.sha256 = read_attribute_string(group, "sha256");
  sample.panel = read_attribute_string(group, "panel");
  const auto events = read_values<std::uint64_t>(group, "events");
  sample.kept_events = read_values<std::uint32_t>(group, "kept_events");
  require(events.size() == 2 && events[1] == sample.kept_events.size() && events[1] > 0 &&
              std::adjacent_find(sample.kept_events.begin(), sample.kept_events.end(),
                                 std::greater_equal<>()) == sample.kept_events.end() &&
              sample.kept_events.back() < events[0],
          "kept_events are not events of the file");
  sample.events = events[0];
  const Hdf5Shape shape = shape_of(open_dataset(group, "values"));
  require(shape.size() == 2 && shape[1] == events[1], "values and kept_events differ in number");
  const auto values = read_values<float>(group, "values");
  require(
      std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }),
      "values are not finite");
  for (std::size_t marker = 0; marker < shape[0]; ++marker) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(marker * shape[1]);
    sample.values.emplace_back(first, first + static_cast<std::ptrdiff_t>(shape[1]));
  }
  sample.qc = qc_of(read_string(group, "qc"));
  sample.qc.events = sample.events;
  sample.qc.kept = sample.kept_events.size();
  return sample;
}

Part read_root(const Hdf5Object& root) {
  require(has_attribute(root, "format") && read_attribute_string(root, "format") == kFormat,
          "is not a part that map wrote");
  Part part;
  part.version = read_attribute_string(root, "version");
  part.model_sha256 = read_attribute_string(root, "model");
  const Hdf5Object samples = open_group(root, "samples");
  for (std::size_t index = 0; has_member(samples, std::to_string(index)); ++index)
    part.samples.push_back(read_sample(open_group(samples, std::to_string(index))));
  require(!part.samples.empty(), "has no samples");
  return part;
}

}  // namespace

void write_part(const Part& part, const std::string& path) {
  AtomicFile file(path);
  try {
    Hdf5Object root = create_hdf5_file(file.part_path());
    write_attribute(root, "format", std::string(kFormat));
    write_attribute(root, "version", part.version);
    write_attribute(root, "model", part.model_sha256);
    {
      const Hdf5Object samples = create_group(root, "samples");
      for (std::size_t index = 0; index < part.samples.size(); ++index)
        write_sample(create_group(samples, std::to_string(index)), part.samples[index]);
    }
    close_hdf5_file(root);
  } catch (const Hdf5Failure& failure) {
    throw DeviceError(
        fmt::format("{}: {} (the part would be incomplete, so it is removed); free space on the "
                    "disk or choose another folder",
                    path, failure.what()));
  }
  file.commit();
}

Part read_part(const std::string& path) {
  (void)ByteSource(path);
  try {
    try_in_child({.read = Hdf5Trial::Read::kPart, .path = path, .column = {}});
    return read_root(open_hdf5_file(path));
  } catch (const Hdf5Failure& failure) {
    throw InputError(
        fmt::format("{}: {} (its samples would be missing from the study); run map again into "
                    "this folder",
                    path, failure.what()));
  }
}

}  // namespace gateless::io
