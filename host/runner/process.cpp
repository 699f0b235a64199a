#include "host/runner/process.h"

#include <unistd.h>

#include <utility>

#include "host/base/log.h"
#include "host/base/redactor.h"
#include "host/link/exit_code.h"
#include "host/link/io_loop.h"
#include "host/link/log_pipe.h"
#include "host/link/page.h"
#include "host/runner/runner.h"

namespace host::runner {
namespace {

const log::Logger kLog{"sluice.runner"};

int exit_code(End end) {
  switch (end) {
  case End::Ordered:
    return link::kExitOrdered;
  case End::LinkLost:
    return link::kExitHostGone;
  case End::Refused:
    return link::kExitBadStart;
  }
  return link::kExitBadStart;
}

} // namespace

int runner_main(RunnerDescriptors fds) {
  // Never destroyed: threads of the plugin use them until the process is gone.
  static SystemClock clock;
  Redactor &redactor = process_redactor();
  auto mapped = link::RunnerPage::map(UniqueFd(fds.page));
  if (!mapped) {
    kLog.error("a runner cannot start: {}", mapped.error().message());
    return link::kExitBadStart;
  }
  static auto &page = *new link::RunnerPage(std::move(*mapped));
  if (fds.log >= 0)
    log::set_sink(
        redacted(link::log_pipe_sink(fds.log, page.page().log_lines_dropped, clock), redactor));
  static auto &loop = *new link::IoLoop;
  static auto &runner =
      *new Runner(loop, link::socket_channel(UniqueFd(fds.link)), page, redactor, clock,
                  Home::OwnProcess, [](End end) { ::_exit(exit_code(end)); });
  loop.post([] { runner.start(); });
  loop.run();
  ::_exit(link::kExitHostGone);
}

} // namespace host::runner
