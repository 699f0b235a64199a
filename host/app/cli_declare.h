#pragma once

#include <string>
#include <vector>

#include "host/app/cli_command.h"

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace host::app::cli {

// What the parser fills; it becomes a Command afterwards.
struct Texts {
  Command command;
  std::vector<std::string> what;       // of `get`
  std::vector<std::string> short_form; // of `offsets NAME`, `topics NAME`
  std::string output = "table";
  bool wait = false;
  std::string timeout = "60s";
  std::string interval = "2s";
};

// All commands and options of `sluice`, with their help. `texts` must live as long as `app` is
// used.
void declare(CLI::App &app, Texts &texts);

// The commands, by file.
// cli_declare_connectors.cpp
void declare_reading(CLI::App &app, Texts &texts);
void declare_files(CLI::App &app, Texts &texts);
void declare_acting(CLI::App &app, Texts &texts);
// cli_declare_tools.cpp
void declare_offsets(CLI::App &app, Texts &texts);
void declare_topics(CLI::App &app, Texts &texts);
void declare_logs(CLI::App &app, Texts &texts);
void declare_try(CLI::App &app, Texts &texts);
void declare_top(CLI::App &app, Texts &texts);
void declare_contexts(CLI::App &app, Texts &texts);
void declare_completion(CLI::App &app, Texts &texts);

// Their parts.
CLI::App &add_command(CLI::App &app, Texts &texts, const std::string &name, Verb verb,
                      const std::string &description, const std::string &examples);
CLI::Option *add_names(CLI::App &command, Texts &texts, const std::string &description);
void add_name(CLI::App &command, Texts &texts);

} // namespace host::app::cli
