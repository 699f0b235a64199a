#include "host/app/options.h"

#include <charconv>
#include <cstdio>
#include <optional>

#include <CLI/CLI.hpp>

#include "host/app/version.h"

namespace host::app {
namespace {

constexpr const char *kFooter = R"(Examples:
  sluiced --config config/standalone.properties
  sluiced --config config/standalone.properties config/file-source.json config/file-sink.json
  sluiced --config config/distributed.properties         a worker of a cluster; its connectors come by REST
  sluiced --dev --dev-topic lines:1            try it without Kafka; everything is forgotten at the end
  sluiced --config worker.properties --check-config

Exit status: 0 after an orderly stop, 1 for a wrong command line, 2 if the worker cannot start (the
configuration is wrong, the address is in use), 3 if a connector file was refused.
Stop it with Ctrl-C or SIGTERM: tasks finish, offsets are committed.
The REST API is Kafka Connect's: GET /connectors, PUT /connectors/{name}/config, and so on.)";

// "name:3" or "name"; the number defaults to one partition.
std::optional<std::pair<std::string, std::int32_t>> parse_topic(const std::string &text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos)
    return std::pair(text, 1);
  std::int32_t partitions = 0;
  const char *end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, partitions);
  if (error != std::errc() || stop != end || partitions < 1 || colon == 0)
    return std::nullopt;
  return std::pair(text.substr(0, colon), partitions);
}

// "DEBUG" for all loggers, or "sluice.herder=DEBUG".
std::optional<std::pair<std::string, log::Level>> parse_level(const std::string &text) {
  const auto equals = text.find('=');
  const auto level = log::level_of(equals == std::string::npos ? text : text.substr(equals + 1));
  if (!level)
    return std::nullopt;
  return std::pair(equals == std::string::npos ? std::string() : text.substr(0, equals), *level);
}

// Text options that become values after CLI11 has read the command line.
struct Texts {
  std::vector<std::string> topics;
  std::vector<std::string> levels;
  std::string format = "text";
};

void declare(CLI::App &app, Options &options, Texts &texts) {
  app.set_version_flag("--version", version_text());
  app.footer(kFooter);
  app.add_option("--config", options.config_path, "Worker properties file (Java properties syntax)")
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
  app.add_option("connectors", options.connector_files,
                 "Connectors to create at start: JSON or .properties files")
      ->type_name("FILE");
  app.add_flag("--dev", options.dev,
               "Start an in-memory broker beside the host, for trying out; no Kafka is needed");
  app.add_option("--dev-topic", texts.topics,
                 "Create this topic in the in-memory broker (repeatable; default 1 partition)")
      ->type_name("NAME[:PARTITIONS]")
      ->allow_extra_args(false);
  app.add_flag("--check-config", options.check_config,
               "Check the worker and connector files, say what is wrong, and end");
  app.add_flag("--print-config", options.print_config,
               "Print every worker setting in force, secrets hidden, and end");
  app.add_option("--log-format", texts.format, "Log lines as text or as JSON")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("text|json");
  app.add_option("--log-level", texts.levels,
                 "Level of all loggers, or of those whose name starts with LOGGER (repeatable)")
      ->type_name("[LOGGER=]LEVEL")
      ->allow_extra_args(false);
}

// Empty when all is well, else what is wrong.
std::string complete(Options &options, const Texts &texts) {
  options.log_format = texts.format == "json" ? log::Format::Json : log::Format::Text;
  for (const std::string &text : texts.topics) {
    auto topic = parse_topic(text);
    if (!topic)
      return "--dev-topic " + text + ": expected NAME or NAME:PARTITIONS, as in lines:3";
    options.dev_topics.push_back(std::move(*topic));
  }
  for (const std::string &text : texts.levels) {
    auto level = parse_level(text);
    if (!level)
      return "--log-level " + text +
             ": expected one of TRACE DEBUG INFO WARN ERROR FATAL OFF, or " + "LOGGER=LEVEL";
    options.log_levels.push_back(std::move(*level));
  }
  if (!options.dev && options.config_path.empty())
    return "--config FILE is required (or --dev, to try it without Kafka); see --help";
  if (!options.dev && !options.dev_topics.empty())
    return "--dev-topic only works with --dev";
  return {};
}

} // namespace

ParsedOptions parse_options(int argc, char **argv) {
  ParsedOptions parsed;
  Texts texts;
  CLI::App app("sluiced " + std::string(kVersion) +
               ": runs Kafka Connect connectors as native plugins, one process each.");
  app.get_formatter()->column_width(34);
  declare(app, parsed.options, texts);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    parsed.exit = true;
    parsed.exit_code = app.exit(error) == 0 ? 0 : kExitUsage;
    return parsed;
  }
  if (const std::string problem = complete(parsed.options, texts); !problem.empty()) {
    std::fprintf(stderr, "sluiced: %s\n", problem.c_str());
    parsed.exit = true;
    parsed.exit_code = kExitUsage;
  }
  return parsed;
}

} // namespace host::app
