#pragma once

#include "host/data/charset.h"

namespace host::data {

// What belongs to one character set; for charset*.cpp only.
struct Charset::Row {
  std::string_view name;
  std::string_view aliases;
  Form form;
  const char *library; // the C library's name; null for our own
};

} // namespace host::data
