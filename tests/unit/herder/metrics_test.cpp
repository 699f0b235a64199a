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
        "kafka_connect_task_error_metrics_total_record_errors{connector=\"c\",task=\"0\"} 1",
        "sluice_build_info{version=\"0.1.0\",kafka_connect_version=\"4.3.0\"} 1"})
    EXPECT_EQ(line(text, expected.substr(0, expected.find_last_of(' '))), expected);
  EXPECT_EQ(text.find("sink_task_metrics"), std::string::npos);
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
