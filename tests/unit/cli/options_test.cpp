#include "host/app/cli_options.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace host::app::cli {
namespace {

ParsedCommand parse(std::vector<const char *> arguments) {
  arguments.insert(arguments.begin(), "sluice");
  return parse_command(static_cast<int>(arguments.size()), arguments.data());
}

Command command(std::vector<const char *> arguments) {
  const ParsedCommand parsed = parse(std::move(arguments));
  EXPECT_FALSE(parsed.exit_code);
  return parsed.command;
}

int refusal(std::vector<const char *> arguments, std::string &message) {
  testing::internal::CaptureStderr();
  const ParsedCommand parsed = parse(std::move(arguments));
  message = testing::internal::GetCapturedStderr();
  return parsed.exit_code.value_or(-1);
}

using Names = std::vector<std::string>;

TEST(Options, have_the_usual_worker_and_tables_as_defaults) {
  ::unsetenv("SLUICE_URL");
  const Command get = command({"get"});
  EXPECT_EQ(get.verb, Verb::Get);
  EXPECT_EQ(get.url, "http://localhost:8083");
  EXPECT_EQ(get.output, Output::Table);
  EXPECT_TRUE(get.names.empty());
}

TEST(Options, take_the_url_from_the_environment_unless_it_is_given) {
  ::setenv("SLUICE_URL", "http://there:1", 1);
  EXPECT_EQ(command({"get"}).url, "http://there:1");
  EXPECT_EQ(command({"--url", "http://here:2", "get"}).url, "http://here:2");
  ::setenv("SLUICE_URL", "", 1);
  EXPECT_EQ(command({"get"}).url, "http://localhost:8083");
  ::unsetenv("SLUICE_URL");
}

TEST(Options, may_stand_before_and_behind_the_command) {
  EXPECT_EQ(command({"-o", "json", "get"}).output, Output::Json);
  const Command get = command({"get", "a", "-o", "json", "--url", "http://here:2"});
  EXPECT_EQ(get.output, Output::Json);
  EXPECT_EQ(get.url, "http://here:2");
  EXPECT_EQ(get.names, Names{"a"});
}

TEST(Options, tell_kinds_from_names) {
  EXPECT_TRUE(command({"get", "connectors"}).names.empty());
  EXPECT_EQ(command({"get", "a", "b"}).names, (Names{"a", "b"}));
  EXPECT_EQ(command({"get", "connectors", "plugins"}).names, Names{"plugins"});
  EXPECT_EQ(command({"get", "plugins"}).verb, Verb::GetPlugins);
  std::string message;
  EXPECT_EQ(refusal({"get", "plugins", "a"}, message), kExitUsage);
  EXPECT_EQ(message, "sluice: `get plugins` lists all plugins and takes no names\n");
}

TEST(Options, take_names_that_are_commands) {
  EXPECT_EQ(command({"describe", "get"}).names, Names{"get"});
  EXPECT_EQ(command({"delete", "stop", "logs"}).names, (Names{"stop", "logs"}));
  EXPECT_EQ(command({"delete", "stop", "logs"}).verb, Verb::Delete);
}

TEST(Options, of_waiting) {
  EXPECT_FALSE(command({"pause", "a"}).wait);
  EXPECT_EQ(command({"pause", "a", "--wait"}).wait, Duration(60'000));
  EXPECT_EQ(command({"restart", "a", "--failed", "--wait", "--timeout", "2m"}).wait,
            Duration(120'000));
  std::string message;
  EXPECT_EQ(refusal({"stop", "a", "--wait", "--timeout", "soon"}, message), kExitUsage);
  EXPECT_EQ(message, "sluice: --timeout soon: expected a time up to a day, as in 90, 90s, 2m or "
                     "500ms\n");
  EXPECT_EQ(refusal({"stop", "a", "--timeout", "3"}, message), kExitUsage);
}

TEST(Options, of_logs) {
  EXPECT_EQ(command({"logs", "level"}).verb, Verb::LogLevel);
  const Command set = command({"logs", "level", "sluice.herder", "DEBUG"});
  EXPECT_EQ(set.logger, "sluice.herder");
  EXPECT_EQ(set.level, "DEBUG");
}

TEST(Options, of_restart_and_files) {
  const Command restart = command({"restart", "a", "--tasks"});
  EXPECT_TRUE(restart.with_tasks);
  EXPECT_FALSE(restart.only_failed);
  EXPECT_EQ(command({"apply", "-f", "a.json", "-f", "b.json"}).files, (Names{"a.json", "b.json"}));
}

TEST(Options, that_are_wrong_are_named_with_where_to_look) {
  std::string message;
  EXPECT_EQ(refusal({}, message), kExitUsage);
  EXPECT_EQ(message, "sluice: a command is missing\nTry `sluice --help`.\n");
  EXPECT_EQ(refusal({"-o", "json", "gett"}, message), kExitUsage);
  EXPECT_EQ(message, "sluice: there is no command `gett`\nTry `sluice --help`.\n");
  EXPECT_EQ(refusal({"logs", "lvl"}, message), kExitUsage);
  EXPECT_EQ(message, "sluice: there is no command `lvl`\nTry `sluice logs --help`.\n");
  EXPECT_EQ(refusal({"describe"}, message), kExitUsage);
  EXPECT_EQ(message, "sluice: NAME is required\nTry `sluice describe --help`.\n");
  for (const auto &wrong : std::vector<std::vector<const char *>>{{"describe", "a", "b"},
                                                                  {"apply"},
                                                                  {"apply", "a.json"},
                                                                  {"get", "-o", "xml"},
                                                                  {"get", "--colour"},
                                                                  {"delete", ""},
                                                                  {"logs"}})
    EXPECT_EQ(refusal(wrong, message), kExitUsage) << message;
}

TEST(Options, teach) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(parse({"--help"}).exit_code, kExitDone);
  const std::string help = testing::internal::GetCapturedStdout();
  EXPECT_NE(help.find("sluice apply -f file-source.json --wait"), std::string::npos);
  testing::internal::CaptureStdout();
  EXPECT_EQ(parse({"restart", "--help"}).exit_code, kExitDone);
  EXPECT_NE(testing::internal::GetCapturedStdout().find("sluice restart file-source/0"),
            std::string::npos);
  testing::internal::CaptureStdout();
  EXPECT_EQ(parse({"--version"}).exit_code, kExitDone);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "sluice " SLUICE_VERSION "\n");
}

TEST(Timeout, has_units) {
  EXPECT_EQ(parse_timeout("90"), Duration(90'000));
  EXPECT_EQ(parse_timeout("90s"), Duration(90'000));
  EXPECT_EQ(parse_timeout("1500ms"), Duration(1'500));
  EXPECT_EQ(parse_timeout("2m"), Duration(120'000));
  EXPECT_EQ(parse_timeout("0"), Duration(0));
  for (const char *text : {"", "s", "-1", "+1", "1h", "1.5", "1 s", "86401", "1441m",
                           "9223372036854775807", "99999999999999999999"})
    EXPECT_FALSE(parse_timeout(text)) << text;
}

} // namespace
} // namespace host::app::cli
