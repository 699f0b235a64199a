#pragma once

#include <string>
#include <string_view>

#include "host/base/error.h"
#include "host/base/strings.h"

namespace host::kafka {

// One login module of a `sasl.jaas.config` value:
// `org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";`
struct JaasEntry {
  std::string module; // class name
  StringMap options;
};

// Reads the value as Java does: quotes of both kinds with escapes, comments, one entry closed by a
// semicolon. Errors name what is missing and show nothing of the value.
Result<JaasEntry> parse_jaas(std::string_view text);

} // namespace host::kafka
