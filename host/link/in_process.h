#pragma once

#include <functional>
#include <memory>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/base/fd.h"
#include "host/link/channel.h"

namespace host::link {

// A runner on threads of this process (`runner.isolation=none`). Implemented by host/runner, held
// by the supervisor, brought together by the app.
class InProcess {
public:
  // Ends it if it has not ended. Code that does not return cannot be killed here: its threads and
  // all that they use are left to the end of the process, and an error is logged.
  virtual ~InProcess() = default;
  // After Shutdown or the loss of the channel: true once all of its threads have ended.
  virtual bool wait_ended(TimePoint deadline) = 0;
};

// `page` is HostPage::dup_fd().
using StartInProcess =
    std::function<Result<std::unique_ptr<InProcess>>(std::unique_ptr<Channel>, UniqueFd page)>;

} // namespace host::link
