#pragma once

#include <string>
#include <string_view>

namespace host::app {

inline constexpr std::string_view kVersion = SLUICE_VERSION;
// The Kafka Connect whose REST API, topics and configs this program speaks.
inline constexpr std::string_view kConnectVersion = "4.3.0";

// One line for --version: ours, Kafka Connect's and librdkafka's.
std::string version_text();

} // namespace host::app
