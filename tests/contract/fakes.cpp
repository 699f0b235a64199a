#include "tests/contract/fakes.h"

#include <algorithm>

namespace tests {
namespace {

using namespace host;

plugin::KeyDef key(std::string name, plugin::KeyType type, plugin::Importance importance,
                   std::string doc) {
  plugin::KeyDef def;
  def.name = std::move(name);
  def.display_name = def.name;
  def.type = type;
  def.importance = importance;
  def.doc = std::move(doc);
  return def;
}

State state_of(TargetState target) {
  switch (target) {
  case TargetState::Paused:
    return State::Paused;
  case TargetState::Stopped:
    return State::Stopped;
  case TargetState::Started:
    break;
  }
  return State::Running;
}

plugin::Descriptor file_connector(plugin::Kind kind) {
  const std::string side = kind == plugin::Kind::Sink ? "Sink" : "Source";
  plugin::Descriptor d;
  d.class_name = "org.apache.kafka.connect.file.FileStream" + side + "Connector";
  d.task_class_name = "org.apache.kafka.connect.file.FileStream" + side + "Task";
  d.kind = kind;
  d.version = "4.3.0";
  plugin::KeyDef file =
      key("file", plugin::KeyType::String, plugin::Importance::High,
          kind == plugin::Kind::Sink
              ? "Destination filename. If not specified, the standard output will be used"
              : "Source filename. If not specified, the standard input will be used");
  file.optional = true;
  d.keys.push_back(std::move(file));
  if (kind == plugin::Kind::Sink)
    return d;
  plugin::KeyDef topic = key("topic", plugin::KeyType::String, plugin::Importance::High,
                             "The topic to publish data to");
  plugin::Validator non_empty;
  non_empty.kind = plugin::Validator::Kind::NonEmpty;
  topic.validators.push_back(non_empty);
  d.keys.push_back(std::move(topic));
  plugin::KeyDef batch = key("batch.size", plugin::KeyType::Int, plugin::Importance::Low,
                             "The maximum number of records the source task can read from the file "
                             "each time it is polled");
  batch.default_value = "2000";
  d.keys.push_back(std::move(batch));
  return d;
}

} // namespace

plugin::CatalogEntries file_connectors() {
  return {{file_connector(plugin::Kind::Source), "/plugins/libfile.so"},
          {file_connector(plugin::Kind::Sink), "/plugins/libfile.so"}};
}

void FakeSupervisor::call(const std::string &text, std::function<void()> answer) {
  {
    const std::lock_guard lock(mutex_);
    calls_.push_back(text);
    if (hold(text)) {
      held_.push_back(std::move(answer));
      return;
    }
  }
  answer();
}

std::vector<std::string> FakeSupervisor::take_calls() {
  const std::lock_guard lock(mutex_);
  return std::exchange(calls_, {});
}

void FakeSupervisor::release() {
  std::vector<std::function<void()>> held;
  {
    const std::lock_guard lock(mutex_);
    held = std::exchange(held_, {});
  }
  for (const auto &answer : held)
    answer();
}

void FakeSupervisor::start_connector(supervisor::ConnectorSpec spec, TargetState target,
                                     Done done) {
  const std::string name = spec.name;
  {
    const std::lock_guard lock(mutex_);
    specs_[name] = std::move(spec);
  }
  call("start " + name + " " + std::string(name_of(target)), [=, this] {
    const TaskId itself{name, link::kConnectorItself};
    if (const auto error = start_errors.find(name); error != start_errors.end()) {
      events_.on_status(itself, State::Failed, error->second.trace());
      return done(fail(Error(Code::Fatal, "Failed to transition connector " + name + " to state " +
                                              std::string(name_of(target)))));
    }
    events_.on_status(itself, state_of(target), "");
    done({});
  });
}

void FakeSupervisor::renew_connector(supervisor::ConnectorSpec spec) {
  const std::lock_guard lock(mutex_);
  const std::string name = spec.name;
  specs_[name] = std::move(spec);
}

supervisor::ConnectorSpec FakeSupervisor::spec(const std::string &connector) {
  const std::lock_guard lock(mutex_);
  return specs_[connector];
}

StringMap FakeSupervisor::task_config(const TaskId &task) {
  const std::lock_guard lock(mutex_);
  return task_configs_[task.text()];
}

void FakeSupervisor::set_connector_target(const std::string &connector, TargetState target,
                                          Done done) {
  call("target " + connector + " " + std::string(name_of(target)), [=, this] {
    events_.on_status({connector, link::kConnectorItself}, state_of(target), "");
    done({});
  });
}

void FakeSupervisor::remove_connector(const std::string &connector, Done done) {
  call("remove " + connector, [=, this] {
    {
      const std::lock_guard lock(mutex_);
      specs_.erase(connector);
    }
    done({});
  });
}

void FakeSupervisor::task_configs(const std::string &connector, std::int32_t max_tasks,
                                  OnConfigs done) {
  call("task_configs " + connector + " " + std::to_string(max_tasks), [=, this] {
    if (const auto error = task_config_errors.find(connector); error != task_config_errors.end())
      return done(fail(error->second));
    supervisor::ConnectorSpec spec;
    {
      const std::lock_guard lock(mutex_);
      spec = specs_[connector];
    }
    const bool sink = spec.class_name.find("Sink") != std::string::npos;
    std::size_t count = sink ? static_cast<std::size_t>(max_tasks) : 1;
    if (const auto asked = task_counts.find(connector); asked != task_counts.end())
      count = asked->second;
    done(std::vector<StringMap>(count, spec.config));
  });
}

void FakeSupervisor::start_task(const TaskId &task, StringMap config, TargetState target) {
  {
    const std::lock_guard lock(mutex_);
    task_configs_[task.text()] = std::move(config);
  }
  call("start_task " + task.text(), [=, this] { events_.on_status(task, state_of(target), ""); });
}

void FakeSupervisor::set_task_target(const TaskId &task, TargetState target) {
  call("task_target " + task.text() + " " + std::string(name_of(target)),
       [=, this] { events_.on_status(task, state_of(target), ""); });
}

void FakeSupervisor::stop_tasks(std::vector<TaskId> tasks, Done done) {
  std::string text = "stop_tasks";
  for (const TaskId &task : tasks)
    text += " " + task.text();
  call(text, [=, this] {
    for (const TaskId &task : tasks)
      events_.on_status(task, State::Unassigned, "");
    done({});
  });
}

void FakeSupervisor::validate(const std::string &, const std::string &class_name, StringMap,
                              OnValidated done) {
  call("validate " + class_name, [this, done] { done(reports); });
}

void FakeSupervisor::inspect(const std::string &, OnInspected done) { done(std::string("[]")); }

void FakeSupervisor::alter_offsets(const supervisor::ConnectorSpec &spec,
                                   std::vector<OffsetChange> changes, OnAltered done) {
  call("alter_offsets " + spec.name, [this, changes = std::move(changes), done] {
    offset_changes = changes;
    done(altered);
  });
}

void FakeSupervisor::read_counts(
    std::function<void(std::vector<supervisor::RunnerCounts>)> done) {
  done({});
}

void FakeSupervisor::set_log_level(const std::string &prefix, const std::string &level) {
  call("log_level " + prefix + " " + level, [] {});
}

herder::GroupCalls FakeGroups::calls() {
  herder::GroupCalls calls;
  calls.list = [this](const std::string &group, auto done) {
    const auto found = offsets.find(group);
    done(found == offsets.end() ? std::vector<herder::GroupOffset>() : found->second);
  };
  calls.alter = [this](const std::string &group, const auto &changed, auto done) {
    for (const herder::GroupOffset &one : changed)
      changes.push_back("alter " + group + " " + one.partition.text() + "=" +
                        std::to_string(one.offset.value));
    done(outcome);
  };
  calls.forget = [this](const std::string &group, const auto &removed, auto done) {
    for (const TopicPartition &partition : removed)
      changes.push_back("forget " + group + " " + partition.text());
    done(outcome);
  };
  calls.remove = [this](const std::string &group, auto done) {
    changes.push_back("remove " + group);
    done(outcome);
  };
  return calls;
}

} // namespace tests
