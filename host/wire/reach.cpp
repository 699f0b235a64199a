#include "host/wire/connection.h" // first: Asio's coroutines

#include "host/wire/reach.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <vector>

namespace host::wire {
namespace {

namespace asio = boost::asio;

Async<void> try_all(asio::io_context &io, const std::vector<Address> &brokers,
                    const Security &security, TimePoint deadline, Status &result) {
  for (const Address &broker : brokers) {
    Connection connection(io, security, "sluice");
    result = co_await connection.open(broker, deadline);
    if (result)
      co_return;
  }
}

} // namespace

Status reach(const std::string &bootstrap, const Security &security, TimePoint deadline,
             const std::stop_token &stop) {
  HOST_ASSIGN(const std::vector<Address> brokers, parse_bootstrap(bootstrap));
  asio::io_context io{1};
  Status result = fail(Code::Cancelled, "no longer wanted");
  asio::co_spawn(io, try_all(io, brokers, security, deadline, result), asio::detached);
  const std::stop_callback interrupt(stop, [&io] { io.stop(); });
  io.run();
  return result;
}

} // namespace host::wire
