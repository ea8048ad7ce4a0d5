#include "io/event_h5ad_writer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "io/fcs_spillover.hpp"
#include "io/h5ad_writer.hpp"
#include "io/hdf5_object.hpp"

namespace gateless::io {
namespace {

/// What the channel stains, or its own name; anndata wants each name once.
std::vector<std::string> unique_names(const std::vector<Channel>& channels) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const Channel& channel : channels) {
    const std::string& name = channel.stain.empty() ? channel.name : channel.stain;
    std::string unique = name;
    for (int number = 1; !taken.insert(unique).second; ++number)
      unique = fmt::format("{}-{}", name, number);
    names.push_back(unique);
  }
  return names;
}

}  // namespace

void write_event_h5ad(const std::string& path, const RawSample& sample) {
  constexpr std::size_t kBlockRows = std::size_t{1} << 16U;
  const std::unique_lock<std::mutex> lock = hdf5_one_at_a_time();
  H5adWriter writer(path, sample.events, unique_names(sample.channels));
  std::vector<std::string> names, stains, ranges;
  for (const Channel& channel : sample.channels) {
    names.push_back(channel.name);
    stains.push_back(channel.stain);
    ranges.push_back(fmt::format("{}", channel.range));
  }
  writer.add_var_strings("channel", names);
  writer.add_var_strings("marker", stains);
  writer.add_var_strings("PnR", ranges);
  if (sample.spillover)
    writer.add_uns_string("spillover", spillover_text(*sample.spillover), "meta");
  const nlohmann::json keywords(sample.keywords);
  writer.add_uns_string("fcs_keywords",
                        keywords.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  const std::size_t channels = sample.channels.size();
  std::vector<float> block;
  for (std::size_t first = 0; first < sample.events; first += kBlockRows) {
    const std::size_t rows = std::min(kBlockRows, sample.events - first);
    block.resize(rows * channels);
    for (std::size_t channel = 0; channel < channels; ++channel) {
      for (std::size_t row = 0; row < rows; ++row)
        block[row * channels + channel] = sample.values[channel][first + row];
    }
    writer.write_x(first, block);
  }
  writer.commit();
}

}  // namespace gateless::io
