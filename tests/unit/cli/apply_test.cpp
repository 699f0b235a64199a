#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/unit/cli/fake_worker.h"

namespace host::app::cli {
namespace {

// Connector files in a folder of the test's own.
class Files : public CliTest {
protected:
  Files() : folder_(testing::TempDir() + "cli-files-" + std::to_string(::getpid())) {
    std::filesystem::create_directories(folder_);
  }
  ~Files() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string &name, const std::string &text) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  const std::string folder_;
};

constexpr const char *kRequest = R"({"name":"a","config":{"connector.class":"S","tasks.max":1}})";
constexpr const char *kGone = R"({"error_code":404,"message":"Connector a not found"})";

class Apply : public Files {
protected:
  void running() {
    worker_.on("GET /connectors/a/status",
               R"({"connector":{"state":"RUNNING"},"tasks":[{"id":0,"state":"RUNNING"}]})");
    worker_.on("GET /connectors/a", R"({"tasks":[{"task":0}]})");
  }
};

TEST_F(Apply, creates_what_is_not_there) {
  worker_.on("GET /connectors/a/config", 404, kGone);
  worker_.on("PUT /connectors/a/config", 201, "{}");
  const Outcome outcome = sluice({"apply", "-f", file("a.json", kRequest)});
  EXPECT_EQ(outcome.code, kExitDone);
  EXPECT_EQ(outcome.out, "a: created\n");
  EXPECT_EQ(worker_.body_of("PUT /connectors/a/config"),
            R"({"connector.class":"S","tasks.max":"1"})");
}

TEST_F(Apply, creates_in_the_state_that_the_file_asks_for) {
  worker_.on("GET /connectors/a/config", 404, kGone);
  worker_.on("POST /connectors", 201, "{}");
  worker_.on("GET /connectors/a/status", R"({"connector":{"state":"STOPPED"},"tasks":[]})");
  const std::string path =
      file("a.json", R"({"name":"a","config":{"x":"y"},"initial_state":"stopped"})");
  const Outcome outcome = sluice({"apply", "-f", path, "--wait"});
  EXPECT_EQ(outcome.out, "a: created\na: STOPPED\n") << outcome.err;
  EXPECT_EQ(worker_.body_of("POST /connectors"),
            R"({"name":"a","config":{"x":"y"},"initial_state":"STOPPED"})");
}

TEST_F(Apply, changes_what_differs) {
  worker_.on("GET /connectors/a/config", R"({"connector.class":"S","tasks.max":"2","name":"a"})");
  worker_.on("PUT /connectors/a/config", 200, "{}");
  running();
  const Outcome outcome = sluice({"apply", "--wait", "-f", file("a.json", kRequest)});
  EXPECT_EQ(outcome.out, "a: changed\na: RUNNING (tasks: 1 RUNNING)\n") << outcome.err;
}

TEST_F(Apply, leaves_alone_what_is_equal) {
  worker_.on("GET /connectors/a/config", R"({"tasks.max":"1","name":"a","connector.class":"S"})");
  running();
  EXPECT_EQ(sluice({"apply", "-f", file("a.json", kRequest)}).out, "a: unchanged\n");
  EXPECT_EQ(worker_.body_of("PUT /connectors/a/config"), "no such request");
  for (const char *other : {R"({"tasks.max":"1","name":"a"})",
                            R"({"tasks.max":"1","name":"a","connector.class":"S","x":""})",
                            R"({"tasks.max":null,"name":"a","connector.class":"S"})"}) {
    worker_.on("GET /connectors/a/config", other);
    worker_.on("PUT /connectors/a/config", 200, "{}");
    EXPECT_EQ(sluice({"apply", "-f", file("a.json", kRequest)}).out, "a: changed\n") << other;
  }
}

TEST_F(Apply, waits_for_a_paused_connector_to_be_paused) {
  worker_.on("GET /connectors/a/config", R"({"name":"a"})");
  worker_.on("PUT /connectors/a/config", 200, "{}");
  worker_.on("GET /connectors/a/status", R"({"connector":{"state":"PAUSED"},"tasks":[]})");
  worker_.on("GET /connectors/a", R"({"tasks":[]})");
  EXPECT_EQ(sluice({"apply", "--wait", "-f", file("a.json", kRequest)}).out,
            "a: changed\na: PAUSED\n");
}

TEST_F(Apply, goes_on_after_a_refusal_and_shows_it) {
  worker_.on("GET /connectors/a/config", 404, kGone);
  worker_.on("PUT /connectors/a/config", 400, R"({"error_code":400,"message":"bad:\nfile"})");
  worker_.on("GET /connectors/b/config", 404, R"({"message":"no"})");
  worker_.on("PUT /connectors/b/config", 201, "{}");
  const std::string a = file("a.json", kRequest);
  const Outcome outcome =
      sluice({"apply", "-f", a, "-f", file("b.properties", "name=b\nfile : x\\\n  y\n")});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_EQ(outcome.out, "b: created\n");
  EXPECT_EQ(outcome.err, "sluice: " + a + ": bad:\n  file (HTTP 400)\n");
  EXPECT_EQ(worker_.body_of("PUT /connectors/b/config"), R"({"name":"b","file":"xy"})");
}

TEST_F(Apply, sends_nothing_if_one_file_is_bad) {
  const std::string bad = file("bad.json", "{\"name\":\n \"b\",}");
  const Outcome outcome = sluice({"apply", "-f", file("a.json", kRequest), "-f", bad});
  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_TRUE(worker_.requests().empty());
  EXPECT_TRUE(outcome.err.starts_with("sluice: " + bad + ":2:")) << outcome.err;
}

TEST_F(Apply, without_a_worker_ends_at_once) {
  unreachable_ = true;
  const std::string a = file("a.json", kRequest);
  const Outcome outcome = sluice({"apply", "-f", a, "-f", a});
  EXPECT_EQ(outcome.code, kExitUnreachable);
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1);
}

