#include "tests/unit/cli/fake_worker.h"

namespace host::app::cli {
namespace {

using Requests = std::vector<std::string>;
using Act = CliTest;

TEST_F(Act, asks_and_says_what_was_asked) {
  worker_.on("PUT /connectors/a/pause", 202);
  worker_.on("PUT /connectors/a/resume", 202);
  worker_.on("PUT /connectors/a/stop", 204);
  worker_.on("DELETE /connectors/a", 204);
  EXPECT_EQ(sluice({"pause", "a"}).out, "a: pause requested\n");
  EXPECT_EQ(sluice({"resume", "a"}).out, "a: resume requested\n");
  EXPECT_EQ(sluice({"stop", "a"}).out, "a: stop requested\n");
  EXPECT_EQ(sluice({"delete", "a"}).out, "a: deleted\n");
  EXPECT_EQ(sluice({"delete", "a", "-o", "json"}).out, R"({"name":"a","result":"deleted"})"
                                                       "\n");
}

TEST_F(Act, restarts_what_the_flags_say) {
  worker_.on("POST /connectors/a/restart", 204);
  worker_.on("POST /connectors/a/restart?includeTasks=true&onlyFailed=false", 202, "{}");
  worker_.on("POST /connectors/a/restart?includeTasks=true&onlyFailed=true", 202, "{}");
  worker_.on("POST /connectors/a%2Fb/tasks/12/restart", 204);
  EXPECT_EQ(sluice({"restart", "a"}).out, "a: restart requested\n");
  EXPECT_EQ(sluice({"restart", "a", "--tasks"}).out, "a: restart requested\n");
  EXPECT_EQ(sluice({"restart", "a", "--failed"}).out, "a: restart requested\n");
  EXPECT_EQ(sluice({"restart", "a/b/12"}).out, "a/b/12: restart requested\n");
  EXPECT_EQ(sluice({"restart", "a/b"}).code, kExitRefused); // no task of that name
  EXPECT_EQ(worker_.requests().back(), "POST /connectors/a%2Fb/restart");
}

TEST_F(Act, goes_on_after_a_refusal) {
  worker_.on("DELETE /connectors/a", 409, R"({"error_code":409,"message":"rebalancing"})");
  worker_.on("DELETE /connectors/b", 204);
  const Outcome outcome = sluice({"delete", "a", "b"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_EQ(outcome.out, "b: deleted\n");
  EXPECT_EQ(outcome.err, "sluice: a: rebalancing (HTTP 409)\n");
}

TEST_F(Act, tries_again_while_the_cluster_rebalances) {
  const Reply busy{409,
                   R"({"message":"Cannot complete request because of a conflicting operation"})"};
  worker_.on("DELETE /connectors/a", {busy, busy, {204, ""}});
  const Outcome outcome = sluice({"delete", "a"});
  EXPECT_EQ(outcome.out, "a: deleted\n");
  EXPECT_EQ(outcome.err, "the cluster rebalances; trying again for up to 2 s\n");
  EXPECT_EQ(clock_.time.time_since_epoch(), Duration(300));
  EXPECT_EQ(worker_.authorization(), "Basic YTpi");
  worker_.on("DELETE /connectors/a", {busy});
  EXPECT_EQ(sluice({"delete", "a"}).code, kExitRefused);
  worker_.on("DELETE /connectors/a", 401, "User cannot access the resource.");
  EXPECT_NE(sluice({"delete", "a"}).err.find("give --user NAME"), std::string::npos);
}

std::string status(const std::string &connector, const std::string &tasks) {
  return R"({"connector":{"state":")" + connector + R"("},"tasks":[)" + tasks + "]}";
}
std::string task(int id, const std::string &state, const std::string &trace = {}) {
  return R"({"id":)" + std::to_string(id) + R"(,"state":")" + state + R"(","trace":")" + trace +
         R"("})";
}

class Wait : public CliTest {
protected:
  Wait() {
    worker_.on("PUT /connectors/a/pause", 202);
    worker_.on("PUT /connectors/a/resume", 202);
    worker_.on("PUT /connectors/a/stop", 204);
    worker_.on("POST /connectors/a/restart", 204);
    worker_.on("POST /connectors/a/restart?includeTasks=true&onlyFailed=true", 202, "{}");
    worker_.on("POST /connectors/a/tasks/1/restart", 204);
    worker_.on("GET /connectors/a", R"({"tasks":[{"task":0},{"task":1}]})");
  }
  void states(std::vector<std::string> bodies) {
    std::vector<Reply> replies;
    for (std::string &body : bodies)
      replies.push_back({200, std::move(body)});
    worker_.on("GET /connectors/a/status", std::move(replies));
  }
};

TEST_F(Wait, looks_until_all_tasks_run) {
  states({status("STOPPED", ""), status("RUNNING", ""), status("RUNNING", task(0, "RUNNING")),
          status("RUNNING", task(0, "RUNNING") + "," + task(1, "UNASSIGNED")),
          status("RUNNING", task(0, "RUNNING") + "," + task(1, "RUNNING"))});
  const Outcome outcome = sluice({"resume", "a", "--wait"});
  EXPECT_EQ(outcome.code, kExitDone) << outcome.err;
  EXPECT_EQ(outcome.out, "a: resume requested\na: RUNNING (tasks: 2 RUNNING)\n");
}

TEST_F(Wait, is_content_with_no_tasks_once_that_lasts) {
  states({status("RUNNING", "")});
  worker_.on("GET /connectors/a", R"({"tasks":[]})");
  const Outcome outcome = sluice({"resume", "a", "--wait"});
  EXPECT_EQ(outcome.code, kExitDone) << outcome.err;
  EXPECT_EQ(outcome.out, "a: resume requested\na: RUNNING (tasks: none)\n");
  EXPECT_GE(clock_.time.time_since_epoch(), Duration(1'000));
}

TEST_F(Wait, takes_a_pause_for_done_when_no_task_runs) {
  states({status("RUNNING", task(0, "RUNNING") + "," + task(1, "FAILED")),
          status("PAUSED", task(0, "RUNNING") + "," + task(1, "FAILED")),
          status("PAUSED", task(0, "PAUSED") + "," + task(1, "FAILED"))});
  EXPECT_EQ(sluice({"pause", "a", "--wait"}).out, "a: pause requested\na: PAUSED\n");
}

TEST_F(Wait, takes_a_stop_for_done_when_no_task_is_left) {
  states({status("STOPPED", task(0, "RUNNING")), status("STOPPED", "")});
  EXPECT_EQ(sluice({"stop", "a", "--wait"}).out, "a: stop requested\na: STOPPED\n");
}

TEST_F(Wait, fails_when_a_task_stays_failed) {
  states({status("RUNNING", task(0, "RUNNING") + "," + task(1, "FAILED", "Boom\\n\\tat x"))});
  const Outcome outcome = sluice({"resume", "a", "--wait"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_EQ(outcome.err, "sluice: a: connector RUNNING, task 0 RUNNING, task 1 FAILED: Boom; see "
                         "`sluice describe a`\n");
  EXPECT_LT(clock_.time.time_since_epoch(), Duration(3'000));
}

TEST_F(Wait, forgives_a_failure_from_before_the_restart) {
  states({status("FAILED", task(0, "FAILED")), status("FAILED", task(0, "FAILED")),
          status("RUNNING", task(0, "FAILED")), status("RESTARTING", task(0, "RESTARTING")),
          status("RUNNING", task(0, "RUNNING") + "," + task(1, "RUNNING"))});
  const Outcome outcome = sluice({"restart", "a", "--failed", "--wait"});
  EXPECT_EQ(outcome.code, kExitDone) << outcome.err;
  EXPECT_EQ(outcome.out, "a: restart requested\na: RUNNING (tasks: 2 RUNNING)\n");
}

TEST_F(Wait, of_a_connector_alone_leaves_its_tasks_out) {
  states({status("RUNNING", task(0, "FAILED"))});
  EXPECT_EQ(sluice({"restart", "a", "--wait"}).out, "a: restart requested\na: RUNNING\n");
}

TEST_F(Wait, of_a_task_looks_at_that_task) {
  states({status("FAILED", task(0, "FAILED") + "," + task(1, "RESTARTING")),
          status("FAILED", task(0, "FAILED") + "," + task(1, "RESTARTING")),
          status("FAILED", task(0, "FAILED") + "," + task(1, "RUNNING"))});
  EXPECT_EQ(sluice({"restart", "a/1", "--wait"}).out, "a/1: restart requested\na/1: RUNNING\n");
}

TEST_F(Wait, of_a_restart_expects_a_paused_connector_to_stay_paused) {
  states({status("PAUSED", task(0, "PAUSED") + "," + task(1, "PAUSED"))});
  EXPECT_EQ(sluice({"restart", "a", "--failed", "--wait"}).out,
            "a: restart requested\na: PAUSED\n");
}

TEST_F(Wait, ends_in_time_and_says_what_there_was) {
  states({status("RUNNING", task(0, "UNASSIGNED"))});
  const Outcome outcome = sluice({"resume", "a", "--wait", "--timeout", "2500ms"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_EQ(outcome.err, "sluice: a: not RUNNING within 2.5 s: connector RUNNING, task 0 "
                         "UNASSIGNED\n");
  EXPECT_EQ(clock_.time.time_since_epoch(), Duration(2'500));
}

TEST_F(Wait, waits_for_a_status_that_is_not_there_yet) {
  worker_.on("GET /connectors/a/status", {{404, R"({"message":"No status found"})"},
                                          {409, R"({"message":"rebalancing"})"},
                                          {200, status("STOPPED", "")}});
  EXPECT_EQ(sluice({"stop", "a", "--wait"}).code, kExitDone);
  worker_.on("GET /connectors/a/status", 404, R"({"message":"No status found"})");
  EXPECT_EQ(sluice({"stop", "a", "--wait"}).err,
            "sluice: a: not STOPPED within 60 s: No status found (HTTP 404)\n");
}

TEST_F(Wait, ends_at_once_when_the_worker_refuses_to_tell) {
  worker_.on("GET /connectors/a/status", 500, R"({"message":"broken"})");
  const Outcome outcome = sluice({"stop", "a", "--wait"});
  EXPECT_EQ(outcome.code, kExitRefused);
  EXPECT_EQ(outcome.err, "sluice: broken (HTTP 500)\n");
  EXPECT_EQ(clock_.time.time_since_epoch(), Duration(0));
}

} // namespace
} // namespace host::app::cli
