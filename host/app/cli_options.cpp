#include "host/app/cli_options.h"

#include <charconv>
#include <cstdint>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "host/app/version.h"

namespace host::app::cli {
namespace {

constexpr std::string_view kDefaultUrl = "http://localhost:8083";

constexpr const char *kExamples = R"(Examples:
  sluice get                                    all connectors and how they are
  sluice apply -f file-source.json --wait       create or change one, and see it run
  sluice describe file-source                   config, tasks, traces, offsets
  sluice restart file-source --failed           restart what has failed
  sluice get -o json | jq keys                  for programs
  sluice --url http://worker2:8083 get plugins

Exit status: 0 done; 1 the worker refused, or what was waited for did not come about; 2 wrong command
line or unreadable file; 3 no worker could be reached.
`sluice COMMAND --help` says more about each command.)";

// What the parser fills; it becomes a Command afterwards.
struct Texts {
  Command command;
  std::vector<std::string> what;
  std::string output = "table";
  bool wait = false;
  std::string timeout = "60s";
};

void add_output(CLI::App &app, Texts &texts) {
  app.add_option("-o,--output", texts.output, "table for people, json for programs")
      ->check(CLI::IsMember({"table", "json"}).description(""))
      ->type_name("table|json");
}

CLI::Option *add_names(CLI::App &command, Texts &texts, const std::string &description) {
  return command.add_option("NAME", texts.command.names, description)->type_name("")->required();
}

void add_name(CLI::App &command, Texts &texts) {
  add_names(command, texts, "The connector")->expected(1);
}

void add_files(CLI::App &command, Texts &texts) {
  command
      .add_option(
          "-f,--file", texts.command.files,
          "A connector: *.json, flat or {name, config[, initial_state]}, else Java properties; "
          "repeatable")
      ->type_name("FILE")
      ->required()
      ->allow_extra_args(false);
}

void add_wait(CLI::App &command, Texts &texts) {
  CLI::Option *wait = command.add_flag("--wait", texts.wait, "Return when that state is reached");
  command.add_option("--timeout", texts.timeout, "How long to wait: 90, 90s, 2m, 500ms")
      ->type_name("TIME")
      ->capture_default_str()
      ->needs(wait);
}

CLI::App &add_command(CLI::App &app, Texts &texts, const std::string &name, Verb verb,
                      const std::string &description, const std::string &examples) {
  CLI::App *command = app.add_subcommand(name, description)->group("Commands");
  command->footer("Examples:\n" + examples +
                  "\n\nAlso: --url URL (or SLUICE_URL), -o table|json; see `sluice --help`.");
  command->callback([&texts, verb] { texts.command.verb = verb; });
  return *command;
}

void declare_reading(CLI::App &app, Texts &texts) {
  CLI::App &get = add_command(app, texts, "get", Verb::Get, "List connectors or plugins",
                              "  sluice get\n"
                              "  sluice get file-source file-sink\n"
                              "  sluice get plugins\n"
                              "  sluice get connectors plugins    the connector named `plugins`\n"
                              "  sluice get file-source -o json | jq -r .status.connector.state");
  get.add_option("NAME", texts.what,
                 "Connectors; none, or `connectors`: all of them; `plugins`: the plugins")
      ->type_name("");

  CLI::App &describe =
      add_command(app, texts, "describe", Verb::Describe,
                  "Show all there is to know about a connector", "  sluice describe file-source");
  add_name(describe, texts);

  CLI::App &offsets = add_command(app, texts, "offsets", Verb::Offsets,
                                  "Show how far a source has read, or a sink has written",
                                  "  sluice offsets file-source\n"
                                  "  sluice offsets file-source -o json");
  add_name(offsets, texts);
}

void declare_files(CLI::App &app, Texts &texts) {
  CLI::App &apply =
      add_command(app, texts, "apply", Verb::Apply, "Create connectors or change their config",
                  "  sluice apply -f file-source.json\n"
                  "  sluice apply -f file-source.json -f file-sink.properties --wait");
  add_files(apply, texts);
  add_wait(apply, texts);

  CLI::App &validate = add_command(app, texts, "validate", Verb::Validate,
                                   "Have the worker check connector files, changing nothing",
                                   "  sluice validate -f file-source.json");
  add_files(validate, texts);
}

void declare_acting(CLI::App &app, Texts &texts) {
  CLI::App &remove =
      add_command(app, texts, "delete", Verb::Delete, "Delete connectors; their offsets stay",
                  "  sluice delete file-source file-sink");
  add_names(remove, texts, "Connectors");

  CLI::App &pause =
      add_command(app, texts, "pause", Verb::Pause, "Pause connectors; their tasks stay in memory",
                  "  sluice pause file-source --wait");
  add_names(pause, texts, "Connectors");
  add_wait(pause, texts);

  CLI::App &resume =
      add_command(app, texts, "resume", Verb::Resume, "Let paused or stopped connectors run again",
                  "  sluice resume file-source --wait --timeout 2m");
  add_names(resume, texts, "Connectors");
  add_wait(resume, texts);

  CLI::App &stop = add_command(app, texts, "stop", Verb::Stop,
                               "Stop connectors: their tasks end, their config and offsets stay",
                               "  sluice stop file-source --wait");
  add_names(stop, texts, "Connectors");
  add_wait(stop, texts);

  CLI::App &restart = add_command(app, texts, "restart", Verb::Restart,
                                  "Restart connectors, their tasks, or what of them has failed",
                                  "  sluice restart file-source             not its tasks\n"
                                  "  sluice restart file-source --tasks     its tasks too\n"
                                  "  sluice restart file-source --failed    what has failed of it\n"
                                  "  sluice restart file-source/0 --wait    one task");
  add_names(restart, texts, "Connectors; NAME/0 is the task 0 of one");
  restart.add_flag("--tasks", texts.command.with_tasks, "Also all of its tasks");
  restart.add_flag("--failed", texts.command.only_failed,
                   "Only what has failed, connector and tasks");
  add_wait(restart, texts);
}

void declare_try(CLI::App &app, Texts &texts) {
  TryOptions &options = texts.command.dry_run;
  CLI::App &command =
      add_command(app, texts, "try", Verb::Try,
                  "Run records through a connector's converters and transforms, without Kafka",
                  "  sluice try --config orders.json --input records.jsonl\n"
                  "  sluice try --config orders.json --input records.jsonl --trace\n"
                  "  echo '{\"value\": {\"a\": 1}}' | sluice try --config orders.json\n"
                  "  sluice try --config orders.json --worker-config worker.properties\n"
                  "  sluice try --cases cases.jsonl       the machine form, see docs/try.md");
  command.add_option("--config", options.config, "The connector, as for `apply -f`")
      ->type_name("FILE");
  command.add_option("--input", options.input, "Records, one JSON object a line; - is stdin")
      ->type_name("FILE")
      ->default_str("-");
  command.add_option("--cases", options.cases, "Cases, one JSON object a line, each with a config")
      ->type_name("FILE");
  command
      .add_option("--worker-config", options.worker_config,
                  "A worker's file, for its config.providers.* and converters")
      ->type_name("FILE");
  command.add_option("--direction", options.direction, "If the config does not tell")
      ->check(CLI::IsMember({"sink", "source"}).description(""))
      ->type_name("sink|source");
  command.add_flag("--json", options.json, "One JSON object a record, as -o json");
  command.add_flag("--trace", options.trace, "Show the record after every transform");
}

// Empty when all is well, else what is wrong.
std::string complete_try(Command &command) {
  TryOptions &options = command.dry_run;
  if (options.config.empty() == options.cases.empty())
    return "try needs either --config or --cases";
  if (!options.cases.empty() &&
      (!options.input.empty() || !options.direction.empty() || options.trace))
    return "--cases stands alone: each case has its own config and record";
  if (options.input.empty())
    options.input = "-";
  if (options.json)
    command.output = Output::Json;
  return {};
}

void declare_logs(CLI::App &app, Texts &texts) {
  CLI::App *logs = app.add_subcommand("logs", "Show or change what the worker logs");
  logs->group("Commands")->require_subcommand(1)->footer("See `sluice logs level --help`.");
  CLI::App &level =
      add_command(*logs, texts, "level", Verb::LogLevel, "Show or set the levels of loggers",
                  "  sluice logs level\n"
                  "  sluice logs level sluice.herder\n"
                  "  sluice logs level sluice DEBUG      also those whose name begins like this");
  level.add_option("LOGGER", texts.command.logger, "A logger; none: all of them")->type_name("");
  level.add_option("LEVEL", texts.command.level, "TRACE, DEBUG, INFO, WARN, ERROR, FATAL or OFF")
      ->type_name("");
}

std::string failure_text(const CLI::App *root, const CLI::Error &error) {
  const CLI::App *app = root; // the innermost command that was recognised
  while (!app->get_subcommands().empty())
    app = app->get_subcommands().front();
  std::string problem = error.what();
  const bool has_commands = !app->get_subcommands(nullptr).empty();
  const std::vector<std::string> rest = root->remaining(true);
  if (has_commands && error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError))
    problem = rest.empty() ? "a command is missing"
                           : fmt::format("there is no command `{}`", rest.front());
  return fmt::format("sluice: {}\nTry `{} --help`.\n", problem,
                     has_commands && app->get_parent() == nullptr
                         ? "sluice"
                         : "sluice " + (app->get_parent() ? app->get_name() : "COMMAND"));
}

