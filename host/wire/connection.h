#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/wire/codec.h"

namespace host::wire {

// One plain TCP connection to a broker, strictly one request after another. Blocks its thread, each
// call no longer than to its deadline or until a stop is requested (then it fails with Cancelled);
// after an error it is of no use any more. PLAINTEXT only so far: TLS and SASL come with the
// cluster's group membership.
class Connection {
public:
  static Result<Connection> open(const std::string &host, const std::string &port,
                                 TimePoint deadline, std::stop_token stop = {});
  Connection(Connection &&) noexcept;
  Connection &operator=(Connection &&) noexcept;
  ~Connection();

  // Sends one request and returns the body of its response.
  Result<std::string> call(std::int16_t api_key, std::int16_t version, const Encoder &body,
                           TimePoint deadline);

private:
  struct Core;
  explicit Connection(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

} // namespace host::wire
