#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/base/log.h"

namespace host::app {

// What the command line of sluiced asks for.
struct Options {
  std::string config_path; // empty with --dev: the defaults of dev mode
  std::vector<std::string> connector_files;
  bool dev = false;
  std::vector<std::pair<std::string, std::int32_t>> dev_topics; // name, partitions
  bool check_config = false;
  bool print_config = false;
  log::Format log_format = log::Format::Text;
  std::vector<std::pair<std::string, log::Level>> log_levels; // logger prefix, level
};

// Exit codes of Kafka Connect's own launcher (contract 4.5), which scripts know.
inline constexpr int kExitUsage = 1;
inline constexpr int kExitStartFailed = 2;
inline constexpr int kExitConnectorFailed = 3;

// The parsed command line, or the exit code with which the program ends now (--help, --version and
// errors have printed their text).
struct ParsedOptions {
  Options options;
  bool exit = false;
  int exit_code = 0;
};
ParsedOptions parse_options(int argc, char **argv);

} // namespace host::app
