#pragma once

#include <utility> // before Asio, whose coroutine headers of Boost 1.74 need std::exchange

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string_view>

#include "host/base/error.h"
#include "host/base/strings.h"

namespace host::rest {

// TLS of listeners, from Java's keys: those behind `prefix` (`listeners.https.`) if there is any,
// else the worker's own `ssl.*` (contract 2.1). PEM files and PKCS12 stores; files are read once.
// Config errors name the key.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls(const StringMap &worker,
                                                            std::string_view prefix);

} // namespace host::rest
