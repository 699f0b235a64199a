#include "host/runner/task_table.h"

#include <fmt/format.h>

#include <cassert>
#include <list>
#include <utility>

#include "host/base/log.h"
#include "host/link/io_loop.h"
#include "host/runner/link_task_host.h"
#include "host/runner/parts.h"
#include "host/runner/plugin_calls.h"
#include "host/runtime/task.h"

namespace host::runner {
namespace {

const log::Logger kLog{"sluice.runner.task"};

} // namespace

// Destroyed on the nudge thread, where the end of the task's thread may take its time.
struct TaskTable::Entry {
  struct Stop {
    link::Responder<link::Done> responder;
    link::Timer deadline;
  };

  link::StartTask request;
  std::unique_ptr<LinkTaskHost> host;
  std::unique_ptr<runtime::Task> task; // none while the plugin is being loaded
  bool stopping = false;
  std::list<Stop> stops;
};

TaskTable::TaskTable(Parts &parts, std::function<void()> on_empty)
    : parts_(parts), on_empty_(std::move(on_empty)) {}

TaskTable::~TaskTable() { assert(entries_.empty()); }

Status TaskTable::check(const link::StartTask &request) const {
  if (entries_.contains(request.task))
    return fail(Code::AlreadyExists, exception::kConnect,
                fmt::format("Task already exists in this worker: {}", request.task.text()));
  if (request.slot == link::SharedPage::kControlSlot || request.slot >= link::SharedPage::kSlots)
    return fail(Code::Internal, fmt::format("task {} has no slot {} in the shared page",
                                            request.task.text(), request.slot));
  for (const auto &[id, entry] : entries_)
    if (entry->request.slot == request.slot)
      return fail(Code::Internal, fmt::format("slot {} of task {} is still used by task {}",
                                              request.slot, request.task.text(), id.text()));
  return {};
}

void TaskTable::start(link::StartTask request, link::Responder<link::Done> responder) {
  if (Status checked = check(request); !checked)
    return responder.fail(checked.error());
  const auto entry = std::make_shared<Entry>();
  entry->request = std::move(request);
  const TaskId &id = entry->request.task;
  link::reset_slot(parts_.page.slot(entry->request.slot), entry->request.incarnation.value);
  entry->host = std::make_unique<LinkTaskHost>(
      parts_.loop, parts_.outlet, id, entry->request.incarnation, [this, id] { ended(id); });
  entries_.emplace(id, entry);
  parts_.control.post([this, entry, responder = std::move(responder)] {
    const log::ScopedContext context(
        log::task_context(entry->request.task.connector, entry->request.task.number));
    auto found = find_connector(entry->request.plugin_path, entry->request.class_name,
                                parts_.control_slot());
    parts_.loop.post([this, entry, found = std::move(found), responder]() mutable {
      loaded(std::move(entry), std::move(found), responder);
    });
  });
}

void TaskTable::loaded(EntryPtr entry, Found found, const link::Responder<link::Done> &responder) {
  if (!found || entry->stopping) {
    parts_.outlet.fail(responder, found ? Error(Code::Cancelled, "the task was stopped before it "
                                                                 "started")
                                        : found.error());
    return forget(std::move(entry));
  }
  const link::StartTask &request = entry->request;
  entry->task = runtime::make_task({request.task, request.incarnation, request.connector_config,
                                    request.task_config, parts_.worker_config, request.secrets,
                                    request.target},
                                   std::move(*found), *entry->host, parts_.producers,
                                   parts_.page.slot(request.slot), parts_.clock);
  entry->task->start();
  responder.reply({});
}

void TaskTable::set_target(const TaskId &task, TargetState target,
                           link::Responder<link::Done> responder) {
  const auto found = entries_.find(task);
  if (found == entries_.end())
    return responder.fail(
        Error(Code::NotFound, fmt::format("task {} does not run here", task.text())));
  found->second->request.target = target;
  if (!found->second->task)
    return responder.reply({}); // what it will start with
  parts_.nudge.post([entry = found->second, target, responder = std::move(responder)] {
    entry->task->set_target(target);
    responder.reply({});
  });
}

void TaskTable::stop(const TaskId &task, Duration timeout, link::Responder<link::Done> responder) {
  const auto found = entries_.find(task);
  if (found == entries_.end())
    return responder.reply({});
  Entry &entry = *found->second;
  const auto stop = entry.stops.insert(entry.stops.end(), {std::move(responder), {}});
  stop->deadline = parts_.loop.after(timeout, [&entry, stop] {
    const std::string text =
        fmt::format("Graceful stop of task {} failed.", entry.request.task.text());
    kLog.error("{}", text);
    const Entry::Stop late = std::move(*stop);
    entry.stops.erase(stop);
    late.responder.fail(Error(Code::Timeout, exception::kConnect, text));
  });
  begin_stop(found->second);
}

void TaskTable::stop_all() {
  for (const auto &[id, entry] : entries_)
    begin_stop(entry);
}

void TaskTable::begin_stop(const EntryPtr &entry) {
  if (std::exchange(entry->stopping, true))
    return;
  if (entry->task)
    parts_.nudge.post([entry] { entry->task->request_stop(); });
}

void TaskTable::ended(const TaskId &task) {
  const auto found = entries_.find(task);
  if (found != entries_.end())
    forget(found->second);
}

void TaskTable::forget(EntryPtr entry) {
  entries_.erase(entry->request.task);
  entry->host->detach();
  // The deadlines belong to this thread, so they end here.
  for (const Entry::Stop &stop : std::exchange(entry->stops, {}))
    stop.responder.reply({});
  // Behind the calls that may still be made to it there, so that it is destroyed there.
  parts_.nudge.post([last = std::move(entry)] {});
  if (entries_.empty())
    on_empty_();
}

} // namespace host::runner
