#include "host/options/command_line.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>

#include "host/core/embedded.hpp"
#include "host/core/error.hpp"
#include "host/core/nearest_word.hpp"
#include "host/core/study_words.hpp"
#include "host/options/command_table.hpp"

namespace gateless::options {
namespace {

/// The value of an option, or a UsageError that names what the option takes.
template <class Value>
Value required(const std::optional<Value>& value, const std::string& option,
               const std::string& text, const std::string& takes) {
  if (value) return *value;
  throw UsageError(fmt::format("{} {}: not understood; it takes {}", option, text, takes));
}

EventsOutput parse_events(const std::string& text) {
  if (text == "labels") return EventsOutput::kLabels;
  if (text == "panels") return EventsOutput::kPanels;
  return text == "none" ? EventsOutput::kNone : EventsOutput::kFull;
}

/// What CLI11 calls an unknown word, said with the nearest known one.
[[noreturn]] void fail_with_suggestion(const CLI::App& app, int argc, const char* const* argv,
                                       const std::string& otherwise) {
  std::vector<std::string> commands;
  const CLI::App* scope = &app;
  for (const CLI::App* command : app.get_subcommands({})) {
    commands.push_back(command->get_name());
    if (argc > 1 && command->get_name() == argv[1]) scope = command;
  }
  if (scope == &app && argc > 1 && argv[1][0] != '-') {
    throw UsageError(fmt::format("{}: unknown command{} (gateless --help lists them)", argv[1],
                                 did_you_mean(argv[1], commands)));
  }
  std::vector<std::string> words;
  for (const CLI::Option* option : scope->get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  for (int index = 1; index < argc; ++index) {
    std::string word = argv[index];
    if (word.rfind("--", 0) != 0 || word == "--") continue;
    word = word.substr(0, word.find('='));
    if (std::find(words.begin(), words.end(), word) == words.end()) {
      throw UsageError(fmt::format("{}: unknown option{} ({} --help lists them)", word,
                                   did_you_mean(word, words),
                                   scope == &app ? "gateless" : "gateless " + scope->get_name()));
    }
  }
  throw UsageError(fmt::format("{} ({} --help says how)", otherwise,
                               scope == &app ? "gateless" : "gateless " + scope->get_name()));
}

/// "PE-A=CD27" -> what `panel` of a study file says.
std::map<std::string, std::string> parse_overrides(const std::vector<std::string>& panel) {
  std::map<std::string, std::string> overrides;
  for (const std::string& word : panel) {
    const std::size_t equals = word.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == word.size())
      throw UsageError(
          fmt::format("--panel {}: should be CHANNEL=MARKER, e.g. --panel PE-A=CD27", word));
    overrides[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return overrides;
}

ConvertCommand convert_command(Parsed& parsed) {
  ConvertPlan& plan = parsed.convert.plan;
  plan.to = parsed.convert_to == "csv"    ? ConvertTo::kCsv
            : parsed.convert_to == "h5ad" ? ConvertTo::kH5ad
                                          : ConvertTo::kFcs;
  plan.compensate = parsed.convert_compensate == "auto";
  plan.transform =
      required(parse_transform(parsed.convert_transform), "--transform", parsed.convert_transform,
               "auto, arcsinh:COFACTOR (e.g. arcsinh:5), logicle or none");
  return parsed.convert;
}

Command chosen(const CLI::App& app, Parsed& parsed) {
  const EventsOutput events = parse_events(parsed.events);
  const std::string name = app.get_subcommands().front()->get_name();
  if (name == "run") {
    parsed.run.events = events;
    return parsed.run;
  }
  if (name == "cluster") {
    ClusterOptions& options = parsed.cluster.cluster;
    options.algorithm = required(parse_algorithm(parsed.algorithm), "--algorithm", parsed.algorithm,
                                 "som or kmeans");
    std::tie(options.grid_width, options.grid_height) =
        required(parse_grid(parsed.grid), "--grid", parsed.grid, "WIDTHxHEIGHT, e.g. 16x16");
    options.metaclusters = required(parse_metaclusters(parsed.metaclusters), "--metaclusters",
                                    parsed.metaclusters, "auto or a number from 2");
    parsed.cluster.transform =
        required(parse_transform(parsed.transform), "--transform", parsed.transform,
                 "auto, arcsinh:COFACTOR (e.g. arcsinh:5), logicle or none");
    parsed.cluster.compensate = parsed.compensate == "auto";
    if (options.node_count() > kMaxNodes) {
      throw UsageError(
          fmt::format("--grid {}: more than {} nodes; take a smaller map", parsed.grid, kMaxNodes));
    }
    parsed.cluster.clean = parsed.clean == "auto";
    parsed.cluster.events = events;
    return parsed.cluster;
  }
  if (name == "map") {
    parsed.map.events = events;
    parsed.map.marker_overrides = parse_overrides(parsed.map_panel);
    return parsed.map;
  }
  if (name == "combine") {
    parsed.combine.events = events;
    return parsed.combine;
  }
  if (name == "inspect") return parsed.inspect;
  if (name == "simulate") return parsed.simulate;
  if (name == "report") return parsed.report;
  if (name == "convert") return convert_command(parsed);
  if (name == "completion") return TextCommand{completion(app, parsed.shell)};
  if (name == "man") return TextCommand{man_page(app)};
  if (name == "devices") return DevicesCommand{};
  throw std::logic_error("command without a choice here: " + name);
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv) {
  Parsed parsed;
  const std::unique_ptr<CLI::App> table = command_table(parsed);
  CLI::App& app = *table;
  for (int index = 1; index < argc; ++index) {
    if (std::string(argv[index]) == "--print-config") return TextCommand{embedded::study_text()};
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return TextCommand{app.help()};
  } catch (const CLI::CallForAllHelp&) {
    return TextCommand{app.help("", CLI::AppFormatMode::All)};
  } catch (const CLI::CallForVersion&) {
    return TextCommand{std::string("gateless ") + GATELESS_VERSION + "\n"};
  } catch (const CLI::ParseError& error) {
    fail_with_suggestion(app, argc, argv, error.what());
  }
  return chosen(app, parsed);
}

}  // namespace gateless::options
