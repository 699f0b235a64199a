#include "host/app/cli_options.h"

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
  const Command get = command({"get"});
  EXPECT_EQ(get.verb, Verb::Get);
  EXPECT_EQ(get.url, "");
  EXPECT_EQ(get.output, Output::Table);
  EXPECT_TRUE(get.names.empty());
}

TEST(Options, of_access) {
  const Command get =
      command({"-c", "prod", "get", "-u", "ann:secret", "--cacert", "ca.pem", "-o", "yaml"});
  EXPECT_EQ(get.context, "prod");
  EXPECT_EQ(get.user, "ann:secret");
  EXPECT_EQ(get.cacert, "ca.pem");
  EXPECT_EQ(get.output, Output::Yaml);
  const Command set = command({"context", "set", "prod", "--url", "https://there:1"});
  EXPECT_EQ(set.verb, Verb::ContextSet);
  EXPECT_EQ(set.names, Names{"prod"});
  EXPECT_EQ(set.url, "https://there:1");
  EXPECT_EQ(command({"context", "list"}).verb, Verb::ContextList);
}

TEST(Options, of_top_and_completion) {
  const Command top = command({"top", "a", "-n", "3", "--interval", "500ms"});
  EXPECT_EQ(top.verb, Verb::Top);
  EXPECT_EQ(top.names, Names{"a"});
  EXPECT_EQ(top.count, 3);
  EXPECT_EQ(top.interval, Duration(500));
  EXPECT_EQ(command({"top"}).interval, Duration(2'000));
  EXPECT_EQ(command({"completion", "fish"}).shell, "fish");
  std::string message;
  EXPECT_EQ(refusal({"completion", "csh"}, message), kExitUsage);
  EXPECT_EQ(refusal({"top", "--interval", "0"}, message), kExitUsage);
  EXPECT_EQ(refusal({"context", "use"}, message), kExitUsage);
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

TEST(Options, of_offsets_and_topics) {
  for (const auto &line : std::vector<std::vector<const char *>>{
           {"offsets", "a"}, {"offsets", "get", "a"}, {"-o", "json", "offsets", "a"}}) {
    EXPECT_EQ(command(line).verb, Verb::Offsets);
    EXPECT_EQ(command(line).names, Names{"a"});
  }
  const Command set = command({"offsets", "set", "get", "t:0=1", "t:1=2"});
  EXPECT_EQ(set.verb, Verb::OffsetsSet);
  EXPECT_EQ(set.names, Names{"get"});
  EXPECT_EQ(set.offset_changes.of_topics, (Names{"t:0=1", "t:1=2"}));
  const Command of_source =
      command({"offsets", "set", "a", "--partition", "f=x", "--offset", "p=1", "--offset", "q=2"});
  EXPECT_EQ(of_source.offset_changes.offset, (Names{"p=1", "q=2"}));
  EXPECT_EQ(command({"offsets", "reset", "reset"}).verb, Verb::OffsetsReset);
  EXPECT_EQ(command({"topics", "a"}).verb, Verb::Topics);
  EXPECT_EQ(command({"topics", "reset", "a"}).verb, Verb::TopicsReset);
  std::string message;
  for (const auto &wrong :
       std::vector<std::vector<const char *>>{{"offsets"},
                                              {"offsets", "get"},
                                              {"offsets", "a", "b"},
                                              {"offsets", "get", "a", "b"},
                                              {"offsets", "set", "a"},
                                              {"offsets", "set", "a", "t:0=1", "-f", "x"},
                                              {"offsets", "set", "a", "--offset", "p=1"},
                                              {"offsets", "reset", "a", "b"},
                                              {"topics"},
                                              {"logs", "level", "x", "--cluster"}})
    EXPECT_EQ(refusal(wrong, message), kExitUsage) << message;
  EXPECT_EQ(refusal({"offsets", "reset"}, message), kExitUsage);
  EXPECT_EQ(message, "sluice: NAME is required\nTry `sluice offsets reset --help`.\n");
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
