#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/cli/fake_worker.h"

namespace host::app::cli {
namespace {

constexpr const char *kPatch = "PATCH /connectors/a/offsets";
constexpr const char *kDone = R"({"message":"The offsets have been altered"})";

class ChangedOffsets : public CliTest {
protected:
  ChangedOffsets() { worker_.on(kPatch, kDone); }
  std::string sent(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"offsets", "set", "a"});
    const Outcome outcome = sluice(std::move(arguments));
    EXPECT_EQ(outcome.code, kExitDone) << outcome.err;
    EXPECT_EQ(outcome.out, "a: The offsets have been altered\n");
    return worker_.body_of(kPatch);
  }
};

TEST_F(ChangedOffsets, of_a_sink_are_given_by_topic) {
  EXPECT_EQ(sent({"lines:0=42", "a:b=c:07=null"}),
            R"({"offsets":[{"partition":{"kafka_topic":"lines","kafka_partition":0},)"
            R"("offset":{"kafka_offset":42}},)"
            R"({"partition":{"kafka_topic":"a:b=c","kafka_partition":7},"offset":null}]})");
  for (const char *wrong : {"lines=42", "lines:0", ":0=1", "lines:0=-1", "lines:x=1", "lines:0="}) {
    const Outcome outcome = sluice({"offsets", "set", "a", wrong});
    EXPECT_EQ(outcome.code, kExitUsage) << wrong;
    EXPECT_NE(outcome.err.find("expected TOPIC:PARTITION=OFFSET"), std::string::npos);
  }
}

TEST_F(ChangedOffsets, of_a_source_are_given_by_key) {
  EXPECT_EQ(sent({"--partition", "filename=/tmp/x=y", "--partition", "shard=\"1\"", "--offset",
                  "position=42"}),
            R"({"offsets":[{"partition":{"filename":"/tmp/x=y","shard":"1"},)"
            R"("offset":{"position":42}}]})");
  EXPECT_EQ(sent({"--partition", "n=1", "--offset", "null"}),
            R"({"offsets":[{"partition":{"n":1},"offset":null}]})");
  EXPECT_EQ(sluice({"offsets", "set", "a", "--partition", "x", "--offset", "y=1"}).err,
            "sluice: --partition x: expected KEY=VALUE, as in filename=/tmp/lines.txt or "
            "position=42\n");
}

TEST_F(ChangedOffsets, come_from_a_file_as_they_are_shown) {
  const std::string path = testing::TempDir() + "cli-offsets-" + std::to_string(::getpid());
  const std::string text = R"({"offsets":[{"partition":{"f":"x"},"offset":{"p":1.50}}]})";
  std::ofstream(path) << text;
  EXPECT_EQ(sent({"-f", path}), text);
  std::ofstream(path) << "[]";
  const Outcome outcome = sluice({"offsets", "set", "a", "-f", path});
  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_NE(outcome.err.find("as `sluice offsets NAME -o json` prints it"), std::string::npos);
  std::filesystem::remove(path);
  EXPECT_EQ(sluice({"offsets", "set", "a", "-f", path}).err,
            "sluice: " + path + ": No such file or directory\n");
}

TEST_F(ChangedOffsets, need_a_stopped_connector) {
  const std::string message =
      R"({"message":"Connectors must be in the STOPPED state before their offsets can be modified."})";
  worker_.on(kPatch, 400, message);
  worker_.on("DELETE /connectors/a/offsets", 400, message);
  for (const auto &arguments : std::vector<std::vector<std::string>>{
           {"offsets", "set", "a", "t:0=1"}, {"offsets", "reset", "a"}}) {
    const Outcome outcome = sluice(arguments);
    EXPECT_EQ(outcome.code, kExitRefused);
    EXPECT_EQ(outcome.err, "sluice: a: Connectors must be in the STOPPED state before their "
                           "offsets can be modified. (HTTP 400)\n  First: sluice stop a --wait\n");
  }
}

TEST_F(ChangedOffsets, may_be_forgotten) {
  worker_.on("DELETE /connectors/a/offsets", R"({"message":"reset"})");
  EXPECT_EQ(sluice({"offsets", "reset", "a"}).out, "a: reset\n");
  EXPECT_EQ(sluice({"offsets", "reset", "b"}).code, kExitRefused);
}

using Topics = CliTest;

TEST_F(Topics, are_shown_and_forgotten) {
  worker_.on("GET /connectors/a/topics", R"({"a":{"topics":["x","y"]}})");
  worker_.on("PUT /connectors/a/topics/reset", 200);
  EXPECT_EQ(sluice({"topics", "a"}).out, "TOPIC\nx\ny\n");
  EXPECT_EQ(sluice({"topics", "get", "a"}).out, "TOPIC\nx\ny\n");
  EXPECT_EQ(sluice({"topics", "reset", "a"}).out, "a: topics forgotten\n");
  worker_.on("GET /connectors/a/topics", R"({"a":{"topics":[]}})");
  EXPECT_EQ(sluice({"topics", "a"}).err, "a has used no topics yet.\n");
}

} // namespace
} // namespace host::app::cli
