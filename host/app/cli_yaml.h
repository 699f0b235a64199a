#pragma once

#include <string>

#include "host/json/value.h"

namespace host::app::cli {

// A JSON value as YAML 1.2 in block style, members in their order, with an end of line. Strings
// that a YAML 1.1 or 1.2 reader could take for something else are quoted; texts of several lines
// are literal blocks where that keeps every character.
std::string to_yaml(const json::Value &value);

} // namespace host::app::cli
