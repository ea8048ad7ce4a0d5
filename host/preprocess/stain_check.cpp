#include "host/preprocess/stain_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include "host/core/distribution.hpp"
#include "host/preprocess/value_scale.hpp"

namespace gateless::preprocess {
namespace {

constexpr std::size_t kQuantiles = 39;  ///< of 2.5 % to 97.5 %
constexpr std::size_t kFewestMarkers = 3;
// Mean distance of two distributions in shares of the events: of one marker in two files about 0.02.
constexpr double kOther = 0.08;       ///< not the marker that its name says
constexpr double kSame = 0.05;        ///< the marker that the other name says
constexpr double kMuchCloser = 0.35;  ///< of the distance to the own reference
constexpr double kUnlikeOthers =
    3.0;  ///< times the distance that the files' own markers have from each other
constexpr double kNearlyAll = 0.8;    ///< of the markers
constexpr double kDim = 0.2;          ///< of the others' reach above negative cells
constexpr double kNearWidths = 15.0;  ///< from the lower quartile of negative cells
constexpr double kSymmetric = 4.0;    ///< skew of one population of negative cells
constexpr double kAlikeWidth = 5.0;   ///< times

double share_at(std::size_t quantile) { return 0.025 * static_cast<double>(quantile + 1); }

using Profile = std::array<double, kQuantiles>;

/// What was looked at of each file large enough: [files][markers].
struct Looks {
  std::vector<std::size_t> files;
  std::vector<std::vector<const MarkerValues*>> values;
};

Looks looks_of_files(const std::vector<FileOfPanel>& files,
                     const std::vector<std::string>& markers) {
  Looks looks;
  for (std::size_t file = 0; file < files.size(); ++file) {
    if (files[file].prepared->kept < kFewestEventsOfFile) continue;
    looks.files.push_back(file);
    std::vector<const MarkerValues*>& own = looks.values.emplace_back();
    for (const std::string& marker : markers) own.push_back(&looks_of(files[file], marker));
  }
  return looks;
}

/// The median of a marker's quantile over all files; of two, that of the other.
double reference(const Looks& looks, std::size_t file, std::size_t marker, double quantile) {
  std::vector<double> others;
  for (std::size_t other = 0; other < looks.values.size(); ++other) {
    if (other != file || looks.values.size() > 2)
      others.push_back(looks.values[other][marker]->quantile(quantile));
  }
  return others.empty() ? 0.0 : upper_median(others);
}

/// Mean difference between the share of events below each quantile of the profile, and that quantile's.
double distance(const MarkerValues& values, const Profile& profile) {
  double sum = 0.0;
  for (std::size_t q = 0; q < kQuantiles; ++q) {
    const auto below = std::upper_bound(values.sorted.begin(), values.sorted.end(),
                                        static_cast<float>(profile[q])) -
                       values.sorted.begin();
    const double share = static_cast<double>(below) / static_cast<double>(values.sorted.size());
    sum += std::abs(share - share_at(q));
  }
  return sum / static_cast<double>(kQuantiles);
}

/// The channel that holds a known marker; empty if the file has none, or does not know it.
std::string detector_of(const FileOfPanel& file, const std::string& marker) {
  for (const PanelChannel& channel : file.panel->channels) {
    if (channel.role == ChannelRole::kMarker && channel.is_known && channel.marker == marker)
      return channel.name;
  }
  return {};
}

/// The detector that most files have a marker on; of two, the other one's.
std::string usual_detector(const std::vector<FileOfPanel>& files, std::size_t file,
                           const std::string& marker) {
  std::map<std::string, std::size_t> seen;
  for (std::size_t other = 0; other < files.size(); ++other) {
    if (other != file || files.size() > 2) ++seen[detector_of(files[other], marker)];
  }
  const auto most = std::max_element(
      seen.begin(), seen.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == seen.end() ? std::string() : most->first;
}

class StainComparison {
 public:
  StainComparison(const std::vector<FileOfPanel>& files, const std::vector<std::string>& markers)
      : files_(files), markers_(markers), looks_(looks_of_files(files, markers)) {}

  StainCheck find() {
    measure();
    StainCheck found{.moved = find_moved(), .swapped = {}};
    for (std::size_t look = 0; look < looks_.files.size(); ++look) look_into(look, found.swapped);
    return found;
  }

 private:
  [[nodiscard]] std::vector<MovedStains> find_moved() const {
    std::vector<MovedStains> found;
    const bool are_two = looks_.files.size() == 2;  // either may be the one: the later is named
    for (std::size_t look = are_two ? 1 : 0; look < looks_.files.size(); ++look) {
      MovedStains moved = moved_in(look);
      if (moved.markers.size() >= kFewestMarkers) found.push_back(std::move(moved));
    }
    return found;
  }

  /// The medians of a marker's quantiles over all files; of two, those of the other.
  [[nodiscard]] Profile profile_beside(const std::vector<std::vector<Profile>>& of_files,
                                       std::size_t look, std::size_t marker) const {
    Profile profile{};
    for (std::size_t q = 0; q < kQuantiles; ++q) {
      std::vector<double> others;
      for (std::size_t other = 0; other < of_files.size(); ++other) {
        if (other != look || of_files.size() > 2) others.push_back(of_files[other][marker][q]);
      }
      profile[q] = others.empty() ? 0.0 : upper_median(others);
    }
    return profile;
  }

  void measure() {
    std::vector<std::vector<Profile>> of_files;
    for (const std::vector<const MarkerValues*>& values : looks_.values) {
      of_files.emplace_back(markers_.size());
      for (std::size_t marker = 0; marker < markers_.size(); ++marker) {
        for (std::size_t q = 0; q < kQuantiles; ++q)
          of_files.back()[marker][q] = values[marker]->quantile(share_at(q));
      }
    }
    for (std::size_t look = 0; look < looks_.files.size(); ++look) {
      profiles_.emplace_back();
      own_.emplace_back();
      for (std::size_t marker = 0; marker < markers_.size(); ++marker) {
        profiles_.back().push_back(profile_beside(of_files, look, marker));
        own_.back().push_back(distance(*looks_.values[look][marker], profiles_.back().back()));
      }
    }
  }

  /// The markers whose values fit the marker that the others have on their detector; none where most do not fit it.
  [[nodiscard]] MovedStains moved_in(std::size_t look) const {
    const std::size_t file = looks_.files[look];
    MovedStains moved{.file = file, .markers = {}, .example = {}};
    std::size_t elsewhere = 0;
    for (std::size_t marker = 0; marker < markers_.size(); ++marker) {
      const std::string detector = detector_of(files_[file], markers_[marker]);
      if (detector.empty() || detector == usual_detector(files_, file, markers_[marker])) continue;
      for (std::size_t other = 0; other < markers_.size(); ++other) {
        if (other == marker || usual_detector(files_, file, markers_[other]) != detector) continue;
        ++elsewhere;
        if (distance(*looks_.values[look][marker], profiles_[look][other]) >= own_[look][marker])
          continue;
        moved.markers.push_back(markers_[marker]);
        if (moved.example.empty()) {
          moved.example = fmt::format("{} is on {}, in the other files {} is", markers_[marker],
                                      detector, markers_[other]);
        }
      }
    }
    if (3 * moved.markers.size() < 2 * elsewhere) moved.markers.clear();
    return moved;
  }

  void look_into(std::size_t look, std::vector<SwappedStains>& found) {
    const std::size_t file = looks_.files[look];
    const std::vector<Profile>& profiles = profiles_[look];
    const std::vector<double>& own = own_[look];
    std::vector<std::string> detector, usual;
    for (std::size_t marker = 0; marker < markers_.size(); ++marker) {
      detector.push_back(detector_of(files_[file], markers_[marker]));
      usual.push_back(usual_detector(files_, file, markers_[marker]));
    }
    for (std::size_t one = 0; one < markers_.size(); ++one) {
      for (std::size_t other = 0; other < one; ++other) {
        if (detector[one].empty() || detector[other].empty()) continue;
        const double crossed[2] = {distance(*looks_.values[look][one], profiles[other]),
                                   distance(*looks_.values[look][other], profiles[one])};
        const double sum = own[one] + own[other];
        const bool by_name = detector[one] == usual[other] && detector[other] == usual[one] &&
                             detector[one] != detector[other];
        // Of two files either may be the one: the later is named.
        const bool is_judged =
            looks_.files.size() > 2 || (by_name && look + 1 == looks_.files.size());
        const bool fits_well = std::min(own[one], own[other]) >= kOther &&
                               is_unlike_others(look, one) && is_unlike_others(look, other) &&
                               std::max(crossed[0], crossed[1]) <= kSame &&
                               crossed[0] + crossed[1] <= kMuchCloser * sum;
        if (is_judged && (fits_well || (by_name && crossed[0] + crossed[1] < sum)))
          found.push_back({file, markers_[other], markers_[one], by_name});
      }
    }
  }

  /// People differ, in helper T cells by a third: more than they do.
  [[nodiscard]] bool is_unlike_others(std::size_t look, std::size_t marker) const {
    std::vector<double> others;
    for (std::size_t other = 0; other < own_.size(); ++other) {
      if (other != look) others.push_back(own_[other][marker]);
    }
    return others.empty() || own_[look][marker] >= kUnlikeOthers * upper_median(others);
  }

  const std::vector<FileOfPanel>& files_;
  const std::vector<std::string>& markers_;
  Looks looks_;
  std::vector<std::vector<Profile>> profiles_;  ///< [files][markers], of the other files
  std::vector<std::vector<double>> own_;  ///< [files][markers], distance to the own name's profile
};

/// Where negative cells lie in the other files, over all markers: most markers stain a part of the cells.
struct Background {
  double level = 0.0;
  double width = 0.0;
};

Background background_beside(const Looks& looks, std::size_t file, std::size_t markers) {
  std::vector<double> levels, widths;
  for (std::size_t marker = 0; marker < markers; ++marker) {
    levels.push_back(reference(looks, file, marker, 0.25));
    widths.push_back(levels.back() - reference(looks, file, marker, 0.01));
  }
  return {upper_median(levels), upper_median(widths)};
}

/// Whether a marker's events are one population where negative cells are, and others' are much brighter.
bool stays_negative(const Looks& looks, std::size_t file, std::size_t marker,
                    const Background& background) {
  const MarkerValues& values = *looks.values[file][marker];
  const double top = values.quantile(0.99) - background.level;
  const double bright = reference(looks, file, marker, 0.99) - background.level;
  const double width = values.quantile(0.25) - values.quantile(0.01);
  return bright > 0.0 && top < kNearWidths * background.width && top < kDim * bright &&
         values.skew() < kSymmetric && width * kAlikeWidth >= background.width &&
         width <= kAlikeWidth * background.width;
}

}  // namespace

StainCheck compare_stains(const std::vector<FileOfPanel>& files,
                          const std::vector<std::string>& markers) {
  return StainComparison(files, markers).find();
}

std::vector<NegativeMarkers> find_negative_markers(const std::vector<FileOfPanel>& files,
                                                   const std::vector<std::string>& markers) {
  const Looks looks = looks_of_files(files, markers);
  std::vector<NegativeMarkers> found;
  if (looks.files.size() < 2 || markers.size() < kFewestMarkers) return found;
  for (std::size_t look = 0; look < looks.files.size(); ++look) {
    const Background background = background_beside(looks, look, markers.size());
    NegativeMarkers negative{looks.files[look], {}, false};
    for (std::size_t marker = 0; marker < markers.size(); ++marker) {
      if (stays_negative(looks, look, marker, background))
        negative.markers.push_back(markers[marker]);
    }
    const auto all = static_cast<double>(markers.size());
    negative.are_nearly_all = static_cast<double>(negative.markers.size()) >= kNearlyAll * all;
    if (!negative.markers.empty()) found.push_back(std::move(negative));
  }
  return found;
}

}  // namespace gateless::preprocess