void declare(CLI::App &app, Texts &texts) {
  app.get_formatter()->column_width(34);
  app.get_formatter()->label("SUBCOMMAND", "COMMAND");
  app.fallthrough(); // global options may stand behind the command
  app.require_subcommand(1);
  app.set_version_flag("--version", fmt::format("sluice {}", kVersion));
  app.footer(kExamples);
  app.failure_message(failure_text);
  texts.command.url = kDefaultUrl;
  app.add_option("--url", texts.command.url, "The worker's REST address")
      ->type_name("URL")
      ->envname("SLUICE_URL")
      ->capture_default_str();
  add_output(app, texts);
  declare_reading(app, texts);
  declare_files(app, texts);
  declare_acting(app, texts);
  declare_try(app, texts);
  declare_logs(app, texts);
}

// `[connectors] NAME…` or `plugins`: empty when all is well, else what is wrong.
std::string take_what(Command &command, std::vector<std::string> what) {
  if (what.empty())
    return {};
  const std::string first = what.front();
  if (first == "plugins" || first == "plugin") {
    command.verb = Verb::GetPlugins;
    return what.size() == 1 ? std::string() : "`get plugins` lists all plugins and takes no names";
  }
  if (first == "connectors" || first == "connector")
    what.erase(what.begin());
  command.names = std::move(what);
  return {};
}

