#include "tests/unit/cli/fake_worker.h"

namespace host::app::cli {
namespace {

constexpr const char *kSource =
    R"({"status":{"name":"src","connector":{"state":"RUNNING","worker_id":"w:1","version":"1.0"},)"
    R"("tasks":[{"id":0,"state":"RUNNING","worker_id":"w:1"},{"id":1,"state":"FAILED",)"
    R"("worker_id":"w:1","trace":"Boom\n\tat x"}],"type":"source"},)"
    R"("info":{"name":"src","config":{"name":"src"},"tasks":[],"type":"source"}})";

using Get = CliTest;

TEST_F(Get, lists_connectors_by_name) {
  worker_.on("GET /connectors?expand=status&expand=info",
             std::string(R"({"src":)") + kSource +
                 R"(,"new":{"info":{"name":"new","config":{},"tasks":[],"type":"sink"}}})");
  const Outcome outcome = sluice({"get"});
  EXPECT_EQ(outcome.code, kExitDone);
  EXPECT_EQ(outcome.out, "NAME  TYPE    STATE    TASKS                WORKER\n"
                         "new   sink    -        -                    -\n"
                         "src   source  RUNNING  1 RUNNING, 1 FAILED  w:1\n");
  EXPECT_EQ(outcome.err, "");
}

TEST_F(Get, says_that_there_are_none) {
  worker_.on("GET /connectors?expand=status&expand=info", "{}");
  const Outcome outcome = sluice({"get"});
  EXPECT_EQ(outcome.code, kExitDone);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "No connectors at " + worker_.url() + ".\n");
  EXPECT_EQ(sluice({"get", "-o", "json"}).out, "{}\n");
}

TEST_F(Get, shows_those_that_are_there_and_complains_about_the_others) {
  worker_.on("GET /connectors/a", R"({"name":"a","type":"source"})");
  worker_.on("GET /connectors/a/status", R"({"connector":{"state":"STOPPED"},"tasks":[]})");
  worker_.on("GET /connectors/b", 404, R"({"error_code":404,"message":"Connector b not found"})");
  const Outcome outcome = sluice({"get", "b", "a"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_EQ(outcome.out, "NAME  TYPE    STATE    TASKS  WORKER\n"
                         "a     source  STOPPED  none   -\n");
  EXPECT_EQ(outcome.err, "sluice: b: Connector b not found (HTTP 404); see `sluice get` for "
                         "what there is\n");
}

TEST_F(Get, of_one_connector_as_json_is_that_connector) {
  worker_.on("GET /connectors/a", R"({"name":"a"})");
  worker_.on("GET /connectors/a/status", R"({"connector":{"state":"PAUSED"}})");
  EXPECT_EQ(sluice({"get", "a", "-o", "json"}).out, R"({
  "status": {
    "connector": {
      "state": "PAUSED"
    }
  },
  "info": {
    "name": "a"
  }
}
)");
}

TEST_F(Get, escapes_names_in_requests_and_on_the_screen) {
  worker_.on("GET /connectors/a%20b%09", R"({"name":"a b\t","type":"source"})");
  const Outcome outcome = sluice({"get", "a b\t"});
  EXPECT_EQ(outcome.out, "NAME     TYPE    STATE  TASKS  WORKER\n"
                         "a b\\x09  source  -      -      -\n");
}

TEST_F(Get, lists_plugins_by_type_and_class) {
  worker_.on("GET /connector-plugins?connectorsOnly=false",
             R"([{"class":"S","type":"source","version":"1"},{"class":"C","type":"converter"}])");
  EXPECT_EQ(sluice({"get", "plugins"}).out, "TYPE       CLASS  VERSION\n"
                                            "converter  C      -\n"
                                            "source     S      1\n");
}

TEST_F(Get, without_a_worker_ends_with_its_own_status) {
  unreachable_ = true;
  for (const auto &arguments : std::vector<std::vector<std::string>>{{"get"},
                                                                     {"get", "a", "b"},
                                                                     {"get", "plugins"},
                                                                     {"describe", "a"},
                                                                     {"offsets", "a"},
                                                                     {"delete", "a", "b"},
                                                                     {"restart", "a", "--wait"},
                                                                     {"logs", "level"}}) {
    const Outcome outcome = sluice(arguments);
    EXPECT_EQ(outcome.code, kExitUnreachable);
    EXPECT_EQ(outcome.err, "sluice: cannot reach http://127.0.0.1:1: nothing accepts connections "
                           "there. Is the worker running, with this address in `listeners`?\n");
  }
}

TEST_F(Get, says_that_the_other_side_is_no_worker) {
  worker_.on("GET /connectors?expand=status&expand=info", "<html>");
  Outcome outcome = sluice({"get"});
  EXPECT_EQ(outcome.code, kExitUnreachable);
  EXPECT_NE(outcome.err.find("with something that is not JSON; is it a Kafka Connect worker?"),
            std::string::npos)
      << outcome.err;
  worker_.on("GET /connectors?expand=status&expand=info", 403, "<html>no");
  outcome = sluice({"get"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_EQ(outcome.err, "sluice: " + worker_.url() +
                             " answered HTTP 403 to GET /connectors?expand=status&expand=info: "
                             "<html>no; is it a Kafka Connect worker?\n");
}

using Describe = CliTest;

TEST_F(Describe, shows_everything) {
  worker_.on("GET /connectors/src",
             R"({"name":"src","config":{"connector.class":"S","file":"in"},"type":"source"})");
  worker_.on("GET /connectors/src/status",
             R"({"connector":{"state":"RUNNING","worker_id":"w:1","version":"1.0"},"tasks":[)"
             R"({"id":0,"state":"FAILED","worker_id":"w:1","version":"1.0",)"
             R"("trace":"Boom\n\tat x\n"}]})");
  worker_.on("GET /connectors/src/topics", R"({"src":{"topics":["b","a"]}})");
  worker_.on("GET /connectors/src/offsets",
             R"({"offsets":[{"partition":{"filename":"in"},"offset":{"position":23}}]})");
  const Outcome outcome = sluice({"describe", "src"});
  EXPECT_EQ(outcome.code, kExitDone);
  EXPECT_EQ(outcome.out, R"(Name:     src
Type:     source
State:    RUNNING
Worker:   w:1
Version:  1.0
Topics:   b, a
Config:
  connector.class  S
  file             in
Tasks:
  ID  STATE   WORKER  VERSION
  0   FAILED  w:1     1.0
Trace of task 0:
  Boom
      at x
Offsets:
  PARTITION          OFFSET
  {"filename":"in"}  {"position":23}
)");
}

TEST_F(Describe, says_what_the_worker_cannot_tell) {
  worker_.on("GET /connectors/a", R"({"name":"a","config":{},"type":"unknown"})");
  worker_.on("GET /connectors/a/status", 404, R"({"message":"No status found"})");
  worker_.on("GET /connectors/a/topics", 403, R"({"message":"Topic tracking is disabled."})");
  worker_.on("GET /connectors/a/offsets", 500, R"({"message":"Kafka is away"})");
  const Outcome outcome = sluice({"describe", "a"});
  EXPECT_EQ(outcome.code, kExitDone);
  EXPECT_EQ(outcome.out, R"(Name:     a
Type:     unknown
State:    -
Worker:   -
Version:  -
Topics:   -
Config:
Tasks:
  No status found (HTTP 404)
Offsets:
  Kafka is away (HTTP 500)
)");
  EXPECT_EQ(sluice({"describe", "a", "-o", "json"}).out, R"({
  "info": {
    "name": "a",
    "config": {},
    "type": "unknown"
  },
  "status": null,
  "topics": null,
  "offsets": null
}
)");
}

using Offsets = CliTest;

TEST_F(Offsets, of_a_sink_are_those_of_its_topics) {
  worker_.on("GET /connectors/a/offsets",
             R"({"offsets":[{"partition":{"kafka_topic":"t","kafka_partition":3},)"
             R"("offset":{"kafka_offset":17}}]})");
  EXPECT_EQ(sluice({"offsets", "a"}).out, "TOPIC  PARTITION  OFFSET\n"
                                          "t      3          17\n");
}

TEST_F(Offsets, may_be_none) {
  worker_.on("GET /connectors/a/offsets", R"({"offsets":[]})");
  const Outcome outcome = sluice({"offsets", "a"});
  EXPECT_EQ(outcome.code, kExitDone);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "a has no offsets yet.\n");
}

using LogLevel = CliTest;

TEST_F(LogLevel, is_shown_for_all_loggers_or_one) {
  worker_.on("GET /admin/loggers", R"({"root":{"level":"INFO"},"x.y":{"level":"DEBUG"}})");
  worker_.on("GET /admin/loggers/x.y", R"({"level":"DEBUG","last_modified":null})");
  EXPECT_EQ(sluice({"logs", "level"}).out, "LOGGER  LEVEL\n"
                                           "root    INFO\n"
                                           "x.y     DEBUG\n");
  EXPECT_EQ(sluice({"logs", "level", "x.y"}).out, "LOGGER  LEVEL\n"
                                                  "x.y     DEBUG\n");
}

TEST_F(LogLevel, is_set_and_what_changed_is_named) {
  worker_.on("PUT /admin/loggers/x", R"(["x","x.y"])");
  const Outcome outcome = sluice({"logs", "level", "x", "debug"});
  EXPECT_EQ(outcome.out, "x: DEBUG\nx.y: DEBUG\n");
  EXPECT_EQ(worker_.body_of("PUT /admin/loggers/x"), R"({"level":"debug"})");
  worker_.on("PUT /admin/loggers/x", 404, R"({"message":"invalid log level 'loud'."})");
  EXPECT_EQ(sluice({"logs", "level", "x", "loud"}).err,
            "sluice: invalid log level 'loud'. (HTTP 404)\n");
}

TEST_F(LogLevel, is_set_on_all_workers_by_the_cluster) {
  worker_.on("PUT /admin/loggers/x?scope=cluster", 204);
  EXPECT_EQ(sluice({"logs", "level", "x", "debug", "--cluster"}).out,
            "x: DEBUG requested for all workers\n");
}

} // namespace
} // namespace host::app::cli
