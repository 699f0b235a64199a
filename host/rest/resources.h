#pragma once

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
void add_plugins(Router &router, herder::Herder &herder);
void add_loggers(Router &router, LoggerLevels &levels);

// What is answered when the herder does not answer in time: by default after 90 s (contract 2.2).
Deadline deadline_of(const Request &request, const herder::Herder &herder);

} // namespace host::rest
