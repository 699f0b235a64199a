// The commands about connectors as a whole: read them, apply files, act on them.
#include <CLI/CLI.hpp>

#include "host/app/cli_declare.h"

namespace host::app::cli {
namespace {

void add_files(CLI::App &command, Texts &texts) {
  command
      .add_option("-f,--file", texts.command.files,
                  "A connector: *.json, flat or {name, config[, initial_state]}, else Java "
                  "properties; or a "
                  "folder: its *.json and *.properties; repeatable")
      ->type_name("FILE|FOLDER")
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

} // namespace

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
}

void declare_files(CLI::App &app, Texts &texts) {
  CLI::App &apply = add_command(
      app, texts, "apply", Verb::Apply, "Create connectors or change their config",
      "  sluice apply -f file-source.json\n"
      "  sluice apply -f file-source.json -f file-sink.properties --wait\n"
      "  sluice apply -f connectors/\n"
      "  sluice apply -f connectors/ --dry-run    what it would change; status 4 if any");
  add_files(apply, texts);
  apply.add_flag("--dry-run", texts.command.only_diff,
                 "Show what would change and have the worker check it, changing nothing");
  add_wait(apply, texts);

  CLI::App &validate = add_command(app, texts, "validate", Verb::Validate,
                                   "Have the worker check connector files, changing nothing",
                                   "  sluice validate -f file-source.json\n"
                                   "  sluice validate -f connectors/");
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

} // namespace host::app::cli
