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
inline constexpr int kExitDiffers = 4;     // `apply --dry-run`: something would change

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
  OffsetsSet,
  OffsetsReset,
  Topics,
  TopicsReset,
  ContextList,
  ContextUse,
  ContextSet,
  ContextDelete,
  Top,
  Completion,
  LogLevel,
  Try,
};

enum class Output : std::uint8_t { Table = 1, Json, Yaml };

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

// `sluice offsets set`: one of the three forms.
struct OffsetChanges {
  std::vector<std::string> of_topics; // TOPIC:PARTITION=OFFSET
  std::string file;
  std::vector<std::string> partition; // KEY=VALUE, of one source partition
  std::vector<std::string> offset;    // KEY=VALUE, or `null`
};

// What a command line of `sluice` asks for.
struct Command {
  Verb verb = Verb::Get;
  std::string url;     // as given; empty: by SLUICE_URL or a context
  std::string context; // the same
  std::string user;    // NAME or NAME:PASSWORD
  std::string cacert;
  Output output = Output::Table;
  std::vector<std::string> names; // connectors; none: all of them, where that makes sense
  std::vector<std::string> files;
  bool only_diff = false; // apply: change nothing
  OffsetChanges offset_changes;
  bool with_tasks = false;      // restart
  bool only_failed = false;     // restart
  std::optional<Duration> wait; // how long for the state that was asked for; none: not at all
  std::string logger;           // empty: all
  std::string level;            // empty: show it
  Duration interval{2'000};     // top
  std::int64_t count = 0;       // top: how often; 0: until it is ended, on a terminal
  std::string shell;            // completion
  bool whole_cluster = false;   // logs level
  TryOptions dry_run;
};

} // namespace host::app::cli
