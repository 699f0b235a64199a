#pragma once

#include <utility>

#include "host/base/clock.h"
#include "host/base/strings.h"
#include "host/link/io_loop.h"
#include "host/link/page.h"
#include "host/runner/job_thread.h"
#include "host/runner/outlet.h"
#include "host/runtime/producer_pool.h"

namespace host::runner {

// What the parts of one runner work with. Owned by the Runner, outlives its tasks and connector.
struct Parts {
  Parts(link::IoLoop &loop, const Clock &clock, link::RunnerPage &page, Outlet &outlet,
        StringMap worker_config)
      : loop(loop), clock(clock), page(page), outlet(outlet),
        worker_config(std::move(worker_config)) {}

  link::IoLoop &loop;
  const Clock &clock;
  link::RunnerPage &page;
  Outlet &outlet;
  const StringMap worker_config; // from Welcome
  runtime::ProducerPool producers;
  // [control] calls: loading, the connector object, validation.
  JobThread control{"control"};
  // Calls that must reach a task or connector whose own thread is busy: cancel, wake; and the end
  // of tasks. Apart from the loop's thread, which plugin code must not hold up.
  JobThread nudge{"nudge"};

  metrics::TaskSlot &control_slot() { return page.slot(link::SharedPage::kControlSlot); }
};

} // namespace host::runner
