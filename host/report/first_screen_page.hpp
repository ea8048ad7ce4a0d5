// The first screen as the page's scripts read it.
#pragma once

#include <nlohmann/json.hpp>

#include "host/report/answer.hpp"
#include "host/report/attention.hpp"

namespace gateless::report {

[[nodiscard]] nlohmann::json answer_page(const Answer& found);

/// `files`: [row of qc, level, reasons], those that need a look first.
[[nodiscard]] nlohmann::json attention_page(const Attention& found);

}  // namespace gateless::report
