#include "host/runtime/stale_member.h"

#include <chrono>
#include <string>
#include <utility>

namespace host::runtime {
namespace {

constexpr Duration kPatience{5'000};

std::string setting(const kafka::ClientConfig &consumer, std::string_view key) {
  const std::string *value = consumer.find(key);
  return value == nullptr ? std::string() : *value;
}

} // namespace

StaleMember::StaleMember(const kafka::ClientConfig &consumer)
    : self_{.bootstrap = setting(consumer, "bootstrap.servers"),
            .group = setting(consumer, "group.id"),
            .instance_ids = {setting(consumer, "group.instance.id")}} {
  if (auto security = wire::read_security(consumer.settings))
    self_.security = *std::move(security);
  else
    can_ask_ = fail(std::move(security).error());
}

Status StaleMember::give_up_place() const {
  HOST_TRY(Status(can_ask_));
  return wire::remove_members(self_, std::chrono::steady_clock::now() + kPatience);
}

} // namespace host::runtime
