// What the cleaning dropped, and what it could not judge, for the methods.
#pragma once

#include <string>

#include "host/core/results.hpp"

namespace gateless::report {

/// Whether the channels are those of a mass cytometer (DNA or event length, and no forward scatter).
[[nodiscard]] bool is_of_mass_cytometer(const Results& results);

/// Sentences: the reasons for dropping events in their order with their numbers, which steps were not judged or switched off and
/// why, and how many events were kept. Empty without files.
[[nodiscard]] std::string cleaning_in_words(const Results& results);

}  // namespace gateless::report