std::string complete(Texts &texts) {
  Command &command = texts.command;
  command.output = texts.output == "json" ? Output::Json : Output::Table;
  if (texts.wait) {
    command.wait = parse_timeout(texts.timeout);
    if (!command.wait)
      return fmt::format("--timeout {}: expected a time up to a day, as in 90, 90s, 2m or 500ms",
                         texts.timeout);
  }
  for (const std::string &name : command.names)
    if (name.empty())
      return "a connector's name is empty";
  if (command.verb == Verb::Try)
    return complete_try(command);
  return command.verb == Verb::Get ? take_what(command, std::move(texts.what)) : std::string();
}

} // namespace

std::optional<Duration> parse_timeout(std::string_view text) {
  std::int64_t number = 0;
  const char *end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  constexpr std::int64_t kDayMs = 86'400'000;
  if (error != std::errc() || number < 0 || number > kDayMs)
    return std::nullopt;
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  std::int64_t factor = 0;
  if (unit.empty() || unit == "s")
    factor = 1000;
  else if (unit == "ms")
    factor = 1;
  else if (unit == "m")
    factor = 60'000;
  if (factor == 0 || number * factor > kDayMs)
    return std::nullopt;
  return Duration(number * factor);
}

ParsedCommand parse_command(int argc, const char *const *argv) {
  Texts texts;
  CLI::App app("sluice: looks after the connectors of a Sluice or Kafka Connect worker.");
  app.name("sluice");
  declare(app, texts);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    return {{}, app.exit(error) == 0 ? kExitDone : kExitUsage};
  }
  if (const std::string problem = complete(texts); !problem.empty()) {
    std::cerr << "sluice: " << problem << '\n';
    return {{}, kExitUsage};
  }
  return {std::move(texts.command), std::nullopt};
}

} // namespace host::app::cli
