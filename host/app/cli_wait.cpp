#include "host/app/cli_wait.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace host::app::cli {
namespace {

constexpr Duration kFirstPause{50};
constexpr Duration kLongestPause{1'000};
constexpr Duration kSettled{1'000};

// What one look shows. The settling ones count only when they last.
enum class Look : std::uint8_t { NotYet = 1, Reached, SettlingReached, SettlingFailed };

std::string_view word_of(TargetState target) {
  return target == TargetState::Started ? "RUNNING" : name_of(target);
}

std::string_view state_of(const json::Value *part) {
  const json::Value *state = part ? part->find("state") : nullptr;
  return state ? state->text() : std::string_view();
}

std::span<const json::Value> tasks_of(const json::Value &status) {
  const json::Value *tasks = status.find("tasks");
  return tasks ? tasks->items() : std::span<const json::Value>();
}

bool is_task(const json::Value &task, std::int64_t number) {
  const auto id = task.integer_of("id");
  return id && *id == number;
}

const json::Value *find_task(const json::Value &status, std::int64_t number) {
  for (const json::Value &task : tasks_of(status))
    if (is_task(task, number))
      return &task;
  return nullptr;
}

bool concerns(const Goal &goal, const json::Value &task) {
  return goal.part == Goal::Part::All ||
         (goal.part == Goal::Part::OneTask && is_task(task, goal.task));
}

template <class Predicate> bool all_tasks(const json::Value &status, Predicate predicate) {
  const auto tasks = tasks_of(status);
  return std::all_of(tasks.begin(), tasks.end(), predicate);
}

Look look_for_running(const json::Value &status, const Goal &goal) {
  const std::string_view connector = state_of(status.find("connector"));
  const bool connector_counts = goal.part != Goal::Part::OneTask;
  if (connector_counts && connector == "FAILED")
    return Look::SettlingFailed;
  if (!all_tasks(status, [&](const json::Value &task) {
        return !concerns(goal, task) || state_of(&task) != "FAILED";
      }))
    return Look::SettlingFailed;
  if (connector_counts && connector != "RUNNING")
    return Look::NotYet;
  if (goal.part == Goal::Part::OneTask)
    return state_of(find_task(status, goal.task)) == "RUNNING" ? Look::Reached : Look::NotYet;
  if (!all_tasks(status, [&](const json::Value &task) {
        return !concerns(goal, task) || state_of(&task) == "RUNNING";
      }))
    return Look::NotYet;
  // A connector may have no tasks, but usually they only have not been made yet.
  const bool tasks_missing = goal.part == Goal::Part::All && tasks_of(status).empty();
  return tasks_missing ? Look::SettlingReached : Look::Reached;
}

Look look_for(const json::Value &status, const Goal &goal) {
  const std::string_view connector = state_of(status.find("connector"));
  switch (goal.target) {
  case TargetState::Started:
    return look_for_running(status, goal);
  case TargetState::Paused:
    if (connector == "FAILED")
      return Look::SettlingFailed;
    // A failed task stays FAILED when its connector is paused.
    return connector == "PAUSED" && all_tasks(status,
                                              [](const json::Value &task) {
                                                const auto state = state_of(&task);
                                                return state == "PAUSED" || state == "FAILED";
                                              })
               ? Look::Reached
               : Look::NotYet;
  case TargetState::Stopped:
    return connector == "STOPPED" && tasks_of(status).empty() ? Look::Reached : Look::NotYet;
  }
  return Look::NotYet;
}

// The first line of the first trace that there is.
std::string why_failed(const json::Value &status) {
  const auto first_line = [](const json::Value *part) {
    const json::Value *trace = part ? part->find("trace") : nullptr;
    return trace ? trace->text().substr(0, trace->text().find('\n')) : std::string_view();
  };
  std::string_view line = first_line(status.find("connector"));
  for (const json::Value &task : tasks_of(status))
    line = line.empty() ? first_line(&task) : line;
  return std::string(line);
}

std::string summary(const json::Value &status) {
  std::string text = fmt::format("connector {}", state_of(status.find("connector")));
  for (const json::Value &task : tasks_of(status)) {
    const auto id = task.integer_of("id");
    text += fmt::format(", task {} {}", id ? *id : -1, state_of(&task));
  }
  return text;
}

// Fewer statuses than tasks: the others have not reported yet.
Result<bool> all_reported(WorkerApi &worker, const Goal &goal, const json::Value &status) {
  if (goal.part != Goal::Part::All || goal.target == TargetState::Stopped)
    return true;
  HOST_ASSIGN(const json::Value info, worker.get(path_of(goal.connector)));
  return tasks_of(info).size() == tasks_of(status).size();
}

// One wait: what the last look showed and since when.
class Waiting {
public:
  Waiting(WorkerApi &worker, const Pace &pace, const Goal &goal, Duration timeout)
      : worker_(worker), pace_(pace), goal_(goal), timeout_(timeout),
        deadline_(pace.clock.now() + timeout) {}

  Result<json::Value> run() {
    for (Duration pause = kFirstPause;; pause = std::min(pause * 3 / 2, kLongestPause)) {
      HOST_TRY(look());
      const bool settled = pace_.clock.now() - since_ >= kSettled;
      if (look_ == Look::Reached || (look_ == Look::SettlingReached && settled))
        return std::move(status_);
      if (look_ == Look::SettlingFailed && settled)
        return fail(Code::Fatal,
                    fmt::format("{}: {}: {}; see `sluice describe {}`", goal_.connector,
                                summary(status_), why_failed(status_), goal_.connector));
      const auto left = std::chrono::ceil<Duration>(deadline_ - pace_.clock.now());
      if (left <= Duration::zero())
        return out_of_time();
      pace_.pause(std::min(pause, left));
    }
  }

private:
  Status look() {
    Look seen = Look::NotYet;
    Result<json::Value> status = worker_.get(path_of(goal_.connector, "status"));
    if (!status) {
      // Not yet known to this worker, or it is rebalancing.
      if (status.error().code() != Code::NotFound && status.error().code() != Code::Conflict)
        return fail(std::move(status).error());
      problem_ = status.error().message();
    } else {
      problem_.clear();
      status_ = *std::move(status);
      seen = look_for(status_, goal_);
      if (seen == Look::Reached || seen == Look::SettlingReached) {
        HOST_ASSIGN(const bool complete, all_reported(worker_, goal_, status_));
        seen = complete ? seen : Look::NotYet;
      }
    }
    if (seen != look_)
      since_ = pace_.clock.now();
    look_ = seen;
    return {};
  }

  Error out_of_time() const {
    return {Code::Fatal,
            fmt::format("{}: not {} within {:g} s: {}", goal_.connector, word_of(goal_.target),
                        static_cast<double>(timeout_.count()) / 1000,
                        problem_.empty() ? summary(status_) : problem_)};
  }

  WorkerApi &worker_;
  const Pace &pace_;
  const Goal &goal_;
  const Duration timeout_;
  const TimePoint deadline_;
  Look look_ = Look::NotYet;
  TimePoint since_;
  json::Value status_;
  std::string problem_; // why there was no status, if the last look got none
};

} // namespace

Result<json::Value> await(WorkerApi &worker, const Pace &pace, const Goal &goal, Duration timeout) {
  return Waiting(worker, pace, goal, timeout).run();
}

TargetState lasting_target(const json::Value &status) {
  const std::string_view state = state_of(status.find("connector"));
  if (state == "PAUSED")
    return TargetState::Paused;
  return state == "STOPPED" ? TargetState::Stopped : TargetState::Started;
}

} // namespace host::app::cli
