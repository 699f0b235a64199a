#pragma once

#include <optional>
#include <string_view>

#include "host/app/cli_command.h"

namespace host::app::cli {

// The parsed command line, or the exit status with which the program ends now (--help, --version
// and errors have printed their text).
struct ParsedCommand {
  Command command;
  std::optional<int> exit_code;
};
ParsedCommand parse_command(int argc, const char *const *argv);

// `90`, `90s`, `2m`, `500ms`: none if it is something else, or longer than a day.
std::optional<Duration> parse_timeout(std::string_view text);

} // namespace host::app::cli