TEST_F(Apply, takes_a_folder_by_name) {
  for (const char *name : {"a", "b"}) {
    worker_.on("GET /connectors/" + std::string(name) + "/config", 404, kGone);
    worker_.on("PUT /connectors/" + std::string(name) + "/config", 201, "{}");
  }
  file("2.json", kRequest);
  file("1.properties", "name=b\nx=y\n");
  file("notes.txt", "nothing");
  std::filesystem::create_directories(folder_ + "/0.json/deeper");
  EXPECT_EQ(sluice({"apply", "-f", folder_}).out, "b: created\na: created\n");
  const Outcome empty = sluice({"apply", "-f", folder_ + "/0.json"});
  EXPECT_EQ(empty.code, kExitUsage);
  EXPECT_NE(empty.err.find("there is no *.json and no *.properties"), std::string::npos);
  file("3.json", kRequest);
  const Outcome twins = sluice({"apply", "-f", folder_});
  EXPECT_EQ(twins.code, kExitUsage);
  EXPECT_EQ(twins.err, "sluice: " + folder_ + "/2.json and " + folder_ +
                           "/3.json are both about the connector a; give it one file\n");
}

constexpr const char *kCheck = "PUT /connector-plugins/S/config/validate";

class DryRun : public Apply {
protected:
  DryRun() { worker_.on(kCheck, R"({"error_count":0,"configs":[]})"); }
  Outcome preview(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"apply", "--dry-run", "-f", file("a.json", kRequest)});
    Outcome outcome = sluice(std::move(more));
    EXPECT_EQ(worker_.body_of("PUT /connectors/a/config"), "no such request");
    return outcome;
  }
};

TEST_F(DryRun, shows_what_would_change_by_key) {
  worker_.on("GET /connectors/a/config",
             R"({"connector.class":"S","tasks.max":"2","name":"a","old":"x"})");
  const Outcome outcome = preview();
  EXPECT_EQ(outcome.code, kExitDiffers);
  EXPECT_EQ(outcome.out, "a: changed (dry run)\n  - old: x\n  ~ tasks.max: 2 -> 1\n");
  EXPECT_EQ(worker_.body_of(kCheck), R"({"connector.class":"S","tasks.max":"1","name":"a"})");
  EXPECT_EQ(preview({"-o", "json"}).out,
            R"({"name":"a","result":"changed","dry_run":true,"changes":[)"
            R"({"key":"old","from":"x","to":null},{"key":"tasks.max","from":"2","to":"1"}]})"
            "\n");
}

TEST_F(DryRun, tells_new_from_equal) {
  worker_.on("GET /connectors/a/config", 404, kGone);
  EXPECT_EQ(preview().out, "a: created (dry run)\n");
  EXPECT_EQ(preview().code, kExitDiffers);
  worker_.on("GET /connectors/a/config",
             R"({"tasks.max":"[hidden]","name":"a","connector.class":"S"})");
  EXPECT_EQ(preview().out, "a: unchanged\n");
  EXPECT_EQ(preview().code, kExitDone);
}

TEST_F(DryRun, has_the_worker_check) {
  worker_.on("GET /connectors/a/config", 404, kGone);
  worker_.on(kCheck, R"({"error_count":1,"configs":[{"value":{"name":"x","errors":["bad"]}}]})");
  const Outcome outcome = preview();
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_EQ(outcome.err, "sluice: " + folder_ + "/a.json: 1 error\n    x: bad\n");
}

using Validate = Files;

TEST_F(Validate, shows_the_errors_by_key) {
  worker_.on("PUT /connector-plugins/S/config/validate",
             R"({"name":"S","error_count":2,"configs":[)"
             R"({"value":{"name":"tasks.max","errors":["Not a number"]}},)"
             R"({"value":{"name":"file","errors":[]}},{"value":null},)"
             R"({"value":{"name":"topic","errors":["Missing"]}}]})");
  const std::string path = file("a.json", kRequest);
  const Outcome outcome = sluice({"validate", "-f", path});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_EQ(outcome.out, path + ": 2 errors\n  tasks.max: Not a number\n  topic: Missing\n");
  EXPECT_EQ(worker_.body_of("PUT /connector-plugins/S/config/validate"),
            R"({"connector.class":"S","tasks.max":"1","name":"a"})");
}

TEST_F(Validate, says_that_a_file_is_valid) {
  worker_.on("PUT /connector-plugins/S/config/validate", R"({"error_count":0,"configs":[]})");
  const std::string path = file("a.json", kRequest);
  const Outcome outcome = sluice({"validate", "-f", path});
  EXPECT_EQ(outcome.code, kExitDone);
  EXPECT_EQ(outcome.out, path + ": valid\n");
}

TEST_F(Validate, needs_a_class_to_ask) {
  const std::string path = file("a.json", R"({"name":"a"})");
  EXPECT_EQ(sluice({"validate", "-f", path}).code, kExitUsage);
  EXPECT_TRUE(worker_.requests().empty());
}

TEST_F(Validate, does_not_take_another_answer_for_valid) {
  worker_.on("PUT /connector-plugins/S/config/validate", "[]");
  EXPECT_EQ(sluice({"validate", "-f", file("a.json", kRequest)}).code, kExitRefused);
}

} // namespace
} // namespace host::app::cli
