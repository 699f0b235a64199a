#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "host/base/clock.h"
#include "host/base/death_timer.h"
#include "host/base/error.h"
#include "host/base/redactor.h"
#include "host/link/channel.h"
#include "host/link/in_process.h"
#include "host/link/io_loop.h"
#include "host/link/page.h"
#include "host/metrics/callback_guard.h"
#include "host/supervisor/log_relay.h"
#include "host/supervisor/memory_groups.h"
#include "host/supervisor/process_exit.h"
#include "host/supervisor/reaper.h"
#include "host/supervisor/runner_starter.h"
#include "host/supervisor/settings.h"

namespace host::supervisor {

// What all runners of one supervisor use; owned by it, outlives them.
struct RunnerShared {
  link::IoLoop &loop;
  const Settings &settings;
  RunnerStarter &starter;
  Reaper &reaper;
  std::unique_ptr<MemoryGroups> groups; // none where cgroups cannot be used
  Redactor &redactor;
  LogRelay &logs;
  const link::StartInProcess &start_in_process;
  StringMap log_levels; // the present ones, for runners still to come
  // Until when what runs here may write; none: for ever (standalone).
  std::optional<std::int64_t> lease_until_boottime_ms = {};
  DeathTimer own_lease = {}; // armed while runners live on threads of this process

  bool lease_is_over() const {
    return lease_until_boottime_ms && *lease_until_boottime_ms <= metrics::boottime_ms();
  }
};

struct RunnerSpec {
  std::string title;     // what ps shows and messages say
  std::string connector; // empty for a plugin runner
  bool in_process = false;
  bool inherit_stdio = false;
  bool leased = false; // it could write to Kafka
  std::int64_t memory_max_bytes = 0;
};

// In what a runner lives: a process, or threads of this one. Owned by its Runner; on the loop's
// thread. Destroying it ends what still lives, without calling back.
class RunnerBody {
public:
  struct Handlers {
    std::function<void(Result<std::unique_ptr<link::Channel>>)> on_started;
    std::function<void(ProcessExit)> on_exit; // once, after a successful start
  };

  virtual ~RunnerBody() = default;
  virtual void start(const link::HostPage &page, Handlers handlers) = 0;
  // Hard ways to end; on_exit follows.
  virtual void signal(int number) = 0;
  virtual void kill() = 0;
  // The channel is gone; threads are known to end then.
  virtual void link_lost() = 0;
  // Resident bytes, if it is time to look.
  virtual std::optional<std::int64_t> look_at_memory(TimePoint now) = 0;
  virtual void allow_threads(std::int32_t threads) = 0;
  virtual std::string stderr_tail() const = 0;
  virtual std::int64_t pid() const = 0; // 0 when it has no process of its own
};

std::unique_ptr<RunnerBody> process_body(RunnerShared &shared, const RunnerSpec &spec);
std::unique_ptr<RunnerBody> threads_body(RunnerShared &shared, const RunnerSpec &spec);

} // namespace host::supervisor
