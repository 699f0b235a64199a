#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/base/clock.h"
#include "host/base/strings.h"
#include "host/supervisor/supervisor.h"

namespace host::supervisor {

// Worker key `runner.spawn`.
enum class SpawnMode : std::uint8_t {
  Template = 1, // fork of a warmed process: the default
  Exec          // a new start of a program: debuggers, sanitizers that object to forks
};

// What the app decides for all runners.
struct Settings {
  SpawnMode spawn = SpawnMode::Template;
  std::string exec_program; // for Exec; empty: this program (its main must call maybe_run_template)
  bool inherit_stdio = false; // standalone: runners have the host's descriptors 0 and 1
  std::vector<std::string> environment_names; // beside the built-in ones

  // Told to each runner in its Welcome.
  StringMap worker_config; // resolved
  std::vector<std::string> secrets;
  StringMap log_levels; // logger prefix → level

  // Inspection and validation: None runs them in this process.
  Isolation plugin_isolation = Isolation::Connector;
  RunnerLimits plugin_limits;
  Duration inspect_timeout{10'000};
  Duration validate_timeout{60'000};
  Duration plugin_idle{30'000}; // a plugin runner's life without work

  Duration hello_timeout{30'000};
  // How long a process may take to end after it was asked, and after SIGTERM.
  Duration shutdown_grace{1'000};
  Duration term_grace{500};
  // Beyond the graceful timeout, for callbacks that `cancel` wakes (design 3).
  Duration stop_margin{5'000};
  // How often runners are looked at: callbacks that are too long, memory.
  Duration watch_interval{250};

  std::uint64_t random_seed = 0; // of the jitter; 0: from the system
};

} // namespace host::supervisor
