#include "host/core/study_words.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace gateless {
namespace {

/// A grid of a million nodes would need more memory for its codebook than any study's answer is worth.
constexpr std::size_t kLongestGridSide = 1000;

template <class T>
std::optional<T> parse_whole(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<TransformChoice> parse_transform(std::string_view text) {
  using Kind = TransformChoice::Kind;
  if (text == "auto") return TransformChoice{};
  if (text == "none") return TransformChoice{.kind = Kind::kNone};
  if (text == "logicle") return TransformChoice{.kind = Kind::kLogicle};
  if (text == "arcsinh") return TransformChoice{.kind = Kind::kArcsinh};
  constexpr std::string_view kPrefix = "arcsinh:";
  if (!text.starts_with(kPrefix)) return std::nullopt;
  const std::optional<double> cofactor = parse_whole<double>(text.substr(kPrefix.size()));
  if (!cofactor || !std::isfinite(*cofactor) || *cofactor <= 0.0) return std::nullopt;
  return TransformChoice{.kind = Kind::kArcsinh, .cofactor = *cofactor};
}

std::optional<ClusterOptions::Algorithm> parse_algorithm(std::string_view text) {
  if (text == "som") return ClusterOptions::Algorithm::kSom;
  if (text == "kmeans") return ClusterOptions::Algorithm::kKMeans;
  return std::nullopt;
}

std::optional<std::pair<std::size_t, std::size_t>> parse_grid(std::string_view text) {
  const std::size_t cross = text.find('x');
  if (cross == std::string_view::npos) return std::nullopt;
  const auto width = parse_whole<std::size_t>(text.substr(0, cross));
  const auto height = parse_whole<std::size_t>(text.substr(cross + 1));
  const auto is_side = [](std::optional<std::size_t> side) {
    return side && *side >= 1 && *side <= kLongestGridSide;
  };
  if (!is_side(width) || !is_side(height)) return std::nullopt;
  return std::pair{*width, *height};
}

std::optional<std::size_t> parse_metaclusters(std::string_view text) {
  if (text == "auto") return 0;
  const auto count = parse_whole<std::size_t>(text);
  return count && *count >= 2 ? count : std::nullopt;
}

std::optional<bool> parse_compensate(std::string_view text) {
  if (text == "auto") return true;
  if (text == "none") return false;
  return std::nullopt;
}

std::string text_of(const TransformChoice& transform) {
  switch (transform.kind) {
    case TransformChoice::Kind::kAuto:
      return "auto";
    case TransformChoice::Kind::kArcsinh:
      return fmt::format("arcsinh:{}", transform.cofactor);
    case TransformChoice::Kind::kLogicle:
      return "logicle";
    case TransformChoice::Kind::kNone:
      break;
  }
  return "none";
}

std::string text_of(ClusterOptions::Algorithm algorithm) {
  return algorithm == ClusterOptions::Algorithm::kSom ? "som" : "kmeans";
}

}  // namespace gateless
