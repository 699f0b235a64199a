#include "host/app/cli_completion.h"

#include <gtest/gtest.h>

#include "host/app/cli_metrics.h"

namespace host::app::cli {
namespace {

using Words = std::vector<std::string>;

Words complete(const Words &words) {
  return completions(
      words, {[](const Command &command) {
                return command.url.empty() ? Words{"file-source", "file-sink"} : Words{"elsewhere"};
              },
              [](const Command &) {
                return Words{"root", "sluice.herder"};
              },
              [] {
                return Words{"prod", "dev"};
              }});
}

TEST(Completion, knows_commands_and_options) {
  EXPECT_EQ(complete({"re"}), (Words{"restart", "resume"}));
  EXPECT_EQ(complete({"context", ""}), (Words{"delete", "list", "set", "use"}));
  EXPECT_EQ(complete({"apply", "--d"}), Words{"--dry-run"});
  EXPECT_EQ(complete({"apply", "--ur"}), Words{"--url"});
  EXPECT_EQ(complete({"get", "-o", ""}), (Words{"json", "table", "yaml"}));
  EXPECT_EQ(complete({"apply", "-f", "x"}), Words{":files"});
  EXPECT_EQ(complete({"nonsense", ""}), Words{});
  EXPECT_EQ(complete({"completion", "b"}), Words{"bash"});
}

TEST(Completion, asks_for_names) {
  EXPECT_EQ(complete({"describe", "file-so"}), Words{"file-source"});
  EXPECT_EQ(complete({"describe", "a", ""}), Words{});
  EXPECT_EQ(complete({"delete", "a", "file-si"}), Words{"file-sink"});
  EXPECT_EQ(complete({"get", "p"}), Words{"plugins"});
  EXPECT_EQ(complete({"offsets", "file-so"}), Words{"file-source"});
  EXPECT_EQ(complete({"offsets", "set", "file-so"}), Words{"file-source"});
  EXPECT_EQ(complete({"--url", "http://x", "pause", ""}), Words{"elsewhere"});
  EXPECT_EQ(complete({"-c", "d"}), Words{"dev"});
  EXPECT_EQ(complete({"context", "use", ""}), (Words{"dev", "prod"}));
  EXPECT_EQ(complete({"logs", "level", "s"}), Words{"sluice.herder"});
  EXPECT_EQ(complete({"logs", "level", "root", "D"}), Words{"DEBUG"});
}

TEST(Metrics, are_read_line_by_line) {
  const auto samples = parse_metrics("# HELP x y\nx 1\n\ny{a=\"b\\\"c\\n\",d=\"}\"} 2.5e1 17\n"
                                     "bad{a=b} 1\nbad{a=\"b\nbad x\nbad\nz{} 3\r\nlast 4");
  ASSERT_EQ(samples.size(), 4U);
  EXPECT_EQ(samples[0].name, "x");
  EXPECT_EQ(samples[1].label("a"), "b\"c\n");
  EXPECT_EQ(samples[1].label("d"), "}");
  EXPECT_EQ(samples[1].value, 25);
  EXPECT_EQ(samples[2].name, "z");
  EXPECT_EQ(samples[3].value, 4);
}

} // namespace
} // namespace host::app::cli
