#include "host/herder/metrics_report.h"

#include <algorithm>
#include <array>
#include <utility>

#include "host/metrics/process_figures.h"

namespace host::herder {
namespace {

using metrics::Exposition;
using metrics::Labels;

std::string lower(std::string_view name) {
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

std::string_view type_of(const ConnectorView &connector) {
  if (!connector.kind)
    return "unknown";
  return *connector.kind == plugin::Kind::Sink ? "sink" : "source";
}

// One group of task figures, with its labels.
class Group {
public:
  Group(Exposition &out, std::string_view group, const Labels &labels)
      : out_(out), prefix_("kafka_connect_" + std::string(group) + "_"), labels_(labels) {}

  Group &total(std::string_view name, std::string_view help, std::uint64_t value) {
    out_.counter(prefix_ + std::string(name), help, labels_, static_cast<double>(value));
    return *this;
  }
  Group &value(std::string_view name, std::string_view help, double value) {
    out_.gauge(prefix_ + std::string(name), help, labels_, value);
    return *this;
  }

private:
  Exposition &out_;
  const std::string prefix_;
  const Labels &labels_;
};

void add_errors(Exposition &out, const Labels &labels, const link::SlotReading &slot) {
  Group(out, "task_error_metrics", labels)
      .total("total_record_failures", "Tries of a record that failed.", slot.record_failures)
      .total("total_record_errors", "Records that failed for good.", slot.record_errors)
      .total("total_records_skipped", "Records that failed and were tolerated.",
             slot.records_skipped + slot.records_dead_lettered)
      .total("total_retries", "Tries of a record after the first.", slot.record_retries)
      .total("total_errors_logged", "Errors that were logged.", slot.errors_logged)
      .total("deadletterqueue_produce_requests", "Records sent to the dead letter queue.",
             slot.dead_letter_requests)
      .total("deadletterqueue_produce_failures", "Records that the dead letter queue did not take.",
             slot.dead_letter_failures)
      .value("last_error_timestamp", "When the last error happened, in ms since 1970; 0: never.",
             static_cast<double>(slot.last_error_ms));
}

void add_own(Exposition &out, const Labels &labels, const link::SlotReading &slot) {
  const auto count = [&](std::string_view name, std::string_view help, std::uint64_t value) {
    out.counter("sluice_task_" + std::string(name), help, labels, static_cast<double>(value));
  };
  count("records_in_total", "Records polled or consumed.", slot.records_in);
  count("records_out_total", "Records acknowledged by Kafka, or put.", slot.records_out);
  count("records_filtered_total", "Records that a transform dropped.", slot.records_filtered);
  count("records_dead_lettered_total", "Records stored in the dead letter queue.",
        slot.records_dead_lettered);
  count("records_skipped_total", "Records that failed, were tolerated, and are nowhere.",
        slot.records_skipped);
  count("records_returned_total", "Records that were not processed and will be read again.",
        slot.records_returned);
  count("bytes_in_total", "Bytes of the records that came in.", slot.bytes_in);
  count("bytes_out_total", "Bytes of the records that went out.", slot.bytes_out);
  count("loop_ticks_total", "Rounds of the task's loop.", slot.ticks);
  out.gauge("sluice_task_in_flight_bytes", "Bytes of records on their way.", labels,
            static_cast<double>(slot.in_flight_bytes));
  out.gauge("sluice_task_callback_seconds", "How long the present call into the plugin takes.",
            labels, static_cast<double>(slot.callback_age_ms) / 1000);
}

} // namespace

void MetricsReport::add_connector(Exposition &out, const ConnectorView &connector) const {
  const auto text = [&](std::string_view attribute, std::string_view help, std::string_view value) {
    std::string label(attribute);
    out.gauge("kafka_connect_connector_metrics_" + label, help,
              {{"connector", connector.name}, {label, value}}, 1);
  };
  text("connector_class", "The connector's class.", connector.config.get("connector.class"));
  text("connector_type", "source or sink.", type_of(connector));
  if (!connector.status)
    return;
  text("status", "State of the connector object.", lower(name_of(connector.status->state)));
  text("connector_version", "Version of the plugin.", connector.status->version.value_or(""));
  std::array<std::size_t, 16> states{};
  for (const auto &[number, task] : connector.tasks) {
    ++states[static_cast<std::size_t>(task.state) % states.size()];
    const std::string id = std::to_string(number);
    const std::string state = lower(name_of(task.state));
    out.gauge("kafka_connect_connector_task_metrics_status", "State of a task.",
              {{"connector", connector.name}, {"task", id}, {"status", state}}, 1);
  }
  const Labels labels{{"connector", connector.name}};
  Group group(out, "connect_worker_metrics", labels);
  group.value("connector_total_task_count", "Tasks of the connector on this worker.",
              static_cast<double>(connector.tasks.size()));
  for (const auto &[name, state] : {std::pair("running", State::Running),
                                    {"paused", State::Paused},
                                    {"failed", State::Failed},
                                    {"unassigned", State::Unassigned},
                                    {"restarting", State::Restarting}})
    group.value("connector_" + std::string(name) + "_task_count", "Its tasks in that state.",
                static_cast<double>(states[static_cast<std::size_t>(state) % states.size()]));
}

void MetricsReport::add_worker(Exposition &out, const Snapshot &snapshot) const {
  double tasks = 0;
  for (const auto &connector : snapshot.connectors) {
    tasks += static_cast<double>(connector->tasks.size());
    add_connector(out, *connector);
  }
  Group(out, "connect_worker_metrics", {})
      .value("connector_count", "Connectors on this worker.",
             static_cast<double>(snapshot.connectors.size()))
      .value("task_count", "Tasks on this worker.", tasks);
  out.gauge("sluice_build_info", "What this program is.",
            {{"version", version_}, {"kafka_connect_version", connect_version_}}, 1);
}

void MetricsReport::add_task(Exposition &out, const supervisor::TaskCounts &counts,
                             std::optional<plugin::Kind> kind) {
  const link::SlotReading &slot = counts.slot;
  const TimePoint now = clock_.now();
  Windows &windows = windows_[counts.task];
  windows.seen = true;
  windows.in.sample(now, slot.records_in, slot.batches);
  windows.out.sample(now, slot.records_out);
  windows.commit.sample(now, slot.commits, slot.commits + slot.commit_failures);
  windows.done.sample(now, slot.commits);
  const std::string number = std::to_string(counts.task.number);
  const Labels labels{{"connector", counts.task.connector}, {"task", number}};
  Group(out, "connector_task_metrics", labels)
      .value("batch_size_avg", "Records of a batch, of late.", windows.in.average())
      .value("offset_commit_success_percentage", "Share of commits that succeeded, of late.",
             windows.commit.average())
      .value("offset_commit_failure_percentage", "Share of commits that failed, of late.",
             1 - windows.commit.average());
  if (kind == plugin::Kind::Sink)
    Group(out, "sink_task_metrics", labels)
        .total("sink_record_read_total", "Records consumed.", slot.records_in)
        .value("sink_record_read_rate", "Records consumed a second, of late.", windows.in.rate())
        .total("sink_record_send_total", "Records put.", slot.records_out)
        .value("sink_record_send_rate", "Records put a second, of late.", windows.out.rate())
        .value("sink_record_active_count", "Records read and not yet done.",
               static_cast<double>(slot.in_flight_records))
        .total("offset_commit_completion_total", "Commits that were completed.", slot.commits)
        .value("offset_commit_completion_rate", "Commits completed a second, of late.",
               windows.done.rate());
  if (kind == plugin::Kind::Source)
    Group(out, "source_task_metrics", labels)
        .total("source_record_poll_total", "Records polled.", slot.records_in)
        .value("source_record_poll_rate", "Records polled a second, of late.", windows.in.rate())
        .total("source_record_write_total", "Records written to Kafka.", slot.records_out)
        .value("source_record_write_rate", "Records written a second, of late.", windows.out.rate())
        .value("source_record_active_count", "Records polled and not yet written.",
               static_cast<double>(slot.in_flight_records));
  add_errors(out, labels, slot);
  add_own(out, labels, slot);
}

std::string MetricsReport::text(const Snapshot &snapshot,
                                const std::vector<supervisor::RunnerCounts> &runners) {
  Exposition out;
  for (auto &[task, windows] : windows_)
    windows.seen = false;
  add_worker(out, snapshot);
  for (const supervisor::RunnerCounts &runner : runners) {
    const auto connector = snapshot.find(runner.connector);
    const auto resident =
        runner.pid > 0 ? metrics::resident_bytes(runner.pid) : std::optional<std::uint64_t>();
    if (resident)
      out.gauge("sluice_runner_resident_memory_bytes", "Resident memory of a connector's process.",
                {{"connector", runner.connector}, {"pid", std::to_string(runner.pid)}},
                static_cast<double>(*resident));
    for (const supervisor::TaskCounts &task : runner.tasks)
      add_task(out, task, connector == nullptr ? std::nullopt : connector->kind);
  }
  std::erase_if(windows_, [](const auto &entry) { return !entry.second.seen; });
  metrics::add_process_figures(out);
  return out.text();
}

} // namespace host::herder
