#pragma once

#include <memory>

#include "host/plugin/connector.h"
#include "tests/runtime/warm/window.h"

namespace host::runtime::test {

// The connector of a sink whose task takes everything, reads the shape of each record and allocates
// nothing itself. The window sees each batch. One at a time.
std::shared_ptr<const plugin::Connector> counting_sink(std::uint32_t forms, Window &window);

} // namespace host::runtime::test
