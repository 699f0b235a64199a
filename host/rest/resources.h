#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "host/base/clock.h"
#include "host/herder/herder.h"
#include "host/rest/router.h"

namespace host::rest {

class LoggerLevels;

// What `GET /` says of this program.
struct ServerInfo {
  std::string version = "4.3.0";  // the Kafka Connect that we answer like
  std::string commit = "unknown"; // of our build
  std::string sluice_version;
};

// The resources, one file each. The herder must outlive the router.
void add_root(Router &router, herder::Herder &herder, ServerInfo info);
void add_connectors(Router &router, herder::Herder &herder);
void add_connector_configs(Router &router, herder::Herder &herder);
void add_connector_actions(Router &router, herder::Herder &herder);
void add_connector_offsets(Router &router, herder::Herder &herder);
void add_plugins(Router &router, herder::Herder &herder);
void add_loggers(Router &router, LoggerLevels &levels, herder::Herder &herder);
void add_metrics(Router &router, std::function<void(std::function<void(std::string)>)> text);

// How long the herder may take to answer (contract 2.1).
struct Patience {
  std::chrono::milliseconds request{90'000};
  std::chrono::milliseconds health{10'000};
};
// When a request has waited long enough, and what is answered then (contract 2.2, 2.7).
Deadline deadline_of(const Request &request, const herder::Herder &herder, Patience patience);

} // namespace host::rest
