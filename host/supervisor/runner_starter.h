#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/link/io_loop.h"
#include "host/supervisor/settings.h"
#include "host/supervisor/template.h"

namespace host::supervisor {

// Starts runner processes by the way that `runner.spawn` names; by exec while the template cannot
// be used. Makes this process the one that orphaned descendants return to, once and for good.
// Owned by the supervisor, on its loop's thread.
class RunnerStarter {
public:
  RunnerStarter(link::IoLoop &loop, Reaper &reaper, const Settings &settings);

  void start();
  void stop();

  void start_runner(const RunnerShape &shape, OpenChildFds open, OnChild done);
  // 0 when there is none.
  pid_t template_pid() const { return template_ ? template_->pid() : 0; }

private:
  void exec(const RunnerShape &shape, const OpenChildFds &open, const OnChild &done);

  link::IoLoop &loop_;
  Reaper &reaper_;
  const Settings &settings_;
  std::vector<std::string> environment_;
  std::unique_ptr<Template> template_; // none with SpawnMode::Exec
};

} // namespace host::supervisor
