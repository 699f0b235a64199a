#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "host/app/try_run.h"

namespace host::app::dry_run {
namespace {

constexpr std::string_view kSecret = "s3cr\"t-token";

// A folder with a worker's file, a provider's file and what a test adds.
class TryWithWorker : public testing::Test {
protected:
  void SetUp() override {
    const auto *test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) / test->name();
    std::filesystem::create_directories(folder_);
    write("secrets.properties", "token=" + std::string(kSecret) + "\ntopic=orders\nfield=amount\n");
    write("worker.properties", "config.providers=file, env\n"
                               "config.providers.file.class=FileConfigProvider\n"
                               "config.providers.env.class=EnvVarConfigProvider\n"
                               "value.converter=org.apache.kafka.connect.json.JsonConverter\n"
                               "value.converter.schemas.enable=false\n");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string &name, std::string_view text) {
    const std::string path = (folder_ / name).string();
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  std::string variable(std::string_view key) {
    return "${file:" + (folder_ / "secrets.properties").string() + ":" + std::string(key) + "}";
  }
  int run(cli::TryOptions options, cli::Output output = cli::Output::Table) {
    options.worker_config = (folder_ / "worker.properties").string();
    if (options.input.empty())
      options.input = write("records.jsonl", "{\"value\":{\"amount\":\"1\"}}\n");
    out_.str({});
    err_.str({});
    cli::Screen screen(out_, err_, output, false);
    return run_try(options, screen);
  }
  // A connector that puts the token into each value, and fails where `amount` is no number.
  std::string connector() {
    return write("connector.properties",
                 "topics=" + variable("topic") +
                     "\ntransforms=put,cast\ntransforms.put.type=org.apache.kafka.connect."
                     "transforms.InsertField$Value\ntransforms.put.static.field=token\n"
                     "transforms.put.static.value=" +
                     variable("token") +
                     "\ntransforms.cast.type=org.apache.kafka.connect.transforms.Cast$Value\n"
                     "transforms.cast.spec=" +
                     variable("field") + ":int32\n");
  }

  std::filesystem::path folder_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(TryWithWorker, puts_values_of_providers_where_their_variables_are) {
  cli::TryOptions options;
  options.config = connector();
  EXPECT_EQ(run(options, cli::Output::Json), cli::kExitDone) << err_.str();
  EXPECT_EQ(out_.str(), R"({"id":1,"out":{"topic":"[hidden]","partition":0,"timestamp":null,)"
                        R"("key":null,"value":"{\"[hidden]\":1,\"token\":\"[hidden]\"}",)"
                        "\"headers\":[]}}\n");
}

TEST_F(TryWithWorker, shows_no_value_of_a_provider_in_any_form) {
  cli::TryOptions options;
  options.config = connector();
  options.trace = true;
  options.input = write("records.jsonl", "{\"value\":{\"amount\":\"1\"}}\n{\"value\":\"s3cr\\\"t-"
                                         "token\"}\n{\"value\":{\"amount\":\"s3cr\\\"t-token\"},"
                                         "\"headers\":[[\"h\",\"s3cr\\\"t-token\"]]}\n");
  for (const cli::Output output : {cli::Output::Table, cli::Output::Json}) {
    EXPECT_EQ(run(options, output), cli::kExitRefused);
    const std::string all = out_.str() + err_.str();
    EXPECT_EQ(all.find("s3cr"), std::string::npos) << all;
    EXPECT_NE(all.find("[hidden]"), std::string::npos);
  }
}

TEST_F(TryWithWorker, hides_a_value_that_a_configuration_error_quotes) {
  cli::TryOptions options;
  options.config =
      write("bad.properties", "topics=t\nerrors.tolerance=" + variable("token") + "\n");
  EXPECT_EQ(run(options), cli::kExitRefused);
  EXPECT_NE(err_.str().find("Invalid value [hidden] for configuration errors.tolerance"),
            std::string::npos)
      << err_.str();
  EXPECT_EQ(run(options, cli::Output::Json), cli::kExitRefused);
  EXPECT_EQ(out_.str().find(R"({"id":null,"error":{"stage":"config","class":"ConfigException",)"),
            0u)
      << out_.str();
  EXPECT_EQ(out_.str().find("s3cr"), std::string::npos);
}

TEST_F(TryWithWorker, says_what_a_provider_could_not_do) {
  cli::TryOptions options;
  options.config = write("bad.properties", "topics=${env:a/path:KEY}\n");
  EXPECT_EQ(run(options, cli::Output::Json), cli::kExitRefused);
  EXPECT_EQ(out_.str(),
            "{\"id\":null,\"error\":{\"stage\":\"config\",\"class\":\"ConfigException\","
            "\"message\":\"Path is not supported for EnvVarConfigProvider, invalid "
            "value 'a/path'\"}}\n");
}

TEST_F(TryWithWorker, resolves_cases_too_and_forgets_the_values_of_the_one_before) {
  CaseRunner runner(*WorkerSide::read((folder_ / "worker.properties").string()));
  std::string out;
  runner.run(R"({"id":1,"config":{"transforms":"put","transforms.put.type":"InsertHeader",)"
             R"("transforms.put.header":"h","transforms.put.value.literal":")" +
                 variable("token") + R"("},"direction":"sink","record":{"topic":"orders"}})",
             1, out);
  runner.run(R"({"id":2,"config":{},"direction":"sink","record":{"topic":"orders"}})", 2, out);
  runner.run(R"({"id":3,"config":{"transforms":"${env:x:y}"},"direction":"sink",)"
             R"("record":{"topic":"orders"}})",
             3, out);
  EXPECT_EQ(out, R"({"id":1,"out":{"topic":"orders","partition":0,"timestamp":null,"key":null,)"
                 R"("value":null,"headers":[["h","[hidden]"]]}})"
                 "\n"
                 R"({"id":2,"out":{"topic":"orders","partition":0,"timestamp":null,"key":null,)"
                 R"("value":null,"headers":[]}})"
                 "\n"
                 R"({"id":3,"error":{"stage":"config","class":"ConfigException","message":"Path )"
                 R"(is not supported for EnvVarConfigProvider, invalid value 'x'"}})"
                 "\n");
}

