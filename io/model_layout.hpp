// The words and rules of model.h5 that its writer and its reader share.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "host/core/model.hpp"
#include "io/hdf5_object.hpp"

namespace gateless::io::model_layout {

inline constexpr std::string_view kFormat = "gateless model";
inline constexpr std::uint64_t kFormatVersion = 1;

// The words of the file for each enumerator, in the order of the enumeration.
inline constexpr std::array<std::string_view, 10> kRoles = {
    "marker",       "viability", "forward", "side",     "time",
    "event length", "dna",       "bead",    "gaussian", "ignored"};
inline constexpr std::array<std::string_view, 4> kPulses = {"none", "area", "height", "width"};
inline constexpr std::array<std::string_view, 3> kTransforms = {"none", "arcsinh", "logicle"};
inline constexpr std::array<std::string_view, 2> kInstruments = {"flow", "mass"};

template <class Enum, std::size_t n>
std::string word_of(const std::array<std::string_view, n>& words, Enum value) {
  return std::string(words.at(static_cast<std::size_t>(value)));
}

template <class Enum, std::size_t n>
Enum value_of(const std::array<std::string_view, n>& words, const std::string& word) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) throw Hdf5Failure("\"" + word + "\" is not a word of this version");
  return static_cast<Enum>(found - words.begin());
}

/// Errors: Hdf5Failure(what) unless it holds.
inline void require(bool holds, const std::string& what) {
  if (!holds) throw Hdf5Failure(what);
}

/// Shapes that agree and finite numbers. Errors: Hdf5Failure.
void check_map(const CodebookModel& map);
void check_panel(const PanelModel& panel);

}  // namespace gateless::io::model_layout
