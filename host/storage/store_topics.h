#pragma once

#include <cstdint>

#include "host/base/error.h"
#include "host/base/strings.h"
#include "host/kafka/topic_log.h"

namespace host::storage {

// Connect's own topics (contract 3.1).
enum class StoreKind : std::uint8_t { Configs = 1, Offsets, Statuses };

// Name of the worker key that names the store's topic: `config.storage.topic`.
std::string topic_key(StoreKind kind);

// What a worker's configuration says of one of them: names, sizes and settings of the topic, and
// the clients. Config errors name the key. `on_record` is left to the caller.
Result<kafka::TopicLog::Settings> topic_log_settings(StoreKind kind, const StringMap &worker);

} // namespace host::storage
