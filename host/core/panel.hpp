// What each channel of a panel is, and how its values are transformed: decided once for all samples of a panel.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace gateless {

enum class ChannelRole {
  kMarker,     ///< stains a marker of the knowledge file, or an unknown one; clustered
  kViability,  ///< dead-cell dye; used to clean, not clustered
  kForward,    ///< FSC
  kSide,       ///< SSC
  kTime,
  kEventLength,  ///< mass cytometry pulse length
  kDna,          ///< mass cytometry intercalator
  kBead,
  kGaussian,  ///< Helios Center, Offset, Width, Residual
  kIgnored    ///< unstained, labels, barcodes
};

enum class PulseShape { kNone, kArea, kHeight, kWidth };

struct PanelChannel {
  std::size_t channel = 0;  ///< index in the file's channels
  std::string name;         ///< $PnN
  ChannelRole role = ChannelRole::kIgnored;
  PulseShape pulse = PulseShape::kNone;
  std::string
      marker;  ///< the knowledge file's name if known there, else the cleaned stain. The one side scatter that tells
  ///< lineages apart has the knowledge file's name for it; empty for all other roles but markers
  bool is_known = false;  ///< the marker is in the knowledge file
  std::vector<std::string>
      dump;  ///< markers that share this channel; then `marker` is "dump" and unknown
  bool is_compensated = false;  ///< its name says so ("Comp-PE-A")
  std::string reason = {};      ///< why it is what it is, for `inspect`
  std::string stain = {};       ///< $PnS; not kept in models
};

enum class Instrument { kFlow, kMass };

struct Panel {
  std::string name;
  Instrument instrument = Instrument::kFlow;
  std::vector<PanelChannel> channels;  ///< in file order
  std::vector<std::string> warnings;

  [[nodiscard]] std::vector<PanelChannel> markers() const {
    std::vector<PanelChannel> result;
    for (const PanelChannel& channel : channels) {
      if (channel.role == ChannelRole::kMarker) result.push_back(channel);
    }
    return result;
  }

  /// Under which name side scatter stands among the rows of the events; empty if it is no evidence.
  [[nodiscard]] std::string side_scatter() const {
    for (const PanelChannel& channel : channels) {
      if (channel.role == ChannelRole::kSide && !channel.marker.empty()) return channel.marker;
    }
    return {};
  }
};

}  // namespace gateless
