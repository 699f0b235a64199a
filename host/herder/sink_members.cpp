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

SinkMembers::Member SinkMembers::member_of(const TaskId &task, const StringMap &connector) const {
  const auto config = kafka::client_config({.kind = kafka::ClientKind::SinkConsumer,
                                            .worker = worker_,
                                            .connector = &connector,
                                            .task = task});
  if (!config) // the task will not get a consumer either
    return {};
  return {{setting(*config, "bootstrap.servers"), setting(*config, "group.id"),
           setting(*config, "group.instance.id")},
          setting(*config, "security.protocol")};
}

void SinkMembers::starting(const TaskId &task, const StringMap &connector) {
  Member member = member_of(task, connector);
  const auto before = members_.find(task);
  if (before != members_.end() && before->second != member)
    ended(task);
  calls_.keep(member.address);
  members_.insert_or_assign(task, std::move(member));
}

void SinkMembers::ended(const TaskId &task) {
  const auto node = members_.extract(task);
  if (node.empty() || node.mapped().address.instance_id.empty())
    return;
  const Member &member = node.mapped();
  if (!member.protocol.empty() && member.protocol != "plaintext" && member.protocol != "PLAINTEXT")
    return kLog.info("task {}: its consumer stays a member of group {} until its session ends; "
                     "leaving over {} is not built yet",
                     task.text(), member.address.group, member.protocol);
  calls_.remove(member.address);
}

} // namespace host::herder
