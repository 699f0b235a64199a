#pragma once

#include "host/wire/coroutine.h" // first: see there

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>
#include <string>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/wire/address.h"
#include "host/wire/codec.h"
#include "host/wire/security.h"
#include "host/wire/traffic.h"

namespace host::wire {

// One connection to a broker: TCP, TLS, the versions that the broker offers, SASL; then strictly
// one request after another. Used by one coroutine at a time, on the thread of its io_context,
// which outlives it; its calls end before it does. Each call ends by its deadline at the latest,
// whatever the broker sends or does not send; after an error the connection is closed and may be
// opened again.
//
// Errors: Retry where another try or another broker may help; Config where somebody must look at a
// key, which the message names; Data for what no broker says; Cancelled after close().
class Connection {
public:
  // What goes over it is counted in `traffic`, if there is one; that outlives it.
  Connection(boost::asio::io_context &io, Security security, std::string client_id,
             Traffic *traffic = nullptr);
  ~Connection();
  Connection(const Connection &) = delete;
  Connection &operator=(const Connection &) = delete;

  Async<Status> open(Address address, TimePoint deadline);
  bool is_open() const;

  // Sends one request and returns the body of its response.
  Async<Result<std::string>> call(std::int16_t api_key, std::int16_t version, Encoder body,
                                  TimePoint deadline);

  // Ends what is under way. Any coroutine of the thread, or before the thread runs.
  void close();

private:
  struct Core;
  std::shared_ptr<Core> core_;
};

} // namespace host::wire
