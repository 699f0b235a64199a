#include "host/supervisor/runner_starter.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <utility>

#include "host/supervisor/environment.h"

namespace host::supervisor {
namespace {

// Each runner costs the host four descriptors.
void raise_descriptor_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
}

} // namespace

RunnerStarter::RunnerStarter(link::IoLoop &loop, Reaper &reaper, const Settings &settings)
    : loop_(loop), reaper_(reaper), settings_(settings),
      environment_(allowed_environment(::environ, settings.environment_names)) {}

void RunnerStarter::start() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  raise_descriptor_limit();
  if (settings_.spawn == SpawnMode::Exec)
    return;
  template_ = std::make_unique<Template>(loop_, reaper_,
                                         Template::Settings{environment_, settings_.inherit_stdio});
  template_->start();
}

void RunnerStarter::stop() {
  if (template_)
    template_->stop();
}

void RunnerStarter::start_runner(const RunnerShape &shape, OpenChildFds open, OnChild done) {
  if (!template_ || template_->unusable())
    return exec(shape, open, done);
  template_->fork_runner(shape, open, [this, shape, open, done](Result<Child> child) {
    if (!child && child.error().code() == Code::Unavailable)
      return exec(shape, open, done);
    done(std::move(child));
  });
}

void RunnerStarter::exec(const RunnerShape &shape, const OpenChildFds &open, const OnChild &done) {
  auto fds = open();
  if (!fds)
    return done(fail(std::move(fds).error()));
  done(spawn_runner(settings_.exec_program, std::move(*fds), shape, environment_));
}

} // namespace host::supervisor
