#include "host/link/messages.h"

namespace host::link {

std::string_view build_id() { return SLUICE_BUILD_ID; }

} // namespace host::link
