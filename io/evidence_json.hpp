// Pictures of single events in report.json, so that the report can be rendered again.
#pragma once

#include <nlohmann/json.hpp>

#include "host/core/results.hpp"

namespace gateless::io {

[[nodiscard]] nlohmann::ordered_json back_gate_json(const BackGate& gate);
[[nodiscard]] nlohmann::ordered_json sampled_events_json(const SampledEvents& sampled);
[[nodiscard]] nlohmann::ordered_json node_tree_json(const NodeTree& tree);

/// Errors of these three: nlohmann::json::exception where something is missing or of another kind.
[[nodiscard]] BackGate back_gate_of(const nlohmann::ordered_json& json);
[[nodiscard]] SampledEvents sampled_events_of(const nlohmann::ordered_json& json);
[[nodiscard]] NodeTree node_tree_of(const nlohmann::ordered_json& json);

}  // namespace gateless::io
