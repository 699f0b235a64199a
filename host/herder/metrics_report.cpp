#include "host/herder/metrics_report.h"

#include <algorithm>
#include <array>
#include <limits>
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

std::string upper(std::string_view name) {
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
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

void add_object(Exposition &out, const ConnectorView &connector) {
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
}

constexpr double kMicrosInMilli = 1000;

// NaN if there was nothing, as Kafka shows an empty maximum.
double largest(const metrics::MeasureReading &reading, double unit) {
  return reading.largest ? static_cast<double>(*reading.largest) / unit
                         : std::numeric_limits<double>::quiet_NaN();
}

} // namespace

void MetricsReport::add_connector(Exposition &out, const ConnectorView &connector,
                                  const WorkerFigures &figures, Here &here) {
  const auto runs_here = [&](const PartStatus &status) {
    return !figures.rebalances ||
           (status.worker_id == figures.worker_id && status.state != State::Unassigned);
  };
  if (connector.status ? runs_here(*connector.status) : !figures.rebalances) {
    ++here.connectors;
    add_object(out, connector);
  }
  std::array<std::size_t, 16> states{};
  std::size_t tasks = 0;
  for (const auto &[number, task] : connector.tasks) {
    if (!runs_here(task))
      continue;
    ++tasks;
    ++states[static_cast<std::size_t>(task.state) % states.size()];
    const std::string id = std::to_string(number);
    const std::string state = lower(name_of(task.state));
    out.gauge("kafka_connect_connector_task_metrics_status", "State of a task.",
              {{"connector", connector.name}, {"task", id}, {"status", state}}, 1);
  }
  here.tasks += tasks;
  if (tasks == 0 && figures.rebalances)
    return;
  const Labels labels{{"connector", connector.name}};
  Group group(out, "connect_worker_metrics", labels);
  group.value("connector_total_task_count", "Tasks of the connector on this worker.",
              static_cast<double>(tasks));
  for (const auto &[name, state] : {std::pair("running", State::Running),
                                    {"paused", State::Paused},
                                    {"failed", State::Failed},
                                    {"unassigned", State::Unassigned},
                                    {"restarting", State::Restarting}})
    group.value("connector_" + std::string(name) + "_task_count", "Its tasks in that state.",
                static_cast<double>(states[static_cast<std::size_t>(state) % states.size()]));
}

void MetricsReport::add_starts(Exposition &out, const std::string &what, const StartCounts &counts,
                               StartWindows &windows) const {
  const TimePoint now = clock_.now();
  const std::uint64_t ended = counts.successes + counts.failures;
  windows.successes.sample(now, counts.successes, ended);
  windows.failures.sample(now, counts.failures, ended);
  Group(out, "connect_worker_metrics", {})
      .total(what + "_startup_attempts_total", "Starts that were tried.", counts.attempts)
      .total(what + "_startup_success_total", "Starts that succeeded.", counts.successes)
      .total(what + "_startup_failure_total", "Starts that failed.", counts.failures)
      .value(what + "_startup_success_percentage", "Share of starts that succeeded, of late.",
             windows.successes.average())
      .value(what + "_startup_failure_percentage", "Share of starts that failed, of late.",
             windows.failures.average());
}

void MetricsReport::add_rebalances(Exposition &out, const RebalanceCounts &counts) {
  rebalances_.sample(clock_.now(), counts.time_ms.sum, counts.time_ms.count);
  const auto text = [&](const char *attribute, const char *help, const std::string &value) {
    if (!value.empty())
      out.gauge("kafka_connect_connect_worker_rebalance_metrics_" + std::string(attribute), help,
                {{attribute, value}}, 1);
  };
  text("connect_protocol", "How the group shares out work.", upper(counts.protocol));
  text("leader_name", "URL of the leader.", counts.leader_url);
  Group(out, "connect_worker_rebalance_metrics", {})
      .value("epoch", "Generation of the group.", counts.epoch)
      .total("completed_rebalances_total", "Rebalances that this worker has completed.",
             counts.time_ms.count)
      .value("rebalancing", "1 while a rebalance is under way.", counts.rebalancing ? 1 : 0)
      .value("rebalance_avg_time_ms", "Time from an assignment to its start, of late.",
             rebalances_.average())
      .value("rebalance_max_time_ms", "The longest of them.", largest(counts.time_ms, 1))
      .value("time_since_last_rebalance_ms", "Since this worker has completed one.",
             counts.since_last ? static_cast<double>(counts.since_last->count())
                               : std::numeric_limits<double>::infinity());
}

