#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/base/clock.h"

namespace host::app::cli {

// Exit statuses of `sluice`.
inline constexpr int kExitDone = 0;
inline constexpr int kExitRefused = 1; // the worker said no, or what was waited for did not come
inline constexpr int kExitUsage = 2;   // wrong command line, or a file that cannot be read
inline constexpr int kExitUnreachable = 3; // no worker answered

enum class Verb : std::uint8_t {
  Get = 1,
  GetPlugins,
  Describe,
  Apply,
  Delete,
  Pause,
  Resume,
  Stop,
  Restart,
  Validate,
  Offsets,
  LogLevel,
  Try,
};

enum class Output : std::uint8_t { Table = 1, Json };

// `sluice try`: either a configuration and records, or cases.
struct TryOptions {
  std::string config;
  std::string input;         // `-`: standard input
  std::string cases;         // the same
  std::string direction;     // `sink`, `source`; empty: by the configuration
  std::string worker_config; // empty: a worker without config providers
  bool json = false;
  bool trace = false;
};

// What a command line of `sluice` asks for.
struct Command {
  Verb verb = Verb::Get;
  std::string url;
  Output output = Output::Table;
  std::vector<std::string> names; // connectors; none: all of them, where that makes sense
  std::vector<std::string> files;
  bool with_tasks = false;      // restart
  bool only_failed = false;     // restart
  std::optional<Duration> wait; // how long for the state that was asked for; none: not at all
  std::string logger;           // empty: all
  std::string level;            // empty: show it
  TryOptions dry_run;
};

} // namespace host::app::cli
