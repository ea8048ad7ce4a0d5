// The words for a study's choices, the same in the study file and on the command line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "host/core/study.hpp"

namespace gateless {

/// "auto", "arcsinh", "arcsinh:COFACTOR", "logicle", "none"; nothing for any other text or a cofactor <= 0.
[[nodiscard]] std::optional<TransformChoice> parse_transform(std::string_view text);
/// "som", "kmeans".
[[nodiscard]] std::optional<ClusterOptions::Algorithm> parse_algorithm(std::string_view text);
/// "10x10" -> (width, height); both 1..1000.
[[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> parse_grid(std::string_view text);
/// "auto" -> 0, or a whole number from 2.
[[nodiscard]] std::optional<std::size_t> parse_metaclusters(std::string_view text);
/// "auto" -> true, "none" -> false.
[[nodiscard]] std::optional<bool> parse_compensate(std::string_view text);

[[nodiscard]] std::string text_of(const TransformChoice& transform);
[[nodiscard]] std::string text_of(ClusterOptions::Algorithm algorithm);

}  // namespace gateless
