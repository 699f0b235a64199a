#include "host/supervisor/plugin_runner.h"

#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"

namespace host::supervisor {
namespace {

const log::Logger kLog{"sluice.supervisor"};

std::string file_name(const std::string &path) { return path.substr(path.rfind('/') + 1); }

} // namespace

PluginRunner::PluginRunner(RunnerShared &shared, std::string path, std::function<void()> on_idle)
    : shared_(shared), path_(std::move(path)), on_idle_(std::move(on_idle)) {}

PluginRunner::~PluginRunner() = default;

void PluginRunner::validate(std::string class_name, StringMap config,
                            Supervisor::OnValidated done) {
  Job job;
  job.what = "validate";
  job.timeout = shared_.settings.validate_timeout;
  job.fail = [done](const Error &error) { done(fail(error)); };
  job.send = [this, class_name, config = std::move(config), done] {
    runner_->request(link::Validate{path_, class_name, config},
                     [this, done, id = present_id_](Result<link::Validated> reply) {
                       if (id != present_id_ || !settled(false))
                         return;
                       if (reply)
                         done(std::move(reply->keys));
                       else
                         done(fail(std::move(reply).error()));
                     });
  };
  add(std::move(job));
}

void PluginRunner::inspect(Supervisor::OnInspected done) {
  Job job;
  job.what = "inspect";
  job.timeout = shared_.settings.inspect_timeout;
  job.last = true;
  job.fail = [done](const Error &error) { done(fail(error)); };
  job.send = [this, done] {
    runner_->request(link::Inspect{path_},
                     [this, done, id = present_id_](Result<link::Inspected> reply) {
                       if (id != present_id_ || !settled(true))
                         return;
                       if (reply)
                         done(std::move(reply->descriptors));
                       else
                         done(fail(std::move(reply).error()));
                     });
  };
  add(std::move(job));
}

void PluginRunner::alter_offsets(link::AlterOffsets request, Supervisor::OnAltered done) {
  request.plugin_path = path_;
  Job job;
  job.what = "alter offsets";
  job.timeout = shared_.settings.validate_timeout;
  job.fail = [done](const Error &error) { done(fail(error)); };
  job.send = [this, request = std::move(request), done] {
    runner_->request(request, [this, done, id = present_id_](Result<link::OffsetsAltered> reply) {
      if (id != present_id_ || !settled(false))
        return;
      if (reply)
        done(reply->complete);
      else
        done(fail(std::move(reply).error()));
    });
  };
  add(std::move(job));
}

void PluginRunner::add(Job job) {
  if (closing_)
    return job.fail(Error(Code::Cancelled, "the supervisor is stopping"));
  job.deadline = std::chrono::steady_clock::now() + job.timeout;
  waiting_.push_back(std::move(job));
  next();
}

void PluginRunner::next() {
  if (present_)
    return;
  idle_.reset();
  if (waiting_.empty()) {
    if (runner_)
      idle_ = shared_.loop.after(shared_.settings.plugin_idle,
                                 [this] { end_process(shared_.settings.shutdown_grace); });
    else
      idle_ = shared_.loop.after(Duration{0}, [this] {
        const auto on_idle = std::move(on_idle_); // it destroys this
        on_idle();
      });
    return;
  }
  present_ = std::move(waiting_.front());
  waiting_.pop_front();
  const auto left =
      std::chrono::duration_cast<Duration>(present_->deadline - std::chrono::steady_clock::now());
  deadline_ = shared_.loop.after(std::max(left, Duration{0}), [this] { on_deadline(); });
  send_present();
}

void PluginRunner::send_present() {
  ++present_id_;
  if (runner_ && runner_->ready())
    return present_->send();
  if (runner_)
    return; // starting: on_ready sends it; ending: on_ended starts anew
  RunnerSpec spec;
  spec.title = "plugin " + file_name(path_);
  spec.in_process = shared_.settings.plugin_isolation == Isolation::None;
  spec.memory_max_bytes = shared_.settings.plugin_limits.memory_max_bytes;
  runner_ =
      std::make_unique<Runner>(shared_, std::move(spec),
                               Runner::Handlers{[](link::Peer &) {},
                                                [this] {
                                                  if (present_)
                                                    present_->send();
                                                },
                                                [this](const Loss &loss) { on_ended(loss); }});
  runner_->start();
}

bool PluginRunner::settled(bool last) {
  if (!present_)
    return false;
  present_.reset();
  deadline_.reset();
  if (last && waiting_.empty())
    end_process(shared_.settings.shutdown_grace);
  else
    next();
  return true;
}

void PluginRunner::on_deadline() {
  Loss why;
  why.reason = LossReason::NoAnswer;
  why.detail = present_->what;
  why.waited = present_->timeout;
  if (runner_)
    return runner_->end(std::move(why), Duration{0});
  fail_present(why.summary());
}

void PluginRunner::end_process(Duration grace) {
  if (runner_)
    runner_->end(Loss::none(), grace);
}

void PluginRunner::on_ended(const Loss &loss) {
  runner_.reset();
  if (!loss.expected)
    kLog.warn("{}: {}", path_, loss.summary());
  // A process that was ended for being idle is no answer to a request that came just then.
  if (present_ && !loss.expected)
    return fail_present(loss.stderr_tail.empty()
                            ? loss.summary()
                            : fmt::format("{}; its standard error ended with: {}", loss.summary(),
                                          loss.stderr_tail));
  if (present_)
    return send_present();
  next();
}

void PluginRunner::fail_present(const std::string &reason) {
  const Job job = std::move(*present_);
  present_.reset();
  deadline_.reset();
  job.fail(Error(Code::Fatal, exception::kConnect,
                 fmt::format("while asking plugin {} to {}: {}", path_, job.what, reason)));
  next();
}

void PluginRunner::shut_down() {
  closing_ = true;
  const Error error(Code::Cancelled, "the supervisor is stopping");
  deadline_.reset();
  if (auto job = std::exchange(present_, std::nullopt))
    job->fail(error);
  for (const Job &job : std::exchange(waiting_, {}))
    job.fail(error);
  end_process(Duration{0});
  next();
}

void PluginRunner::look(TimePoint now, std::int64_t boottime_ms) {
  if (runner_)
    runner_->look(now, boottime_ms);
}

void PluginRunner::set_log_level(const std::string &prefix, const std::string &level) {
  if (runner_)
    runner_->tell(link::SetLogLevel{prefix, level});
}

} // namespace host::supervisor
