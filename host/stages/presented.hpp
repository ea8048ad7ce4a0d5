// What the tables and the report show of the results: numbers with the digits they carry, nothing of what is absent.
#pragma once

#include "host/core/results.hpp"

namespace gateless::stages {

/// Adds a row `unassigned` to abundance for each sample and panel: events of the root that are in none of its lineages
/// (Results::siblings), so that the fractions below it add up. Takes part in no comparison.
void add_unassigned(Results& results);

/// Clears the change, its interval and p in patients.csv where the subset is detected at neither visit, and all numbers
/// in changes.csv where it is detected in none of the patients compared.
void blank_absent(Results& results);

/// Events to hundredths (below a half: none), fractions and differences to six digits, p and q to four, medians to four decimals.
/// Both the tables and the report show these numbers, so a report that is made again from the tables says the same.
void round_numbers(Results& results);

}  // namespace gateless::stages