void MetricsReport::add_worker(Exposition &out, const Snapshot &snapshot,
                               const WorkerFigures &figures) {
  Here here;
  for (const auto &connector : snapshot.connectors)
    add_connector(out, *connector, figures, here);
  Group(out, "connect_worker_metrics", {})
      .value("connector_count", "Connectors on this worker.", static_cast<double>(here.connectors))
      .value("task_count", "Tasks on this worker.", static_cast<double>(here.tasks));
  add_starts(out, "connector", figures.connectors, connector_starts_);
  add_starts(out, "task", figures.tasks, task_starts_);
  if (figures.rebalances)
    add_rebalances(out, *figures.rebalances);
  for (const auto &[store, count] : figures.skipped_records)
    out.counter("sluice_store_skipped_records_total", "Records of a topic that said nothing.",
                {{"store", store}}, static_cast<double>(count));
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
  windows.skipped.sample(now, slot.commits_skipped);
  windows.active.sample(now, slot.active_records.sum, slot.active_records.count);
  windows.transfer.sample(now, slot.transfer_us.sum, slot.transfer_us.count);
  windows.commit_time.sample(now, slot.commit_us.sum, slot.commit_us.count);
  const std::string number = std::to_string(counts.task.number);
  const Labels labels{{"connector", counts.task.connector}, {"task", number}};
  const double paused =
      slot.age_ms > 0 ? static_cast<double>(slot.paused_ms) / static_cast<double>(slot.age_ms) : 0;
  Group(out, "connector_task_metrics", labels)
      .value("running_ratio", "Share of its time that the task was not paused.", 1 - paused)
      .value("pause_ratio", "Share of its time that the task was paused.", paused)
      .value("batch_size_avg", "Records of a batch, of late.", windows.in.average())
      .value("batch_size_max", "Records of the largest batch, of late.",
             largest(slot.batch_records, 1))
      .value("offset_commit_avg_time_ms", "Time of a commit, of late.",
             windows.commit_time.average() / kMicrosInMilli)
      .value("offset_commit_max_time_ms", "Time of the longest commit, of late.",
             largest(slot.commit_us, kMicrosInMilli))
      .value("offset_commit_success_percentage", "Share of commits that succeeded, of late.",
             windows.commit.average())
      .value("offset_commit_failure_percentage", "Share of commits that failed, of late.",
             1 - windows.commit.average());
  if (kind == plugin::Kind::Sink)
    add_sink(out, labels, slot, windows);
  if (kind == plugin::Kind::Source)
    add_source(out, labels, slot, windows);
  add_errors(out, labels, slot);
  add_own(out, labels, slot);
}

void MetricsReport::add_sink(Exposition &out, const Labels &labels, const link::SlotReading &slot,
                             const Windows &windows) {
  Group(out, "sink_task_metrics", labels)
      .total("sink_record_read_total", "Records consumed.", slot.records_in)
      .value("sink_record_read_rate", "Records consumed a second, of late.", windows.in.rate())
      .total("sink_record_send_total", "Records put.", slot.records_out)
      .value("sink_record_send_rate", "Records put a second, of late.", windows.out.rate())
      .value("sink_record_active_count", "Records read and not yet done.",
             static_cast<double>(slot.in_flight_records))
      .value("sink_record_active_count_avg", "The same, on average of late.",
             windows.active.average())
      .value("sink_record_active_count_max", "The same, at most of late.",
             largest(slot.active_records, 1))
      .value("put_batch_avg_time_ms", "Time of a put, of late.",
             windows.transfer.average() / kMicrosInMilli)
      .value("put_batch_max_time_ms", "Time of the longest put, of late.",
             largest(slot.transfer_us, kMicrosInMilli))
      .value("partition_count", "Partitions of the task.", static_cast<double>(slot.partitions))
      .value("offset_commit_seq_no", "Number of the last commit.",
             static_cast<double>(slot.commit_number))
      .total("offset_commit_skip_total", "Commits that were answered too late.",
             slot.commits_skipped)
      .value("offset_commit_skip_rate", "Of them a second, of late.", windows.skipped.rate())
      .total("offset_commit_completion_total", "Commits that were completed.", slot.commits)
      .value("offset_commit_completion_rate", "Commits completed a second, of late.",
             windows.done.rate());
}

void MetricsReport::add_source(Exposition &out, const Labels &labels, const link::SlotReading &slot,
                               const Windows &windows) {
  Group(out, "source_task_metrics", labels)
      .total("source_record_poll_total", "Records polled.", slot.records_in)
      .value("source_record_poll_rate", "Records polled a second, of late.", windows.in.rate())
      .total("source_record_write_total", "Records written to Kafka.", slot.records_out)
      .value("source_record_write_rate", "Records written a second, of late.", windows.out.rate())
      .value("poll_batch_avg_time_ms", "Time of a poll that gave records, of late.",
             windows.transfer.average() / kMicrosInMilli)
      .value("poll_batch_max_time_ms", "Time of the longest of them.",
             largest(slot.transfer_us, kMicrosInMilli))
      .value("source_record_active_count", "Records polled and not yet written.",
             static_cast<double>(slot.in_flight_records))
      .value("source_record_active_count_avg", "The same, on average of late.",
             windows.active.average())
      .value("source_record_active_count_max", "The same, at most of late.",
             largest(slot.active_records, 1));
}

std::string MetricsReport::text(const Snapshot &snapshot,
                                const std::vector<supervisor::RunnerCounts> &runners,
                                const WorkerFigures &figures) {
  Exposition out;
  for (auto &[task, windows] : windows_)
    windows.seen = false;
  add_worker(out, snapshot, figures);
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
