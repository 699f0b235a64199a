#pragma once

#include <cstdint>
#include <string>

#include "host/data/calendar.h"
#include "host/data/cell.h"
#include "host/data/schema.h"

namespace host::data {

// What Java's `toString` says of a value (contract 16.2): `Struct{a=1,b=x}`, `{k=v}`, `[a, b]`,
// decimals and dates as their Java objects print. Byte strings, whose Java text is an address,
// print as `[B@0`. The datum must be well-formed (check_datum).
void append_java_text(std::string &out, const Datum &datum);

// Appends what has the same text everywhere, but for the form of dates: null, booleans, numbers,
// decimals, dates. False, and nothing appended, for texts, bytes and containers.
bool append_scalar(std::string &out, const Cell &cell, const Schema *schema,
                   void (*append_date)(std::string &out, std::int64_t ms));

// `java.util.Date.toString` in UTC: `Thu Jan 01 00:00:00 UTC 1970`.
void append_java_date(std::string &out, std::int64_t ms_since_epoch);

// The milliseconds since the epoch that a Date, Time or Timestamp cell stands for.
std::int64_t epoch_ms(Logical logical, const Cell &cell);

} // namespace host::data
