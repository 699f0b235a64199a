#include "host/wire/remove_members.h"

#include "host/wire/connection.h" // before other uses of Asio

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <fmt/format.h>

#include "host/wire/find_coordinator.h"
#include "host/wire/group_messages.h"

namespace host::wire {
namespace {

namespace asio = boost::asio;

constexpr Duration kOneTry{5'000};
constexpr Duration kPause{200};
const std::string kClientId = "sluice";

// One removal, on the io_context of the thread that asked for it.
class Removal {
public:
  Removal(asio::io_context &io, const EndedMembers &ended, std::vector<Address> brokers,
          TimePoint deadline)
      : io_(io), ended_(ended), brokers_(std::move(brokers)), deadline_(deadline) {}

  Async<void> run() {
    for (std::size_t attempt = 0;; ++attempt) {
      const TimePoint now = std::chrono::steady_clock::now();
      result_ =
          co_await once(brokers_[attempt % brokers_.size()], std::min(deadline_, now + kOneTry));
      if (result_ || result_.error().code() != Code::Retry ||
          std::chrono::steady_clock::now() + kPause >= deadline_)
        break;
      // There is nothing to wait for but time: the broker does not tell when it is ready.
      pause_.expires_after(kPause);
      boost::system::error_code ignored;
      co_await pause_.async_wait(awaited(ignored));
    }
    io_.stop();
  }

  Status take() { return std::move(result_); }

private:
  Async<Status> once(Address broker, TimePoint deadline) {
    Connection connection(io_, ended_.security, kClientId);
    HOST_CO_ASSIGN(Address coordinator,
                   co_await find_coordinator(connection, broker, ended_.group, deadline));
    if (coordinator != broker)
      HOST_CO_TRY(co_await connection.open(std::move(coordinator), deadline));
    co_return co_await leave(connection, deadline);
  }

  Async<Status> leave(Connection &connection, TimePoint deadline) {
    LeaveGroup request{ended_.group, {}};
    for (const std::string &id : ended_.instance_ids)
      request.members.push_back({"", id});
    Encoder encoded = encode(request);
    HOST_CO_ASSIGN(const std::string body,
                   co_await connection.call(LeaveGroup::kKey, LeaveGroup::kVersion,
                                            std::move(encoded), deadline));
    HOST_CO_ASSIGN(const Left left, decode_left(body));
    const std::string what = fmt::format("removing members of group '{}'", ended_.group);
    if (left.error != GroupError::None)
      co_return fail(refused(what, left.error));
    for (const LeftMember &member : left.members)
      if (member.error != GroupError::None && member.error != GroupError::UnknownMember)
        co_return fail(refused(fmt::format("{} ({})", what, member.instance_id), member.error));
    co_return Status();
  }

  asio::io_context &io_;
  const EndedMembers &ended_;
  const std::vector<Address> brokers_;
  const TimePoint deadline_;
  asio::steady_timer pause_{io_};
  Status result_ = fail(Code::Cancelled, "no longer wanted");
};

} // namespace

Status remove_members(const EndedMembers &ended, TimePoint deadline, const std::stop_token &stop) {
  HOST_ASSIGN(std::vector<Address> brokers, parse_bootstrap(ended.bootstrap));
  asio::io_context io{1};
  Removal removal(io, ended, std::move(brokers), deadline);
  asio::co_spawn(io, removal.run(), asio::detached);
  {
    const std::stop_callback interrupt(stop, [&io] { io.stop(); });
    io.run();
  }
  if (stop.stop_requested())
    return fail(Code::Cancelled,
                fmt::format("removing members of group '{}': no longer wanted", ended.group));
  return removal.take();
}

} // namespace host::wire
