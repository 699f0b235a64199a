#include "host/app/cli_options.h"

#include <charconv>
#include <cstdint>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "host/app/cli_declare.h"

namespace host::app::cli {
namespace {

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

// `offsets NAME` and `topics NAME`.
std::string take_short_form(Command &command, std::vector<std::string> names) {
  if (command.names.empty())
    command.names = std::move(names);
  return command.names.empty() ? "NAME is required" : "";
}

std::string complete_offsets(const OffsetChanges &changes) {
  const bool of_source = !changes.partition.empty() || !changes.offset.empty();
  const int ways = (changes.of_topics.empty() ? 0 : 1) + (changes.file.empty() ? 0 : 1) + of_source;
  if (ways != 1)
    return "offsets set needs one of TOPIC:PARTITION=OFFSET…, -f FILE, or --partition and --offset";
  if (of_source && (changes.partition.empty() || changes.offset.empty()))
    return "--partition and --offset belong together";
  return {};
}

std::string complete_top(Command &command, Texts &texts) {
  command.names = std::move(texts.what);
  const auto interval = parse_timeout(texts.interval);
  if (!interval || *interval < Duration(100))
    return fmt::format("--interval {}: expected a time from 100ms up to a day, as in 10, 2s or "
                       "500ms",
                       texts.interval);
  command.interval = *interval;
  return {};
}

std::string complete(Texts &texts) {
  Command &command = texts.command;
  if (texts.output != "table")
    command.output = texts.output == "json" ? Output::Json : Output::Yaml;
  if (texts.wait) {
    command.wait = parse_timeout(texts.timeout);
    if (!command.wait)
      return fmt::format("--timeout {}: expected a time up to a day, as in 90, 90s, 2m or 500ms",
                         texts.timeout);
  }
  if (!command.names.empty() && !texts.short_form.empty()) // `offsets get NAME` left it over
    return fmt::format("`{}` is one argument too many", texts.short_form.front());
  std::string problem;
  if (command.verb == Verb::Offsets || command.verb == Verb::Topics)
    problem = take_short_form(command, std::move(texts.short_form));
  else if (command.verb == Verb::OffsetsSet)
    problem = complete_offsets(command.offset_changes);
  else if (command.verb == Verb::Try)
    problem = complete_try(command);
  else if (command.verb == Verb::Get)
    problem = take_what(command, std::move(texts.what));
  else if (command.verb == Verb::Top)
    problem = complete_top(command, texts);
  else if (command.verb == Verb::LogLevel && command.whole_cluster && command.level.empty())
    problem = "--cluster sets a LEVEL on all workers; to look, ask each with --url";
  for (const std::string &name : command.names)
    if (name.empty())
      return "a connector's name is empty";
  return problem;
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
