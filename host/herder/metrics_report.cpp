#include "host/herder/metrics_report.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "host/herder/metrics_group.h"
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

} // namespace

MetricsReport::MetricsReport(const Clock &clock, Program program)
    : clock_(clock), program_(std::move(program)), began_wall_ms_(clock.wall_ms()) {
  const TimePoint now = clock.now();
  for (StartWindows *starts : {&connector_starts_, &task_starts_}) {
    starts->successes.sample(now, 0);
    starts->failures.sample(now, 0);
  }
  for (Pace *pace : {&member_.heartbeats, &member_.joins, &member_.syncs, &member_.rebalances})
    pace->sample(now, {});
  for (metrics::Window *window : {&rebalances_, &member_.failures, &ticks_, &member_.opened,
                                  &member_.closed, &member_.requests, &member_.responses,
                                  &member_.exchanges, &member_.bytes_out, &member_.bytes_in})
    window->sample(now, 0);
}

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
  // Who is destroyed has no status any more, at Apache's neither; but dashboards sum all of these.
  group.value("connector_destroyed_task_count", "Always 0: such a task is not there any more.", 0);
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

void MetricsReport::add_ticks(Exposition &out, const metrics::MeasureReading &times_us) {
  ticks_.sample(clock_.now(), times_us.sum, times_us.count);
  out.counter("sluice_herder_ticks_total", "Pieces of work of the thread that controls connectors.",
              {}, static_cast<double>(times_us.count));
  out.counter("sluice_herder_tick_time_ms_total", "How long they kept it, all together.", {},
              static_cast<double>(times_us.sum) / kMicrosInMilli);
  out.gauge("sluice_herder_tick_time_avg_ms", "How long one of them kept it, of late.", {},
            ticks_.average() / kMicrosInMilli);
  out.gauge("sluice_herder_tick_time_max_ms", "The longest of them, of late.", {},
            largest(times_us, kMicrosInMilli));
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
  if (figures.member)
    add_member(out, *figures.member);
  add_ticks(out, figures.tick_us);
  for (const auto &[store, count] : figures.skipped_records)
    out.counter("sluice_store_skipped_records_total", "Records of a topic that said nothing.",
                {{"store", store}}, static_cast<double>(count));
  add_program(out, figures.worker_id);
}

// Connect's app-info (contract 12.1), and what it has no word for.
void MetricsReport::add_program(Exposition &out, const std::string &worker_id) const {
  const metrics::Label id{"client_id", worker_id};
  out.gauge("kafka_connect_app_info_version", "Version of Kafka Connect that this worker is like.",
            {id, {"version", program_.connect_version}}, 1);
  out.gauge("kafka_connect_app_info_commit_id", "What the worker was built from.",
            {id, {"commit_id", program_.commit}}, 1);
  out.gauge("kafka_connect_app_info_start_time_ms", "When the worker began, in ms since 1970.",
            {id}, static_cast<double>(began_wall_ms_));
  out.gauge("sluice_build_info", "What this program is.",
            {{"version", program_.version}, {"kafka_connect_version", program_.connect_version}},
            1);
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
  if (kind)
    add_moving(out, labels, slot, windows, *kind);
  if (kind == plugin::Kind::Sink)
    add_sink(out, labels, slot, windows);
  add_errors(out, labels, slot);
  add_own(out, labels, slot);
}

// What sinks and sources tell alike, each in its own words.
void MetricsReport::add_moving(Exposition &out, const Labels &labels, const link::SlotReading &slot,
                               const Windows &windows, plugin::Kind kind) {
  const bool sink = kind == plugin::Kind::Sink;
  const std::string record = sink ? "sink_record_" : "source_record_";
  const std::string batch = sink ? "put_batch_" : "poll_batch_";
  const std::string in = record + (sink ? "read" : "poll");
  const std::string gone = record + (sink ? "send" : "write");
  Group(out, sink ? "sink_task_metrics" : "source_task_metrics", labels)
      .total(in + "_total", sink ? "Records consumed." : "Records polled.", slot.records_in)
      .value(in + "_rate", "Of them a second, of late.", windows.in.rate())
      .total(gone + "_total", sink ? "Records put." : "Records written to Kafka.", slot.records_out)
      .value(gone + "_rate", "Of them a second, of late.", windows.out.rate())
      .value(record + "active_count",
             sink ? "Records read and not yet done." : "Records polled and not yet written.",
             static_cast<double>(slot.in_flight_records))
      .value(record + "active_count_avg", "The same, on average of late.", windows.active.average())
      .value(record + "active_count_max", "The same, at most of late.",
             largest(slot.active_records, 1))
      .value(batch + "avg_time_ms",
             sink ? "Time of a put, of late." : "Time of a poll that gave records, of late.",
             windows.transfer.average() / kMicrosInMilli)
      .value(batch + "max_time_ms", "Time of the longest of them.",
             largest(slot.transfer_us, kMicrosInMilli));
}

void MetricsReport::add_sink(Exposition &out, const Labels &labels, const link::SlotReading &slot,
                             const Windows &windows) {
  Group(out, "sink_task_metrics", labels)
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
