#include "tests/unit/cli/fake_worker.h"

namespace host::app::cli {
namespace {

std::string metrics(const std::string &connector, int in, int out, int errors) {
  const std::string labels = "{connector=\"" + connector + "\",task=\"0\"} ";
  return "sluice_task_records_in_total" + labels + std::to_string(in) +
         "\nsluice_task_records_out_total" + labels + std::to_string(out) +
         "\nkafka_connect_task_error_metrics_total_record_errors" + labels +
         std::to_string(errors) + "\n";
}

class Top : public CliTest {
protected:
  static std::string task(const std::string &worker) {
    return R"({"status":{"connector":{"state":"RUNNING"},"tasks":[{"id":0,"state":"RUNNING",)"
           R"("worker_id":")" +
           worker + R"("}]}})";
  }
};

TEST_F(Top, counts_between_two_looks) {
  worker_.on("GET /connectors?expand=status", R"({"a":)" + task("known.elsewhere:1") + "}");
  worker_.on("GET /metrics", {{200, metrics("a", 100, 50, 0)}, {200, metrics("a", 1100, 55, 3)}});
  const Outcome outcome = sluice({"top"});
  EXPECT_EQ(outcome.code, kExitDone) << outcome.err;
  EXPECT_EQ(outcome.out, "CONNECTOR  TASK  STATE    IN/S  OUT/S  ERRORS  SKIPPED  WORKER\n"
                         "a          0     RUNNING  500   2.5    3       0        "
                         "known.elsewhere:1\n");
  EXPECT_EQ(clock_.time.time_since_epoch(), Duration(2'000));
}

TEST_F(Top, asks_each_worker_and_names_who_is_away) {
  const std::string here = worker_.url().substr(7);
  worker_.on("GET /connectors?expand=status",
             R"({"a":)" + task(here) + R"(,"b":)" + task("127.0.0.1:1") + "}");
  worker_.on("GET /metrics", {{200, metrics("a", 0, 0, 0) + metrics("b", 0, 0, 0)},
                              {200, metrics("a", 10, 10, 0) + metrics("b", 9, 9, 0)}});
  const Outcome outcome = sluice({"top", "-n", "1", "--interval", "1s"});
  EXPECT_EQ(outcome.code, kExitDone);
  EXPECT_NE(outcome.out.find("a          0     RUNNING  10    10"), std::string::npos)
      << outcome.out;
  EXPECT_NE(outcome.out.find("b          0     RUNNING  -     -"), std::string::npos)
      << outcome.out;
  EXPECT_TRUE(outcome.err.starts_with("no figures of 127.0.0.1:1: cannot reach")) << outcome.err;
  EXPECT_EQ(worker_.authorization(), "Basic YTpi");
}

TEST_F(Top, may_be_of_one_and_for_programs) {
  worker_.on("GET /connectors/a/status",
             R"({"connector":{"state":"RUNNING"},"tasks":[{"id":0,"state":"FAILED",)"
             R"("worker_id":"w:1"}]})");
  worker_.on("GET /metrics", "");
  EXPECT_EQ(sluice({"top", "a", "-n", "1", "-o", "yaml"}).out, "- connector: a\n"
                                                               "  task: 0\n"
                                                               "  state: FAILED\n"
                                                               "  worker_id: w:1\n"
                                                               "  records_in_per_second: null\n"
                                                               "  records_out_per_second: null\n"
                                                               "  record_errors: null\n"
                                                               "  records_skipped: null\n");
  EXPECT_EQ(sluice({"top", "nobody"}).code, kExitRefused);
}

} // namespace
} // namespace host::app::cli
