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
  herder::MetricsReport report{clock, "0.1.0", "4.3.0"};
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

TEST_F(MetricsTest, StartsAreCounted) {
  create("c", source());
  run();
  const std::string text = report.text(*herder->snapshot(), {}, herder->figures());
  for (const std::string expected :
       {"kafka_connect_connect_worker_metrics_connector_startup_attempts_total 1",
        "kafka_connect_connect_worker_metrics_connector_startup_success_total 1",
        "kafka_connect_connect_worker_metrics_task_startup_attempts_total 1",
        "kafka_connect_connect_worker_metrics_task_startup_success_total 1",
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
