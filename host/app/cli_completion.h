#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "host/app/cli_command.h"

namespace host::app::cli {

// What makes bash, zsh or fish ask `sluice __complete WORD…` at the tabulator key.
std::string completion_script(std::string_view shell);

// What only the surroundings know. Nobody is told when they do not.
struct Known {
  std::function<std::vector<std::string>(const Command &)> connectors; // of that worker
  std::function<std::vector<std::string>(const Command &)> loggers;
  std::function<std::vector<std::string>()> contexts;
};

// What may stand in the place of the last of `words`, which begins with it; the first word is the
// one behind `sluice`. `:files` alone: a file.
std::vector<std::string> completions(const std::vector<std::string> &words, const Known &known);

} // namespace host::app::cli
