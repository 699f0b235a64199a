#include "host/app/cli_completion.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <CLI/CLI.hpp>

#include "host/app/cli_declare.h"

namespace host::app::cli {
namespace {

using Words = std::vector<std::string>;

constexpr std::string_view kBash = R"SHELL(# source <(sluice completion bash)
_sluice() {
  local line word="${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o filenames 2>/dev/null || true
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
    else
      COMPREPLY+=("$(printf '%q' "$line")")
    fi
  done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _sluice sluice
)SHELL";

constexpr std::string_view kZsh = R"SHELL(#compdef sluice
# source <(sluice completion zsh)
_sluice() {
  local -a found
  found=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "${found[1]}" == ":files" ]]; then
    _files
  elif [[ -n "${found[1]}" ]]; then
    compadd -- "${found[@]}"
  fi
}
compdef _sluice sluice
)SHELL";

constexpr std::string_view kFish = R"SHELL(# sluice completion fish | source
function __sluice_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l found (sluice __complete $words[2..-1] 2>/dev/null)
  if test "$found[1]" = ":files"
    __fish_complete_path (commandline -ct)
  else
    printf '%s\n' $found
  end
end
complete -c sluice -f -a '(__sluice_complete)'
)SHELL";

// How far the words before the last one lead.
struct Place {
  CLI::App *app;
  const CLI::Option *open = nullptr; // an option whose value is next
  std::size_t positionals = 0;
};

const CLI::Option *option_named(const CLI::App *app, const std::string &word) {
  for (; app != nullptr; app = app->get_parent())
    if (const CLI::Option *option = app->get_option_no_throw(word))
      return option;
  return nullptr;
}

CLI::App *command_named(CLI::App *app, const std::string &word) {
  for (CLI::App *sub : app->get_subcommands(nullptr))
    if (sub->get_name() == word)
      return sub;
  return nullptr;
}

void take_access(Command &command, const CLI::Option &option, const std::string &value) {
  const std::string name = option.get_name();
  if (name == "--url")
    command.url = value;
  else if (name == "--context")
    command.context = value;
  else if (name == "--user")
    command.user = value;
  else if (name == "--cacert")
    command.cacert = value;
}

Place walk(CLI::App &root, const Words &words, Command &command) {
  Place place{&root};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string &word = words[i];
    if (place.open != nullptr) {
      take_access(command, *place.open, word);
      place.open = nullptr;
    } else if (word.starts_with('-') && word.size() > 1) {
      const CLI::Option *option = option_named(place.app, word);
      place.open = option != nullptr && option->get_items_expected_max() > 0 ? option : nullptr;
    } else if (CLI::App *sub = place.positionals == 0 ? command_named(place.app, word) : nullptr) {
      place.app = sub;
    } else {
      ++place.positionals;
    }
  }
  return place;
}

Words values_of(const CLI::Option &option, const Known &known) {
  const std::string name = option.get_name();
  if (name == "--output")
    return {"table", "json", "yaml"};
  if (name == "--context")
    return known.contexts();
  if (name == "--direction")
    return {"sink", "source"};
  if (option.get_type_name().find("FILE") != std::string::npos)
    return {":files"};
  return {};
}

Words options_of(const CLI::App *app) {
  Words names;
  for (; app != nullptr; app = app->get_parent())
    for (const CLI::Option *option : app->get_options())
      for (const std::string &name : option->get_lnames())
        names.push_back("--" + name);
  return names;
}

Words arguments_of(const Place &place, const Command &command, const Known &known) {
  const std::string name = place.app->get_name();
  const std::string parent = place.app->get_parent() ? place.app->get_parent()->get_name() : "";
  if (parent == "context")
    return name != "list" && place.positionals == 0 ? known.contexts() : Words();
  if (parent == "logs")
    return place.positionals == 0 ? known.loggers(command) : Words{"TRACE", "DEBUG", "INFO", "WARN",
                                                                   "ERROR", "FATAL", "OFF"};
  if (name == "completion")
    return {"bash", "zsh", "fish"};
  const bool several = name == "get" || name == "delete" || name == "pause" || name == "resume" ||
                       name == "stop" || name == "restart" || name == "top";
  const bool one = name == "describe" || name == "offsets" || name == "topics" || name == "set" ||
                   name == "reset";
  if (!(several || one) || (place.positionals > 0 && (!several || !parent.starts_with("sluice"))))
    return {};
  Words names = known.connectors(command);
  if (name == "get" && parent == "sluice" && place.positionals == 0)
    names.insert(names.end(), {"connectors", "plugins"});
  return names;
}

} // namespace

std::string completion_script(std::string_view shell) {
  return std::string(shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish);
}

std::vector<std::string> completions(const std::vector<std::string> &words, const Known &known) {
  Texts texts;
  CLI::App app;
  app.name("sluice");
  declare(app, texts);
  const std::string begun = words.empty() ? std::string() : words.back();
  Command command;
  const Place place = walk(app, words, command);
  Words found;
  if (place.open != nullptr) {
    found = values_of(*place.open, known);
    if (found == Words{":files"})
      return found;
  } else if (begun.starts_with('-')) {
    found = options_of(place.app);
  } else {
    if (place.positionals == 0)
      for (const CLI::App *sub : place.app->get_subcommands(nullptr))
        found.push_back(sub->get_name());
    const Words arguments = arguments_of(place, command, known);
    found.insert(found.end(), arguments.begin(), arguments.end());
  }
  std::erase_if(found, [&](const std::string &word) { return !word.starts_with(begun); });
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

} // namespace host::app::cli
