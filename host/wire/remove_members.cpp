#include "host/wire/remove_members.h"

#include <condition_variable>
#include <mutex>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "host/wire/connection.h"
#include "host/wire/group_messages.h"

namespace host::wire {
namespace {

constexpr Duration kOneTry{5'000};
constexpr Duration kPause{200};

struct Address {
  std::string host;
  std::string port;
};

// `a:1,[::1]:2`, a `PROTOCOL://` in front is not looked at.
std::vector<Address> parse_bootstrap(std::string_view list) {
  std::vector<Address> addresses;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    std::string_view item = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (const auto scheme = item.find("://"); scheme != std::string_view::npos)
      item.remove_prefix(scheme + 3);
    while (item.starts_with(' '))
      item.remove_prefix(1);
    while (item.ends_with(' '))
      item.remove_suffix(1);
    const auto colon = item.rfind(':');
    if (colon == std::string_view::npos)
      continue;
    std::string_view host = item.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
      host = host.substr(1, host.size() - 2);
    addresses.push_back({std::string(host), std::string(item.substr(colon + 1))});
  }
  return addresses;
}

bool may_be_asked_again(std::int16_t error) {
  const auto code = static_cast<GroupError>(error);
  return code == GroupError::LoadInProgress || code == GroupError::CoordinatorNotAvailable ||
         code == GroupError::NotCoordinator;
}

tl::unexpected<Error> refused(std::string_view what, std::int16_t error) {
  return fail(may_be_asked_again(error) ? Code::Retry : Code::Fatal,
              fmt::format("{}: the broker answered with error {}", what, error));
}

Result<Coordinator> find_coordinator(const Address &broker, const std::string &group,
                                     TimePoint deadline, const std::stop_token &stop) {
  HOST_ASSIGN(auto connection, Connection::open(broker.host, broker.port, deadline, stop));
  HOST_ASSIGN(const std::string body,
              connection.call(FindCoordinator::kKey, FindCoordinator::kVersion,
                              encode(FindCoordinator{group}), deadline));
  HOST_ASSIGN(Coordinator found, decode_coordinator(body));
  if (found.error != 0)
    return refused(fmt::format("finding the coordinator of group '{}'", group), found.error);
  return found;
}

Status leave(const Coordinator &coordinator, const EndedMembers &ended, TimePoint deadline,
             const std::stop_token &stop) {
  HOST_ASSIGN(
      auto connection,
      Connection::open(coordinator.host, fmt::format("{}", coordinator.port), deadline, stop));
  HOST_ASSIGN(const std::string body,
              connection.call(LeaveGroup::kKey, LeaveGroup::kVersion,
                              encode(LeaveGroup{ended.group, ended.instance_ids}), deadline));
  HOST_ASSIGN(const Left left, decode_left(body));
  const std::string what = fmt::format("removing members of group '{}'", ended.group);
  if (left.error != 0)
    return refused(what, left.error);
  for (const LeftMember &member : left.members)
    if (member.error != 0 && static_cast<GroupError>(member.error) != GroupError::UnknownMember)
      return refused(fmt::format("{} ({})", what, member.instance_id), member.error);
  return {};
}

Status remove_once(const Address &broker, const EndedMembers &ended, TimePoint deadline,
                   const std::stop_token &stop) {
  HOST_ASSIGN(const Coordinator coordinator, find_coordinator(broker, ended.group, deadline, stop));
  return leave(coordinator, ended, deadline, stop);
}

// There is nothing to wait for but time: the broker does not tell when it is ready.
void pause_until(TimePoint time, const std::stop_token &stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_until(lock, stop, time, [] { return false; });
}

} // namespace

Status remove_members(const EndedMembers &ended, TimePoint deadline, const std::stop_token &stop) {
  const std::vector<Address> brokers = parse_bootstrap(ended.bootstrap);
  if (brokers.empty())
    return fail(Code::Config, exception::kConfig,
                fmt::format("No address in bootstrap.servers '{}'", ended.bootstrap));
  for (std::size_t attempt = 0;; ++attempt) {
    const TimePoint now = std::chrono::steady_clock::now();
    Status removed = remove_once(brokers[attempt % brokers.size()], ended,
                                 std::min(deadline, now + kOneTry), stop);
    if (removed || removed.error().code() != Code::Retry ||
        std::chrono::steady_clock::now() + kPause >= deadline)
      return removed;
    pause_until(std::chrono::steady_clock::now() + kPause, stop);
    if (stop.stop_requested())
      return fail(Code::Cancelled,
                  fmt::format("removing members of group '{}': no longer wanted", ended.group));
  }
}

} // namespace host::wire
