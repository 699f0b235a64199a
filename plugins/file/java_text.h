#pragma once

#include <string>

#include "sluice/value.hpp"

namespace file {

// Appends a value as Java's toString gives it: `null`, `1.0E7`, `[a, b]`, `{k=v}`,
// `Struct{a=1,b=x}` (null fields left out), dates in the local time zone, decimals by BigDecimal's
// rules. Two differences: bytes are written as they are, where Java prints an object's address, and
// floating point numbers have the fewest digits that give the number back.
void append_java_text(std::string &out, const sluice::value &value);

} // namespace file
