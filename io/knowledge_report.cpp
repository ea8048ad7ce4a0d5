// The part of a knowledge file that says what is told of the subsets: sums and ratios, the report, healthy ranges.
#include <fmt/format.h>

#include <cmath>

#include "io/knowledge_reader.hpp"

namespace gateless::io {

void KnowledgeReader::read_composites(const YAML::Node& node) {
  for (const YAML::Node& entry : list_of(node)) {
    check_keys(entry, {"id", "name", "of", "where_resolvable", "fallback", "ratio", "denominator",
                       "memory", "note"});
    if (!entry.IsMap()) continue;
    KnownComposite composite;
    composite.line = line_of(entry);
    composite.id = text(entry["id"]);
    composite.name = entry["name"] ? text(entry["name"]) : composite.id;
    composite.of = words(entry["of"]);
    composite.where_resolvable = words(entry["where_resolvable"]);
    composite.fallback = words(entry["fallback"]);
    composite.ratio = words(entry["ratio"]);
    composite.denominator = text(entry["denominator"]);
    composite.is_memory = truth(entry["memory"]);
    if (composite.id.empty()) problem(entry, "a composite needs an `id`");
    if (composite.of.empty() == composite.ratio.empty()) {
      problem(entry, "a composite needs either `of` or `ratio`");
    }
    if (!composite.ratio.empty() && composite.ratio.size() != 2) {
      problem(entry["ratio"], "a ratio needs two ids: numerator and denominator");
    }
    for (const auto* list :
         {&composite.of, &composite.where_resolvable, &composite.fallback, &composite.ratio}) {
      for (const std::string& id : *list) use_id(id, entry);
    }
    if (!composite.denominator.empty()) use_id(composite.denominator, entry);
    origins_.file_of_composite[composite.id] = name();
    place(knowledge_.composites, composite, [](const KnownComposite& known) { return known.id; });
  }
}

void KnowledgeReader::read_report(const YAML::Node& node) {
  check_keys(node, {"primary", "secondary"});
  const auto replace = [&](const char* key, std::vector<std::string>& list) {
    const YAML::Node given = map_of(node)[key];
    if (!given) return;
    list = words(given);
    for (const std::string& id : list) use_id(id, given);
  };
  replace("primary", knowledge_.primary);
  replace("secondary", knowledge_.secondary);
}

void KnowledgeReader::read_ranges(const YAML::Node& node) {
  for (const YAML::Node& entry : list_of(node)) {
    check_keys(entry, {"subset", "unit", "of", "low", "high", "mean", "sd", "median", "text",
                       "population", "source", "conf"});
    if (!entry.IsMap()) continue;
    use_id(text(entry["subset"]), entry);
    for (const std::string& source : words(entry["source"]))
      origins_.source_uses.push_back({source, name(), line_of(entry)});
    const double low = real(entry["low"]), high = real(entry["high"]);
    const double mean = real(entry["mean"]), sd = real(entry["sd"]);
    (void)real(entry["median"]);
    if (entry["low"] && entry["high"] && low > high)
      problem(entry, fmt::format("low {} is above high {}", low, high));
    if (entry["of"]) use_id(text(entry["of"]), entry);
    constexpr double kSpreads = 3.0;  // one healthy person in some hundred is beyond
    const bool has_spread = entry["mean"] && entry["sd"];
    add_range(entry,
              entry["low"] ? low
              : has_spread ? std::max(0.0, mean - kSpreads * sd)
                           : 0.0,
              entry["high"] ? high
              : has_spread  ? mean + kSpreads * sd
                            : HUGE_VAL);
  }
}

void KnowledgeReader::add_range(const YAML::Node& entry, double low, double high) {
  const std::string of = entry["of"] ? text(entry["of"]) : "";
  if (of.empty() && text(entry["unit"]) != "cells/uL") return;
  if (low <= 0.0 && std::isinf(high)) return;
  const double unit = of.empty() ? 1.0 : 0.01;  // of percentages
  knowledge_.ranges.push_back({.subset = text(entry["subset"]),
                               .of = of,
                               .low = unit * low,
                               .high = unit * high,
                               .population = text(entry["population"])});
}

}  // namespace gateless::io