// As in Connect: with the worker's converter come its settings, and not the connector's.
TEST_F(TryWithWorker, takes_converters_that_the_connector_does_not_name_from_the_worker) {
  const auto worker = WorkerSide::read((folder_ / "worker.properties").string());
  ASSERT_TRUE(worker);
  Redactor hidden;
  const auto silent = worker->complete({{{"value.converter.schemas.enable", "true"},
                                         {"value.converter.decimal.format", "NUMERIC"},
                                         {"key.converter.schemas.enable", "true"}},
                                        {}},
                                       hidden);
  ASSERT_TRUE(silent);
  EXPECT_EQ(silent->entries.get("value.converter.schemas.enable"), "false");
  EXPECT_FALSE(silent->entries.contains("value.converter.decimal.format"));
  EXPECT_EQ(silent->entries.get("key.converter.schemas.enable"), "true");
  const auto own = worker->complete({{{"value.converter", "String"}}, {}}, hidden);
  ASSERT_TRUE(own);
  EXPECT_EQ(own->entries, (StringMap{{"value.converter", "String"}}));
}

TEST_F(TryWithWorker, refuses_a_worker_file_that_it_cannot_use) {
  cli::TryOptions options;
  options.config = connector();
  write("worker.properties", "config.providers=nobody\n");
  EXPECT_EQ(run(options), cli::kExitUsage);
  EXPECT_NE(err_.str().find("config.providers.nobody.class: missing"), std::string::npos);
  std::filesystem::remove(folder_ / "worker.properties");
  EXPECT_EQ(run(options), cli::kExitUsage);
  std::filesystem::create_directory(folder_ / "worker.properties");
  EXPECT_EQ(run(options), cli::kExitUsage);
  options.config = folder_.string();
  EXPECT_EQ(run(options), cli::kExitUsage);
  EXPECT_NE(err_.str().find("worker.properties"), std::string::npos);
}

} // namespace
} // namespace host::app::dry_run
