// The man page and shell completion, made from the table of commands, so that neither can say what the program does not do.
#include <fmt/format.h>

#include <algorithm>

#include "host/core/error.hpp"
#include "host/options/command_table.hpp"

namespace gateless::options {
namespace {

/// Options that help shows: those without a group are hidden.
std::vector<const CLI::Option*> shown_options(const CLI::App& command) {
  std::vector<const CLI::Option*> shown;
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_group().empty()) shown.push_back(option);
  }
  return shown;
}

std::vector<const CLI::App*> commands_of(const CLI::App& table) {
  return table.get_subcommands([](const CLI::App*) { return true; });
}

/// Text in troff: a backslash and a leading dot or quote mean something there, and '-' would become a hyphen.
std::string troff(const std::string& text) {
  std::string safe;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char letter = text[at];
    if (at == 0 && (letter == '.' || letter == '\'')) safe += "\\&";
    if (letter == '\\') {
      safe += "\\e";
    } else if (letter == '-') {
      safe += "\\-";
    } else {
      safe += letter;
    }
  }
  return safe;
}

/// "--out DIR" or "FILE...", as a heading of its meaning.
std::string heading(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name(true);
  std::string names;
  for (const std::string& name : option.get_snames()) names += "-" + name + ", ";
  for (const std::string& name : option.get_lnames()) names += "--" + name + ", ";
  names.resize(names.size() - 2);
  return option.get_expected_min() == 0 ? names : names + " VALUE";
}

std::string options_in_troff(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* option : shown_options(command)) {
    text +=
        fmt::format(".TP\n.B {}\n{}", troff(heading(*option)), troff(option->get_description()));
    if (!option->get_default_str().empty())
      text += fmt::format(" (default: {})", troff(option->get_default_str()));
    text += "\n";
  }
  return text;
}

std::string words_of(const std::vector<const CLI::App*>& commands) {
  std::vector<std::string> names;
  for (const CLI::App* command : commands) names.push_back(command->get_name());
  return fmt::format("{}", fmt::join(names, " "));
}

std::vector<std::string> long_options(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : shown_options(command)) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::string bash_completion(const CLI::App& table) {
  std::string cases;
  for (const CLI::App* command : commands_of(table))
    cases += fmt::format("    {}) words=\"{}\" ;;\n", command->get_name(),
                         fmt::join(long_options(*command), " "));
  return fmt::format(R"(# bash completion of gateless; made by `gateless completion bash`
_gateless() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} words=
  case ${{COMP_WORDS[1]}} in
{}  esac
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "{} {}" -- "$word"))
  elif [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  fi
}}
complete -o default -F _gateless gateless
)",
                     cases, words_of(commands_of(table)), fmt::join(long_options(table), " "));
}

/// A word of zsh or fish within single quotes.
std::string quoted(const std::string& text) {
  std::string safe;
  for (const char letter : text)
    safe += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return safe;
}

std::string zsh_completion(const CLI::App& table) {
  std::string names;
  std::string cases;
  for (const CLI::App* command : commands_of(table)) {
    names += fmt::format("    '{}:{}'\n", command->get_name(), quoted(command->get_description()));
    cases += fmt::format("    {}) options=({}) ;;\n", command->get_name(),
                         fmt::join(long_options(*command), " "));
  }
  return fmt::format(R"(#compdef gateless
# zsh completion of gateless; made by `gateless completion zsh`
_gateless() {{
  local -a commands options
  commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case $words[2] in
{}  esac
  if [[ $PREFIX == -* ]]; then compadd -- $options; else _files; fi
}}
_gateless "$@"
)",
                     names, cases);
}

std::string fish_completion(const CLI::App& table) {
  std::string text = "# fish completion of gateless; made by `gateless completion fish`\n";
  for (const CLI::App* command : commands_of(table)) {
    text += fmt::format("complete -c gateless -n __fish_use_subcommand -f -a {} -d '{}'\n",
                        command->get_name(), quoted(command->get_description()));
    for (const CLI::Option* option : shown_options(*command)) {
      for (const std::string& name : option->get_lnames()) {
        text +=
            fmt::format("complete -c gateless -n '__fish_seen_subcommand_from {}' -l {} -d '{}'\n",
                        command->get_name(), name, quoted(option->get_description()));
      }
    }
  }
  return text;
}

}  // namespace

std::string man_page(const CLI::App& table) {
  std::string text = fmt::format(
      ".TH GATELESS 1 \"\" \"gateless {}\" \"User Commands\"\n.SH NAME\ngateless \\- immune "
      "subsets "
      "in cytometry events without manual gates\n.SH SYNOPSIS\n.B gateless\n.I COMMAND\n[options]\n"
      ".SH DESCRIPTION\n{}\n",
      GATELESS_VERSION, troff(table.get_description()));
  text += ".SH OPTIONS\n" + options_in_troff(table);
  for (const CLI::App* command : commands_of(table)) {
    text += fmt::format(".SH GATELESS {}\n{}.\n", troff(command->get_name()),
                        troff(command->get_description()));
    text += options_in_troff(*command);
    if (!command->get_footer().empty())
      text += fmt::format(".PP\n{}\n", troff(command->get_footer()));
  }
  text +=
      ".SH EXIT STATUS\n0 done; 2 wrong usage; 3 bad input; 4 device or memory; 70 a bug. With "
      "\\-\\-json the last line of standard error is an object with status, kind and messages.\n";
  return text;
}

std::string completion(const CLI::App& table, const std::string& shell) {
  if (shell == "bash") return bash_completion(table);
  if (shell == "zsh") return zsh_completion(table);
  return fish_completion(table);
}

}  // namespace gateless::options
