#pragma once

#include <string>

namespace host {

// Names the calling thread for ps, gdb and core files; the kernel keeps 15 bytes of it.
void name_this_thread(const std::string &name);

} // namespace host
