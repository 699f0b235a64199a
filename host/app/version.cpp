#include "host/app/version.h"

#include <fmt/format.h>

#include "host/kafka/client_config.h"

namespace host::app {

std::string version_text() {
  return fmt::format("sluiced {} (speaks Kafka Connect {}, librdkafka {})", kVersion,
                     kConnectVersion, kafka::library_version());
}

} // namespace host::app
