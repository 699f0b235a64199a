// The commands beside those about connectors as a whole.
#include <CLI/CLI.hpp>

#include "host/app/cli_declare.h"

namespace host::app::cli {
namespace {

// `offsets NAME` beside `offsets get NAME`.
void allow_short_form(CLI::App &command, Texts &texts) {
  command.require_subcommand(0, 1);
  command.add_option("NAME", texts.short_form, "The connector, as with `get`")
      ->type_name("")
      ->expected(0, 1);
}

void add_changed_offsets(CLI::App &set, Texts &texts) {
  OffsetChanges &changes = texts.command.offset_changes;
  set.add_option("TOPIC:PARTITION=OFFSET", changes.of_topics,
                 "Of a sink: where to read on; `null` forgets the offset")
      ->type_name("");
  set.add_option("-f,--file", changes.file, "JSON as `offsets NAME -o json` prints it; - is stdin")
      ->type_name("FILE");
  set.add_option("--partition", changes.partition,
                 "Of a source: a part of one partition's key; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  set.add_option("--offset", changes.offset,
                 "Of a source: a part of its new offset, or `null`; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

} // namespace

void declare_offsets(CLI::App &app, Texts &texts) {
  CLI::App &offsets =
      add_command(app, texts, "offsets", Verb::Offsets,
                  "Show or change how far a source has read, or a sink has written",
                  "  sluice offsets file-source                  short for `offsets get`\n"
                  "  sluice offsets file-source -o json > saved.json\n"
                  "  sluice offsets set file-source -f saved.json\n"
                  "  sluice offsets reset file-source            of a STOPPED connector");
  allow_short_form(offsets, texts);

  CLI::App &get = add_command(offsets, texts, "get", Verb::Offsets, "Show them",
                              "  sluice offsets get file-source");
  add_name(get, texts);

  CLI::App &set =
      add_command(offsets, texts, "set", Verb::OffsetsSet,
                  "Change them; the connector must be STOPPED. What is not named stays",
                  "  sluice stop file-sink --wait\n"
                  "  sluice offsets set file-sink lines:0=42 lines:1=null\n"
                  "  sluice offsets set file-source -f saved.json\n"
                  "  sluice offsets set file-source --partition filename=/tmp/lines.txt "
                  "--offset position=6\n"
                  "  sluice resume file-sink");
  add_name(set, texts);
  add_changed_offsets(set, texts);

  CLI::App &reset =
      add_command(offsets, texts, "reset", Verb::OffsetsReset,
                  "Forget them all; the connector must be STOPPED, and then begins anew",
                  "  sluice stop file-source --wait\n"
                  "  sluice offsets reset file-source");
  add_name(reset, texts);
}

void declare_topics(CLI::App &app, Texts &texts) {
  CLI::App &topics = add_command(app, texts, "topics", Verb::Topics,
                                 "Show which topics connectors have used, or forget it",
                                 "  sluice topics file-source\n"
                                 "  sluice topics reset file-source");
  allow_short_form(topics, texts);
  CLI::App &get = add_command(topics, texts, "get", Verb::Topics, "Show them",
                              "  sluice topics get file-source");
  add_name(get, texts);
  CLI::App &reset = add_command(topics, texts, "reset", Verb::TopicsReset,
                                "Forget which topics it has used; those in use come back",
                                "  sluice topics reset file-source");
  add_name(reset, texts);
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

void declare_top(CLI::App &app, Texts &texts) {
  CLI::App &top = add_command(app, texts, "top", Verb::Top,
                              "Show how many records a second pass through tasks, and errors",
                              "  sluice top                        until Ctrl-C, on a terminal\n"
                              "  sluice top file-source -n 1       once\n"
                              "  sluice top --interval 10s -o json");
  top.add_option("NAME", texts.what, "Connectors; none: all of them")->type_name("");
  top.add_option("--interval", texts.interval, "How long records are counted: 2s, 500ms")
      ->type_name("TIME")
      ->capture_default_str();
  top.add_option("-n,--count", texts.command.count, "How often; 1 if this is not a terminal")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1'000'000).description(""));
}

void declare_contexts(CLI::App &app, Texts &texts) {
  CLI::App *context =
      app.add_subcommand("context", "Give workers names, and choose the one to speak to");
  context->group("Commands")
      ->require_subcommand(1)
      ->footer("Examples:\n"
               "  sluice context set prod --url https://worker1:8443 --user ann --cacert ca.pem\n"
               "  sluice context use prod\n"
               "  sluice -c test get              one call elsewhere\n\n"
               "They are kept in ~/.config/sluice/contexts.json, without passwords.");
  add_command(*context, texts, "list", Verb::ContextList, "Show them", "  sluice context list");
  const auto add = [&](const char *name, Verb verb, const char *does, const char *example) {
    add_names(add_command(*context, texts, name, verb, does, example), texts, "The context")
        ->expected(1)
        ->allow_extra_args(false);
  };
  add("use", Verb::ContextUse, "Speak to that worker from now on", "  sluice context use prod");
  add("set", Verb::ContextSet, "Make or change one; the first becomes the current one",
      "  sluice context set prod --url https://worker1:8443\n"
      "  sluice context set prod --user ann --cacert ca.pem");
  add("delete", Verb::ContextDelete, "Forget one", "  sluice context delete prod");
}

void declare_completion(CLI::App &app, Texts &texts) {
  CLI::App &completion =
      add_command(app, texts, "completion", Verb::Completion,
                  "Print what makes a shell complete commands and connectors",
                  "  source <(sluice completion bash)            in ~/.bashrc\n"
                  "  source <(sluice completion zsh)             in ~/.zshrc\n"
                  "  sluice completion fish | source             in config.fish");
  completion.add_option("SHELL", texts.command.shell, "bash, zsh or fish")
      ->type_name("")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""));
}

void declare_logs(CLI::App &app, Texts &texts) {
  CLI::App *logs = app.add_subcommand("logs", "Show or change what the worker logs");
  logs->group("Commands")->require_subcommand(1)->footer("See `sluice logs level --help`.");
  CLI::App &level =
      add_command(*logs, texts, "level", Verb::LogLevel, "Show or set the levels of loggers",
                  "  sluice logs level\n"
                  "  sluice logs level sluice.herder\n"
                  "  sluice logs level sluice DEBUG              also those that begin like this\n"
                  "  sluice logs level sluice DEBUG --cluster    on all workers");
  level.add_option("LOGGER", texts.command.logger, "A logger; none: all of them")->type_name("");
  level.add_option("LEVEL", texts.command.level, "TRACE, DEBUG, INFO, WARN, ERROR, FATAL or OFF")
      ->type_name("");
  level.add_flag("--cluster", texts.command.whole_cluster,
                 "Set it on all workers of the cluster, also those to come");
}

} // namespace host::app::cli
