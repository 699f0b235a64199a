#pragma once

#include <stop_token>
#include <string>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/wire/security.h"

namespace host::wire {

// Whether one of the brokers lets a client in: TCP, TLS and SASL, and nothing more. The error of
// the last one that did not names the key to look at, which librdkafka's log lines do not. Blocks
// its thread until `deadline` at most; holds nothing afterwards.
Status reach(const std::string &bootstrap, const Security &security, TimePoint deadline,
             const std::stop_token &stop = {});

} // namespace host::wire
