#pragma once

#include "host/wire/connection.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "host/wire/group_messages.h"
#include "host/wire/tls.h"

namespace host::wire {

// What a connection is made of.
struct Connection::Core : std::enable_shared_from_this<Core> {
  using Socket = boost::asio::ip::tcp::socket;
  using ErrorValue = boost::system::error_code;

  Core(boost::asio::io_context &io, Security security, std::string client_id, Traffic *counts)
      : io(io), security(std::move(security)), client_id(std::move(client_id)),
        own_traffic(counts == nullptr ? std::make_unique<Traffic>() : nullptr),
        traffic(counts == nullptr ? *own_traffic : *counts) {}

  boost::asio::io_context &io;
  const Security security;
  const std::string client_id;
  const std::unique_ptr<Traffic> own_traffic; // nobody looks at it
  Traffic &traffic;
  Address address;
  Socket socket{io};
  std::unique_ptr<TlsChannel> tls;
  Apis apis;
  std::int32_t next_correlation = 1;
  bool open = false;
  bool closed = false; // by its user
  bool late = false;   // by its deadline
  bool proven = false; // the broker has answered a request other than for its versions
  // When the broker wants to see the credentials again (KIP-368).
  std::optional<TimePoint> authenticate_again;
  boost::asio::steady_timer alarm{io};
  std::uint64_t alarm_number = 0; // tells a timer that has fired already from the present one

  std::string peer() const { return "broker " + address.text(); }

  void set_alarm(TimePoint deadline);
  void drop(); // closes the socket; what is under way ends

  Async<Status> connect(TimePoint deadline);
  Async<Status> resolve(TimePoint deadline, boost::asio::ip::tcp::resolver::results_type &found);
  Async<Status> start_tls();
  Async<Status> ask_versions();
  Async<Status> authenticate();
  Async<Status> send_tokens(const SaslSettings &sasl);

  Async<Result<std::string>> exchange(std::int16_t api_key, std::int16_t version,
                                      const Encoder &body);
  Async<ErrorValue> write(std::string_view data);
  Async<ErrorValue> read(char *data, std::size_t size);
  Async<Result<std::string>> read_body(std::size_t size);
  Error failed(std::string_view what, const ErrorValue &error) const;
};

} // namespace host::wire
