#pragma once

#include "host/base/error.h"
#include "host/kafka/client_config.h"
#include "host/kafka/client_layers.h"

namespace host::kafka {

// Translates the `ssl.*` and `sasl.*` keys of one client that mean something else in librdkafka.
// Reads the head of store files.
Status translate_security(const JavaConfig &java, ClientConfig &config);

} // namespace host::kafka
