#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "host/base/error.h"

namespace host::kafka {

// A response code of the client library or of a broker, kept as a number so that the fast paths
// copy no text. None is success; what the others mean is asked below.
enum class ErrorCode : std::int32_t { None = 0 };

// `TOPIC_AUTHORIZATION_FAILED`, `_MSG_TIMED_OUT`.
std::string_view name_of(ErrorCode code);
// The library's sentence: `Broker: Topic authorization failed`.
std::string_view text_of(ErrorCode code);
// The Java client's class for the same failure; `org.apache.kafka.common.KafkaException` if none.
std::string_view exception_of(ErrorCode code);
// Whether the same call may succeed later (Java's RetriableException and what librdkafka retries).
bool is_retriable(ErrorCode code);

// An Error with the Java class, Retry or Fatal, and `what` in front: "<what>: <sentence>".
Error error_of(ErrorCode code, std::string_view what = {}, std::string_view detail = {});

} // namespace host::kafka
