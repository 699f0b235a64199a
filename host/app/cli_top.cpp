// Records a second and errors of tasks, from the metrics of all workers that run them.
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "host/app/cli_metrics.h"
#include "host/app/cli_run.h"
#include "host/http/url.h"

namespace host::app::cli {
namespace {

using TaskKey = std::pair<std::string, std::int64_t>;

struct Counts {
  double in = 0, out = 0, errors = 0, skipped = 0;
};

struct Seen {
  std::string state;
  std::string worker;
  std::optional<Counts> counts; // none: its worker did not tell
};

// One look at the cluster.
struct Look {
  TimePoint when;
  std::map<TaskKey, Seen> tasks;
  std::vector<std::string> problems;
};

void take_tasks(Look &look, const std::string &connector, const json::Value &status) {
  const json::Value *tasks = status.find("tasks");
  if (tasks == nullptr)
    return;
  for (const json::Value &task : tasks->items())
    look.tasks[{connector, task.integer_of("id").value_or(-1)}] = {
        text_of(&task, "state"), text_of(&task, "worker_id"), std::nullopt};
}

Status take_statuses(Look &look, const Command &command, WorkerApi &worker) {
  if (command.names.empty()) {
    HOST_ASSIGN(const json::Value all, worker.get("/connectors?expand=status"));
    for (const json::Member &connector : all.members())
      if (const json::Value *status = connector.value.find("status"))
        take_tasks(look, connector.key, *status);
    return {};
  }
  for (const std::string &name : command.names) {
    const auto status = worker.get(path_of(name, "status"));
    if (!status)
      return fail(Error(status.error()).context(name));
    take_tasks(look, name, *status);
  }
  return {};
}

double *place_of(Counts &counts, std::string_view metric) {
  if (metric == "sluice_task_records_in_total")
    return &counts.in;
  if (metric == "sluice_task_records_out_total")
    return &counts.out;
  if (metric == "kafka_connect_task_error_metrics_total_record_errors")
    return &counts.errors;
  if (metric == "kafka_connect_task_error_metrics_total_records_skipped")
    return &counts.skipped;
  return nullptr;
}

// What this worker says of tasks that are another's by now is old.
void take_counts(Look &look, const std::string &worker, std::string_view metrics) {
  for (const Sample &sample : parse_metrics(metrics)) {
    Counts ignored;
    if (place_of(ignored, sample.name) == nullptr)
      continue;
    const std::string task(sample.label("task"));
    if (task.empty() || task.size() > 9 || task.find_first_not_of("0123456789") != task.npos)
      continue;
    const auto seen = look.tasks.find({std::string(sample.label("connector")), std::stoll(task)});
    if (seen == look.tasks.end() || seen->second.worker != worker)
      continue;
    if (!seen->second.counts)
      seen->second.counts.emplace();
    *place_of(*seen->second.counts, sample.name) = sample.value;
  }
}

Result<std::string> metrics_of(Session &session, const std::string &worker, bool alone) {
  if (alone) // it may be known by another name here
    return session.worker.get_text("/metrics");
  HOST_ASSIGN(http::Url url,
              http::parse_url((session.worker.tls() ? "https://" : "http://") + worker));
  return session.worker.at(std::move(url)).get_text("/metrics");
}

Result<Look> look_at(const Command &command, Session &session) {
  Look look;
  HOST_TRY(take_statuses(look, command, session.worker));
  std::set<std::string> workers;
  for (const auto &[key, task] : look.tasks)
    workers.insert(task.worker);
  look.when = session.pace.clock.now();
  for (const std::string &worker : workers) {
    const auto metrics = metrics_of(session, worker, workers.size() == 1);
    if (metrics)
      take_counts(look, worker, *metrics);
    else
      look.problems.push_back(
          fmt::format("no figures of {}: {}", worker, metrics.error().message()));
  }
  return look;
}

// What lies between two looks. A task that was started anew counts from zero.
struct Row {
  std::string connector;
  std::int64_t task = 0;
  const Seen *seen = nullptr;
  std::optional<double> in_rate, out_rate;
};

std::vector<Row> rows_of(const Look &before, const Look &now) {
  const double seconds = std::chrono::duration<double>(now.when - before.when).count();
  std::vector<Row> rows;
  for (const auto &[key, seen] : now.tasks) {
    Row row{key.first, key.second, &seen, std::nullopt, std::nullopt};
    const auto old = before.tasks.find(key);
    if (seen.counts && old != before.tasks.end() && old->second.counts && seconds > 0) {
      const auto rate = [&](double from, double to) {
        return (to < from ? to : to - from) / seconds;
      };
      row.in_rate = rate(old->second.counts->in, seen.counts->in);
      row.out_rate = rate(old->second.counts->out, seen.counts->out);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string figure(const std::optional<double> &value) {
  return value ? fmt::format("{:.{}f}", *value, *value > 0 && *value < 10 ? 1 : 0) : std::string();
}

std::optional<double> count_of(const Seen &seen, double Counts::*member) {
  return seen.counts ? std::optional(*seen.counts.*member) : std::nullopt;
}

std::string table_of(const std::vector<Row> &rows, bool colours) {
  Table table({"CONNECTOR", "TASK", "STATE", "IN/S", "OUT/S", "ERRORS", "SKIPPED", "WORKER"});
  for (const Row &row : rows)
    table.row({row.connector, std::to_string(row.task), row.seen->state, figure(row.in_rate),
               figure(row.out_rate),
               fmt::format("{:.0f}", count_of(*row.seen, &Counts::errors).value_or(0)),
               fmt::format("{:.0f}", count_of(*row.seen, &Counts::skipped).value_or(0)),
               row.seen->worker});
  return table.text(colours);
}

json::Value as_json(const std::vector<Row> &rows) {
  const auto number = [](const std::optional<double> &value) {
    return value ? json::Value(*value) : json::Value();
  };
  json::Value list = json::Value::array();
  for (const Row &row : rows)
    list.push(
        json::Value::object({{"connector", row.connector},
                             {"task", row.task},
                             {"state", row.seen->state},
                             {"worker_id", row.seen->worker},
                             {"records_in_per_second", number(row.in_rate)},
                             {"records_out_per_second", number(row.out_rate)},
                             {"record_errors", number(count_of(*row.seen, &Counts::errors))},
                             {"records_skipped", number(count_of(*row.seen, &Counts::skipped))}}));
  return list;
}

void show(Screen &screen, const std::vector<Row> &rows, const Look &look) {
  if (screen.documents()) {
    screen.print_document(as_json(rows));
  } else {
    if (screen.terminal())
      screen.write("\x1b[H\x1b[J"); // from the top of an empty screen
    if (!rows.empty())
      screen.write(table_of(rows, screen.colours()));
  }
  screen.flush();
  for (const std::string &problem : look.problems)
    screen.note(problem);
  if (rows.empty())
    screen.note("No tasks.");
}

} // namespace

int top(const Command &command, Session &session) {
  const std::int64_t count = command.count > 0 ? command.count : session.screen.terminal() ? 0 : 1;
  auto before = look_at(command, session);
  for (std::int64_t shown = 0; before && (count == 0 || shown < count); ++shown) {
    session.pace.pause(command.interval);
    auto now = look_at(command, session);
    if (now)
      show(session.screen, rows_of(*before, *now), *now);
    before = std::move(now);
  }
  return before ? kExitDone : session.screen.complain(before.error());
}

} // namespace host::app::cli
