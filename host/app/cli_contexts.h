#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/app/cli_command.h"
#include "host/app/cli_screen.h"
#include "host/base/error.h"

namespace host::app::cli {

// A worker by a name of its own, and how to be let in. Passwords are never kept.
struct Context {
  std::string name;
  std::string url;
  std::string user;   // empty: none
  std::string cacert; // empty: the system's authorities
};

// The file of contexts, as it was when it was read.
struct Contexts {
  std::string path;
  std::string current; // empty: none
  std::vector<Context> all;

  const Context *find(std::string_view name) const;
};

// $XDG_CONFIG_HOME/sluice/contexts.json, or below ~/.config; empty if neither is known.
std::string contexts_path();
// No file means no contexts; a broken one is an error with its place.
Result<Contexts> read_contexts(const std::string &path);
// In one step, readable by its owner alone; makes the folder.
Status write_contexts(const Contexts &contexts);

// `context list|use|set|delete`; the exit status.
int change_contexts(const Command &command, Screen &screen, const std::string &path);

} // namespace host::app::cli
