#pragma once

#include <memory>

#include "host/base/fd.h"
#include "host/link/channel.h"
#include "host/link/in_process.h"
#include "host/supervisor/runner_entry.h"

// A runner without plugins: it speaks the link as the real one does, and does in its callbacks what
// its configuration says (act.h). Keys: `connector.start`, `connector.stop`, `task_configs`,
// `load`, `start`, `poll`, `stop`; `validate` in a configuration to validate; what an inspection
// does is the file's content.
namespace process_test {

int stub_runner_main(const host::supervisor::RunnerFds &fds);

host::Result<std::unique_ptr<host::link::InProcess>>
start_stub_in_process(std::unique_ptr<host::link::Channel> channel, host::UniqueFd page);

} // namespace process_test
