#pragma once

#include "host/base/error.h"
#include "host/config/worker_config.h"
#include "host/rest/forwarder.h"
#include "host/rest/server.h"

namespace host::rest {

// What the server takes from the worker's configuration: addresses, TLS, users, limits, headers. A
// Config error names the key. Reads the files that it names.
Result<ServerOptions> server_options(const config::WorkerConfig &config);
// The same of requests to other workers.
Result<Forwarder::Options> forwarder_options(const config::WorkerConfig &config);
Advertised advertised(const config::Values &values);

} // namespace host::rest
