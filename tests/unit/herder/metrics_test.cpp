#include "host/herder/metrics_report.h"

#include <regex>

#include "tests/unit/herder/herder_fixture.h"

// Figures under the names that Prometheus' JMX exporter gives Kafka Connect's.
namespace tests {
namespace {

using namespace host;

class MetricsTest : public HerderTest {
protected:
  std::vector<supervisor::RunnerCounts> counts(std::uint64_t records) {
    link::SlotReading slot;
    slot.records_in = records;
    slot.records_out = records / 2;
    slot.batches = records / 10;
    slot.commits = 3;
    slot.record_errors = 1;
    slot.batch_records = {records / 10, records, 17};
    slot.transfer_us = {records / 10, records * 100, 7'500};
    slot.commit_us = {3, 6'000, 4'000};
    slot.age_ms = 10'000;
    slot.paused_ms = 2'500;
    return {{"c", 0, {{{"c", 0}, slot}}}};
  }
  std::string line(const std::string &text, const std::string &name) {
    const std::size_t at = text.find("\n" + name);
    return at == std::string::npos ? "" : text.substr(at + 1, text.find('\n', at + 1) - at - 1);
  }
  herder::MetricsReport report{clock, {"0.1.0", "4.3.0", "c0ffee"}};
};

TEST_F(MetricsTest, ConnectorsAndTasksAreNamedAsByTheExporter) {
  create("c", source());
  report.text(*herder->snapshot(), counts(100));
  clock.advance(std::chrono::seconds(10));
  const std::string text = report.text(*herder->snapshot(), counts(300));
  for (const std::string expected :
       {"kafka_connect_connect_worker_metrics_connector_count 1",
        "kafka_connect_connect_worker_metrics_task_count 1",
        "kafka_connect_connect_worker_metrics_connector_running_task_count{connector=\"c\"} 1",
        "kafka_connect_connector_metrics_status{connector=\"c\",status=\"running\"} 1",
        "kafka_connect_connector_metrics_connector_type{connector=\"c\",connector_type=\"source\"} "
        "1",
        "kafka_connect_connector_task_metrics_status{connector=\"c\",task=\"0\",status="
        "\"running\"} 1",
        "kafka_connect_connector_task_metrics_batch_size_avg{connector=\"c\",task=\"0\"} 10",
        "kafka_connect_source_task_metrics_source_record_poll_total{connector=\"c\",task=\"0\"} "
        "300",
        "kafka_connect_source_task_metrics_source_record_poll_rate{connector=\"c\",task=\"0\"} 20",
        "kafka_connect_source_task_metrics_source_record_write_rate{connector=\"c\",task=\"0\"} "
        "10",
        "kafka_connect_connector_task_metrics_batch_size_max{connector=\"c\",task=\"0\"} 17",
        "kafka_connect_connector_task_metrics_running_ratio{connector=\"c\",task=\"0\"} 0.75",
        "kafka_connect_connector_task_metrics_pause_ratio{connector=\"c\",task=\"0\"} 0.25",
        "kafka_connect_connector_task_metrics_offset_commit_max_time_ms{connector=\"c\",task="
        "\"0\"} 4",
        "kafka_connect_source_task_metrics_poll_batch_avg_time_ms{connector=\"c\",task=\"0\"} 1",
        "kafka_connect_source_task_metrics_poll_batch_max_time_ms{connector=\"c\",task=\"0\"} 7.5",
        "kafka_connect_task_error_metrics_total_record_errors{connector=\"c\",task=\"0\"} 1",
        "kafka_connect_connect_worker_metrics_connector_destroyed_task_count{connector=\"c\"} 0",
        "kafka_connect_source_task_metrics_source_record_active_count{connector=\"c\",task=\"0\"} "
        "0",
        "kafka_connect_app_info_version{client_id=\"\",version=\"4.3.0\"} 1",
        "kafka_connect_app_info_commit_id{client_id=\"\",commit_id=\"c0ffee\"} 1",
        "kafka_connect_app_info_start_time_ms{client_id=\"\"} 1700000000000",
        "sluice_build_info{version=\"0.1.0\",kafka_connect_version=\"4.3.0\"} 1"})
    EXPECT_EQ(line(text, expected.substr(0, expected.find_last_of(' '))), expected);
  EXPECT_EQ(text.find("sink_task_metrics"), std::string::npos);
}

TEST_F(MetricsTest, OfAClusterOnlyWhatRunsHereCounts) {
  create("c", source());
  herder::WorkerFigures figures;
  figures.worker_id = "elsewhere:8083";
  figures.rebalances.emplace();
  figures.rebalances->protocol = "sessioned";
  figures.rebalances->leader_url = "http://h:1/";
  figures.rebalances->epoch = 7;
  figures.rebalances->time_ms = {3, 60, 40};
  figures.rebalances->rebalancing = false;
  figures.skipped_records = {{"config", 2}};
  const std::string text = report.text(*herder->snapshot(), {}, figures);
  const std::string group = "kafka_connect_connect_worker_rebalance_metrics_";
  for (const std::string &expected :
       {std::string("kafka_connect_connect_worker_metrics_connector_count 0"),
        std::string("kafka_connect_connect_worker_metrics_task_count 0"),
        group + "connect_protocol{connect_protocol=\"SESSIONED\"} 1",
        group + "leader_name{leader_name=\"http://h:1/\"} 1", group + "epoch 7",
        group + "completed_rebalances_total 3", group + "rebalancing 0",
        group + "rebalance_max_time_ms 40", group + "time_since_last_rebalance_ms +Inf",
        std::string("sluice_store_skipped_records_total{store=\"config\"} 2")})
    EXPECT_EQ(line(text, expected.substr(0, expected.find_last_of(' '))), expected);
}

TEST_F(MetricsTest, AMemberTellsOfItsGroup) {
  herder::WorkerFigures figures;
  figures.worker_id = "h:1";
  herder::MemberCounts &member = figures.member.emplace();
  member.connectors = 2;
  member.tasks = 5;
  member.group.client_id = "connect-h:1";
  const auto told = [&] { return report.text(*herder->snapshot(), {}, figures); };
  const auto expect = [&](const std::string &text, const std::string &attribute,
                          const std::string &value) {
    const std::string name =
        "kafka_connect_connect_coordinator_metrics_" + attribute + "{client_id=\"connect-h:1\"}";
    EXPECT_EQ(line(text, name), name + " " + value);
  };
  const std::string before = told();
  expect(before, "assigned_connectors", "2");
  expect(before, "assigned_tasks", "5");
  expect(before, "heartbeat_total", "0");
  expect(before, "heartbeat_response_time_max", "NaN");
  expect(before, "join_time_avg", "NaN");
  expect(before, "last_heartbeat_seconds_ago", "-1");
  expect(before, "last_rebalance_seconds_ago", "-1");

  clock.advance(std::chrono::seconds(10));
  member.group.heartbeats = {50, 100'000, 12'500};
  member.group.joins = {4, 20'000, 9'000};
  member.group.syncs = {2, 6'000, 5'000};
  member.group.rebalances = {2, 3'000'000, 2'000'000};
  member.group.failed_rebalances = 1;
  member.group.since_heartbeat = Duration(1'999);
  member.group.since_rebalance = Duration(4'000);
  const std::string after = told();
  expect(after, "heartbeat_total", "50");
  expect(after, "heartbeat_rate", "5");
  expect(after, "heartbeat_response_time_max", "12.5");
  expect(after, "join_total", "4");
  expect(after, "join_rate", "0.4");
  expect(after, "join_time_avg", "5");
  expect(after, "join_time_max", "9");
  expect(after, "sync_total", "2");
  expect(after, "sync_rate", "0.2");
  expect(after, "sync_time_avg", "3");
  expect(after, "sync_time_max", "5");
  expect(after, "rebalance_total", "2");
  expect(after, "rebalance_rate_per_hour", "720");
  expect(after, "rebalance_latency_total", "3000");
  expect(after, "rebalance_latency_avg", "1500");
  expect(after, "rebalance_latency_max", "2000");
  expect(after, "failed_rebalance_total", "1");
  expect(after, "failed_rebalance_rate_per_hour", "360");
  expect(after, "last_heartbeat_seconds_ago", "1");
  expect(after, "last_rebalance_seconds_ago", "4");

  member.group.traffic = {.closed = 1,
                          .opened = 4,
                          .responses = 80,
                          .requests = 100,
                          .bytes_out = 5'000,
                          .bytes_in = 800};
  const std::string traffic = told();
  for (const auto &[attribute, value] : {std::pair("connection_count", "3"),
                                         {"connection_creation_total", "4"},
                                         {"connection_close_rate", "0.1"},
                                         {"request_total", "100"},
                                         {"request_rate", "10"},
                                         {"request_size_avg", "50"},
                                         {"response_total", "80"},
                                         {"network_io_total", "180"},
                                         {"outgoing_byte_rate", "500"},
                                         {"incoming_byte_total", "800"}}) {
    const std::string name =
        std::string("kafka_connect_connect_metrics_") + attribute + "{client_id=\"connect-h:1\"}";
    EXPECT_EQ(line(traffic, name), name + " " + value);
  }
}

TEST_F(MetricsTest, AWorkerOfItsOwnHasNoGroup) {
  const std::string text = report.text(*herder->snapshot(), {}, herder->figures());
  EXPECT_EQ(text.find("coordinator_metrics"), std::string::npos);
  EXPECT_EQ(text.find("rebalance"), std::string::npos);
}

TEST_F(MetricsTest, TheControlThreadTellsItsTicks) {
  herder::WorkerFigures figures;
  figures.tick_us = {10, 5'000, 900};
  (void)report.text(*herder->snapshot(), {}, figures);
  clock.advance(std::chrono::seconds(40));
  (void)report.text(*herder->snapshot(), {}, figures);
  clock.advance(std::chrono::seconds(30)); // the beginning is of no interest any more
  figures.tick_us = {30, 9'000, 2'500};
  const std::string text = report.text(*herder->snapshot(), {}, figures);
  EXPECT_EQ(line(text, "sluice_herder_ticks_total"), "sluice_herder_ticks_total 30");
  EXPECT_EQ(line(text, "sluice_herder_tick_time_ms_total"), "sluice_herder_tick_time_ms_total 9");
  EXPECT_EQ(line(text, "sluice_herder_tick_time_avg_ms"), "sluice_herder_tick_time_avg_ms 0.2");
  EXPECT_EQ(line(text, "sluice_herder_tick_time_max_ms"), "sluice_herder_tick_time_max_ms 2.5");
  create("c", source());
  EXPECT_GT(herder->figures().tick_us.count, 0u);
}

TEST_F(MetricsTest, StartsAreCounted) {
  create("c", source());
  run();
  const std::string text = report.text(*herder->snapshot(), {}, herder->figures());
  for (const std::string expected :
       {"kafka_connect_connect_worker_metrics_connector_startup_attempts_total 1",
        "kafka_connect_connect_worker_metrics_connector_startup_success_total 1",
        "kafka_connect_connect_worker_metrics_task_startup_attempts_total 1",
        "kafka_connect_connect_worker_metrics_task_startup_success_total 1",
        "kafka_connect_connect_worker_metrics_task_startup_success_percentage 1",
        "kafka_connect_connect_worker_metrics_task_startup_failure_percentage 0",
        "kafka_connect_connect_worker_metrics_task_startup_failure_total 0"})
    EXPECT_EQ(line(text, expected.substr(0, expected.find_last_of(' '))), expected);
}

TEST_F(MetricsTest, EveryLineIsOneOfTheFormat) {
  create("odd \"name\"", source());
  const std::string text = report.text(*herder->snapshot(), {});
  const std::regex sample(
      R"RE([a-z_]+(\{[a-z_]+="([^"\\]|\\.)*"(,[a-z_]+="([^"\\]|\\.)*")*\})? (NaN|[-+0-9.e]+))RE");
  std::istringstream lines(text);
  std::size_t samples = 0;
  for (std::string one; std::getline(lines, one);)
    if (!one.starts_with("# ")) {
      EXPECT_TRUE(std::regex_match(one, sample)) << one;
      ++samples;
    }
  EXPECT_GT(samples, 10u);
}

} // namespace
} // namespace tests
