// What a worker tells of its part in its cluster (contract 12.7 and 12.9).
#include <algorithm>
#include <chrono>
#include <limits>

#include "host/herder/metrics_group.h"
#include "host/herder/metrics_report.h"

namespace host::herder {
namespace {

using metrics::Exposition;
using metrics::Labels;

constexpr double kSecondsInHour = 3600;

std::string upper(std::string_view name) {
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

} // namespace

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

void MetricsReport::add_member(Exposition &out, const MemberCounts &counts) {
  const cluster::MembershipFigures &figures = counts.group;
  const TimePoint now = clock_.now();
  member_.heartbeats.sample(now, figures.heartbeats);
  member_.joins.sample(now, figures.joins);
  member_.syncs.sample(now, figures.syncs);
  member_.rebalances.sample(now, figures.rebalances);
  member_.failures.sample(now, figures.failed_rebalances);
  const auto seconds = [](const std::optional<Duration> &since) {
    return since ? static_cast<double>(std::chrono::floor<std::chrono::seconds>(*since).count())
                 : -1;
  };
  const Labels labels{{"client_id", figures.client_id}};
  Group(out, "connect_coordinator_metrics", labels)
      .value("assigned_connectors", "Connectors that the group has assigned to this worker.",
             static_cast<double>(counts.connectors))
      .value("assigned_tasks", "Tasks that the group has assigned to this worker.",
             static_cast<double>(counts.tasks))
      .total("heartbeat_total", "Heartbeats that were answered.", figures.heartbeats.count)
      .value("heartbeat_rate", "Of them a second, of late.", member_.heartbeats.count.rate())
      .value("heartbeat_response_time_max", "The longest wait for an answer, in ms, of late.",
             largest(figures.heartbeats, kMicrosInMilli))
      .value("last_heartbeat_seconds_ago", "Since the last was sent; -1: none was.",
             seconds(figures.since_heartbeat))
      .total("join_total", "Joins of the group that succeeded.", figures.joins.count)
      .value("join_rate", "Of them a second, of late.", member_.joins.count.rate())
      .value("join_time_avg", "Time of a join, in ms, of late.",
             member_.joins.time.average() / kMicrosInMilli)
      .value("join_time_max", "Time of the longest join, in ms, of late.",
             largest(figures.joins, kMicrosInMilli))
      .total("sync_total", "Assignments that were taken.", figures.syncs.count)
      .value("sync_rate", "Of them a second, of late.", member_.syncs.count.rate())
      .value("sync_time_avg", "Time until an assignment is there, in ms, of late.",
             member_.syncs.time.average() / kMicrosInMilli)
      .value("sync_time_max", "The longest of them, in ms, of late.",
             largest(figures.syncs, kMicrosInMilli))
      .total("rebalance_total", "Rebalances in which this worker found a place.",
             figures.rebalances.count)
      .value("rebalance_rate_per_hour", "Of them an hour, of late.",
             member_.rebalances.count.rate() * kSecondsInHour)
      .total("rebalance_latency_total", "Time that all of them took, in ms.",
             figures.rebalances.sum / static_cast<std::uint64_t>(kMicrosInMilli))
      .value("rebalance_latency_avg", "Time from the first try to join to a place, in ms, of late.",
             member_.rebalances.time.average() / kMicrosInMilli)
      .value("rebalance_latency_max", "The longest of them, in ms, of late.",
             largest(figures.rebalances, kMicrosInMilli))
      .total("failed_rebalance_total", "Tries to join or to take an assignment that failed.",
             figures.failed_rebalances)
      .value("failed_rebalance_rate_per_hour", "Of them an hour, of late.",
             member_.failures.rate() * kSecondsInHour)
      .value("last_rebalance_seconds_ago", "Since the last was over; -1: there was none.",
             seconds(figures.since_rebalance));
  add_traffic(out, figures);
}

void MetricsReport::add_traffic(Exposition &out, const cluster::MembershipFigures &figures) {
  const cluster::MembershipFigures::Traffic &traffic = figures.traffic;
  const TimePoint now = clock_.now();
  member_.opened.sample(now, traffic.opened);
  member_.closed.sample(now, traffic.closed);
  member_.requests.sample(now, traffic.requests);
  member_.responses.sample(now, traffic.responses);
  member_.exchanges.sample(now, traffic.requests + traffic.responses);
  member_.bytes_out.sample(now, traffic.bytes_out, traffic.requests);
  member_.bytes_in.sample(now, traffic.bytes_in);
  const Labels labels{{"client_id", figures.client_id}};
  Group(out, "connect_metrics", labels)
      .value("connection_count", "Connections of the group's client to brokers.",
             static_cast<double>(traffic.opened - traffic.closed))
      .total("connection_creation_total", "Connections that it opened.", traffic.opened)
      .value("connection_creation_rate", "Of them a second, of late.", member_.opened.rate())
      .total("connection_close_total", "Connections of it that ended.", traffic.closed)
      .value("connection_close_rate", "Of them a second, of late.", member_.closed.rate())
      .total("request_total", "Requests that it sent.", traffic.requests)
      .value("request_rate", "Of them a second, of late.", member_.requests.rate())
      .value("request_size_avg", "Bytes of a request, of late.", member_.bytes_out.average())
      .total("response_total", "Answers that it got.", traffic.responses)
      .value("response_rate", "Of them a second, of late.", member_.responses.rate())
      .total("network_io_total", "Requests and answers.", traffic.requests + traffic.responses)
      .value("network_io_rate", "Of them a second, of late.", member_.exchanges.rate())
      .total("outgoing_byte_total", "Bytes of requests.", traffic.bytes_out)
      .value("outgoing_byte_rate", "Of them a second, of late.", member_.bytes_out.rate())
      .total("incoming_byte_total", "Bytes of answers.", traffic.bytes_in)
      .value("incoming_byte_rate", "Of them a second, of late.", member_.bytes_in.rate());
}

} // namespace host::herder
