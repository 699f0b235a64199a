#include "host/herder/sink_members.h"

#include <utility>

#include "host/base/log.h"
#include "host/kafka/client_config.h"

namespace host::herder {
namespace {

const log::Logger kLog{"sluice.herder"};

std::string setting(const kafka::ClientConfig &config, std::string_view key) {
  const std::string *value = config.find(key);
  return value != nullptr ? *value : std::string();
}

} // namespace

wire::StaticMember SinkMembers::member_of(const TaskId &task, const StringMap &connector) const {
  const auto config = kafka::client_config({.kind = kafka::ClientKind::SinkConsumer,
                                            .worker = worker_,
                                            .connector = &connector,
                                            .task = task});
  if (!config) // the task will not get a consumer either
    return {};
  auto security = wire::read_security(config->settings);
  if (!security) {
    kLog.info("task {}: its consumer will stay a member of its group until its session ends: {}",
              task.text(), security.error().message());
    return {};
  }
  return {setting(*config, "bootstrap.servers"), setting(*config, "group.id"),
          setting(*config, "group.instance.id"), *std::move(security)};
}

void SinkMembers::starting(const TaskId &task, const StringMap &connector) {
  wire::StaticMember member = member_of(task, connector);
  const auto before = members_.find(task);
  if (before != members_.end() && before->second != member)
    ended(task);
  calls_.keep(member);
  members_.insert_or_assign(task, std::move(member));
}

void SinkMembers::ended(const TaskId &task) {
  const auto node = members_.extract(task);
  if (!node.empty() && !node.mapped().instance_id.empty())
    calls_.remove(node.mapped());
}

} // namespace host::herder
