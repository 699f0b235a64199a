// Reads and writes the config and status topics of a cluster through the worker's own stores.
//
// Usage: store_probe dump BOOTSTRAP GROUP            prints what they say as JSON
//        store_probe write BOOTSTRAP GROUP CONNECTOR FILE TOPIC
//                                                    adds a paused FileStreamSource with a task,
//                                                    and that it uses a topic
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>

#include "host/json/value.h"
#include "host/storage/config_store.h"
#include "host/storage/status_store.h"

using namespace host;
using namespace host::storage;

namespace {

// Ends the program with the error's words.
void require(const Status &status) {
  if (status)
    return;
  std::fprintf(stderr, "store_probe: %s\n", status.error().trace().c_str());
  std::exit(1);
}

template <class Call> void wait(const Call &call) {
  const auto told = std::make_shared<std::promise<Status>>();
  call([told](Status status) { told->set_value(std::move(status)); });
  require(told->get_future().get());
}

template <class Store> std::unique_ptr<Store> taken(Result<std::unique_ptr<Store>> store) {
  require(store ? Status() : Status(fail(store.error())));
  return *std::move(store);
}

json::Value described(const ConnectorConfig &connector) {
  json::Value tasks = json::Value::array();
  for (const StringMap &task : connector.tasks)
    tasks.push(task);
  return json::Value::object({{"config", connector.config},
                              {"target_state", name_of(connector.target_state)},
                              {"tasks", std::move(tasks)},
                              {"inconsistent", connector.inconsistent}});
}

json::Value described(const WorkerStatus &status) {
  return json::Value::object({{"state", name_of(status.state)},
                              {"worker_id", status.worker_id},
                              {"generation", status.generation},
                              {"version", status.version.value_or("")}});
}

json::Value described(const ConnectorStatuses &statuses) {
  json::Value value = json::Value::object();
  if (statuses.connector)
    value.set("connector", described(*statuses.connector));
  for (const auto &[number, status] : statuses.tasks)
    value.set(std::to_string(number), described(status));
  json::Value topics = json::Value::array();
  for (const auto &[topic, status] : statuses.topics)
    topics.push(topic);
  value.set("topics", std::move(topics));
  return value;
}

void dump(const ConfigStore &configs, const StatusStore &statuses) {
  const auto config = configs.snapshot();
  json::Value connectors = json::Value::object();
  for (const auto &[name, connector] : config->connectors)
    connectors.set(name, described(*connector));
  json::Value states = json::Value::object();
  for (const auto &[name, connector] : statuses.snapshot()->connectors)
    states.set(name, described(*connector));
  const json::Value all = json::Value::object(
      {{"offset", config->offset},
       {"session_key_bytes", config->session_key ? config->session_key->secret.size() : 0},
       {"skipped", configs.skipped_records() + statuses.skipped_records()},
       {"connectors", std::move(connectors)},
       {"statuses", std::move(states)}});
  std::puts(json::to_text(all).c_str());
}

void write(ConfigStore &configs, StatusStore &statuses, const std::string &name,
           const std::string &file, const std::string &topic) {
  const StringMap config{
      {"name", name},
      {"connector.class", "org.apache.kafka.connect.file.FileStreamSourceConnector"},
      {"tasks.max", "1"},
      {"file", file},
      {"topic", topic}};
  StringMap task = config;
  task.set("task.class", "org.apache.kafka.connect.file.FileStreamSourceTask");
  wait([&](auto done) { configs.put_connector(name, config, TargetState::Paused, done); });
  wait([&](auto done) { configs.put_task_configs(name, {task}, done); });
  statuses.put_topic({topic, name, 0, 1'700'000'000'000});
  wait([&](auto done) { statuses.flush(done); });
}

} // namespace

int main(int argc, char **argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (!(what == "dump" && argc == 4) && !(what == "write" && argc == 7)) {
    std::fprintf(stderr,
                 "usage: store_probe dump BOOTSTRAP GROUP | write BOOTSTRAP GROUP CONNECTOR "
                 "FILE TOPIC\n");
    return 2;
  }
  const std::string group = argv[3];
  const StringMap worker{{"bootstrap.servers", argv[2]},
                         {"group.id", group},
                         {"config.storage.topic", group + "-configs"},
                         {"status.storage.topic", group + "-statuses"}};
  const auto configs = taken(open_config_store(worker));
  const auto statuses = taken(open_status_store(worker));
  wait([&](auto done) { configs->start([](const ConfigEvent &) {}, done); });
  wait([&](auto done) { statuses->start(done); });
  if (what == "dump")
    dump(*configs, *statuses);
  else
    write(*configs, *statuses, argv[4], argv[5], argv[6]);
  statuses->stop();
  configs->stop();
  return 0;
}
