#pragma once

#include <utility> // before Asio, whose coroutine headers of Boost 1.74 need std::exchange

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <optional>
#include <string_view>

#include "host/base/error.h"
#include "host/base/strings.h"
#include "host/http/client.h"

namespace host::rest {

// TLS of listeners, from Java's keys: those behind `prefix` (`listeners.https.`) if there is any,
// else the worker's own `ssl.*` (contract 2.1). PEM files and PKCS12 stores; files are read once.
// Config errors name the key.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls(const StringMap &worker,
                                                            std::string_view prefix);

// TLS towards other workers, from the same keys: their authorities in the trust store, this
// worker's certificate for those that ask for one. Nothing if no key says anything: then the
// system's authorities count. Files are read for each connection.
Result<std::optional<http::TlsOptions>> make_client_tls(const StringMap &worker);

} // namespace host::rest
