// Opens pages in Chromium without a screen.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "host/core/results.hpp"

namespace gateless::report {

[[nodiscard]] bool has_chromium();

struct Opened {
  std::string page;     ///< the document after its scripts ran
  std::string console;  ///< what scripts complained about
  std::string probe;    ///< what the test's own script found
};

/// Whether all of a page is drawn before a script looks at it, or each part once it is on the screen.
enum class Drawn { kAtOnce, kWhenSeen };

/// Opens the report of `results`. `address` follows the page's ("#map?subset=b_dn"); `script` runs after the page's own and may
/// await; what it returns is the probe, as JSON. The folder is left behind for a look.
[[nodiscard]] Opened opened(const std::string& name, const Results& results,
                            const std::string& address = "", const std::string& script = "",
                            Drawn drawn = Drawn::kAtOnce);

/// What the script returned. Fails where the page complained.
[[nodiscard]] nlohmann::json probe(const std::string& name, const Results& results,
                                   const std::string& script, const std::string& address = "",
                                   Drawn drawn = Drawn::kAtOnce);

/// Text of `Opened::probe`.
[[nodiscard]] std::string decoded(const std::string& base64);

/// Prints the report to a PDF and returns its path; empty where that failed.
[[nodiscard]] std::string printed(const std::string& name, const Results& results);

[[nodiscard]] std::size_t occurrences(const std::string& text, const std::string& word);

}  // namespace gateless::report

#define NEEDS_CHROMIUM() \
  if (!has_chromium()) GTEST_SKIP() << "chromium is not installed"
