#pragma once

#include <memory>

#include "host/plugin/connector.h"
#include "tests/runtime/warm/window.h"

namespace host::runtime::test {

// What the records of an endless source hold.
enum class Content {
  Text,   // raw, as lines of a file
  Map,    // a map without a schema
  Struct, // a struct under a schema
};

// The connector of a source whose task gives batches of a hundred records as fast as they are taken
// and allocates nothing itself. The window sees each record go. One at a time.
std::shared_ptr<const plugin::Connector> endless_source(Content content, Window &window);

} // namespace host::runtime::test
