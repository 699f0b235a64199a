#include "host/app/connector_files.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace host::app {
namespace {

class ConnectorFiles : public testing::Test {
protected:
  ~ConnectorFiles() override { std::remove(path_.c_str()); }

  Result<ConnectorFile> read(const std::string &suffix, const std::string &text) {
    path_ = testing::TempDir() + "connector-" + std::to_string(::getpid()) + suffix;
    std::ofstream(path_, std::ios::binary) << text;
    return read_connector_file(path_);
  }
  // Without the path at its beginning.
  std::string error(const std::string &suffix, const std::string &text) {
    const auto file = read(suffix, text);
    if (file)
      return "no error";
    EXPECT_TRUE(file.error().message().starts_with(path_)) << file.error().message();
    return file.error().message().substr(path_.size());
  }

  std::string path_;
};

TEST_F(ConnectorFiles, may_be_flat_json) {
  const auto file = read(".json", R"({"name":"a","tasks.max":2,"x":true,"y":"z"})");
  ASSERT_TRUE(file) << file.error().message();
  EXPECT_EQ(file->name, "a");
  EXPECT_EQ(file->config,
            (StringMap{{"name", "a"}, {"tasks.max", "2"}, {"x", "true"}, {"y", "z"}}));
  EXPECT_FALSE(file->initial_state);
}

TEST_F(ConnectorFiles, may_be_the_body_of_a_request) {
  const auto file =
      read(".json", R"({"name":"a","config":{"x":"y"},"initial_state":"Paused","tasks":[]})");
  ASSERT_TRUE(file) << file.error().message();
  EXPECT_EQ(file->name, "a");
  EXPECT_EQ(file->config, (StringMap{{"x", "y"}}));
  EXPECT_EQ(file->initial_state, TargetState::Paused);
}

TEST_F(ConnectorFiles, may_have_a_setting_named_config) {
  const auto file = read(".json", R"({"name":"a","config":"x"})");
  ASSERT_TRUE(file) << file.error().message();
  EXPECT_EQ(file->config, (StringMap{{"name", "a"}, {"config", "x"}}));
}

TEST_F(ConnectorFiles, of_any_other_name_are_properties) {
  const auto file = read(".conf", "# comment\nname = a\nfile: in.txt\n");
  ASSERT_TRUE(file) << file.error().message();
  EXPECT_EQ(file->name, "a");
  EXPECT_EQ(file->config, (StringMap{{"name", "a"}, {"file", "in.txt"}}));
}

TEST_F(ConnectorFiles, say_what_is_wrong_with_them) {
  EXPECT_EQ(error(".json", R"({"x":"y"})"), ": has no `name`, which every connector needs");
  EXPECT_EQ(error(".conf", "x=y"), ": has no `name`, which every connector needs");
  EXPECT_EQ(error(".conf", ""), ": has no `name`, which every connector needs");
  EXPECT_EQ(error(".json", "[]"), ": is not a JSON object");
  EXPECT_EQ(error(".json", R"({"name":"","config":{}})"), ": has an empty `name`");
  EXPECT_EQ(error(".json", R"({"name":"a","x":[1]})"),
            ": `x` is array, but a connector's settings are texts");
  EXPECT_EQ(error(".json", R"({"name":"a","config":{"x":null}})"),
            ": `x` is null, but a connector's settings are texts");
  EXPECT_EQ(error(".json", R"({"name":"a","config":{},"initial_state":"FAILED"})"),
            ": `initial_state` is \"FAILED\", not \"RUNNING\", \"PAUSED\" or \"STOPPED\"");
  EXPECT_EQ(error(".json", R"({"name":"a","config":{},"initial_state":1})"),
            ": `initial_state` is 1, not \"RUNNING\", \"PAUSED\" or \"STOPPED\"");
  EXPECT_NE(error(".json", R"({"config":{}})").find("name"), std::string::npos);
  EXPECT_TRUE(error(".json", "{\n  \"name\": oops}").starts_with(":2:"));
  EXPECT_EQ(error(".conf", "name=a\nx=\\u12"),
            ":2: \\u must be followed by four hexadecimal digits");
  EXPECT_FALSE(error(".json", "").empty());
}

TEST_F(ConnectorFiles, must_be_files) {
  EXPECT_EQ(read_connector_file("/nowhere/a.json").error().message(),
            "/nowhere/a.json: No such file or directory");
  EXPECT_EQ(read_connector_file("/").error().message(), "/: Is a directory");
}

} // namespace
} // namespace host::app
