#pragma once

#include <string_view>

#include "sluice/abi/host.h"

// What a plugin can do to the process that it runs in.
namespace badplugins {

// Does it: segv, abort, exit, throw, loop, deadlock, oom, closefds, logflood or blockforever. All
// but `throw` and `closefds` never return; an unknown word does nothing. `host` and `ctx` may be
// NULL.
void do_harm(std::string_view what, const sluice_host *host, sluice_ctx *ctx);

} // namespace badplugins
