#include "host/wire/find_coordinator.h"

#include <fmt/format.h>

#include "host/wire/group_messages.h"

namespace host::wire {

Error refused(std::string_view what, GroupError error) {
  return Error(asks_again(error) ? Code::Retry : Code::Fatal,
               fmt::format("{}: the broker answered with {}", what, describe(error)));
}

Async<Result<Address>> find_coordinator(Connection &connection, Address broker, std::string group,
                                        TimePoint deadline) {
  HOST_CO_TRY(co_await connection.open(std::move(broker), deadline));
  Encoder request = encode(FindCoordinator{group});
  HOST_CO_ASSIGN(const std::string body,
                 co_await connection.call(FindCoordinator::kKey, FindCoordinator::kVersion,
                                          std::move(request), deadline));
  HOST_CO_ASSIGN(Coordinator found, decode_coordinator(body));
  if (found.error != GroupError::None)
    co_return fail(
        refused(fmt::format("finding the coordinator of group '{}'", group), found.error));
  co_return Address{std::move(found.host), fmt::format("{}", found.port)};
}

} // namespace host::wire
