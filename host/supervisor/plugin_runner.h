#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "host/supervisor/runner.h"
#include "host/supervisor/supervisor.h"

namespace host::supervisor {

// Inspection, validation and changes of offsets for one plugin file, in a runner that has no
// connector. Requests go to it one by one, so that a crash or a hang is known to be the present
// one's: that fails, the others are given to the next process. The process goes after an idle time,
// at once after an inspection. Owned by the supervisor, on its loop's thread.
class PluginRunner {
public:
  PluginRunner(RunnerShared &shared, std::string path, std::function<void()> on_idle);
  ~PluginRunner();
  PluginRunner(const PluginRunner &) = delete;
  PluginRunner &operator=(const PluginRunner &) = delete;

  void validate(std::string class_name, StringMap config, Supervisor::OnValidated done);
  void inspect(Supervisor::OnInspected done);
  // `request` without the path.
  void alter_offsets(link::AlterOffsets request, Supervisor::OnAltered done);

  // Fails what waits and kills the process; on_idle follows.
  void shut_down();
  void look(TimePoint now, std::int64_t boottime_ms);
  void set_log_level(const std::string &prefix, const std::string &level);

private:
  struct Job {
    std::string what; // for messages: `validate`
    std::function<void()> send;
    std::function<void(const Error &)> fail;
    Duration timeout{0};
    TimePoint deadline;
    bool last = false; // the process may go after it
  };

  void add(Job job);
  void next();
  void send_present();
  // False when the job was given up meanwhile.
  bool settled(bool last);
  void on_deadline();
  void on_ended(const Loss &loss);
  void fail_present(const std::string &reason);
  void end_process(Duration grace);

  RunnerShared &shared_;
  const std::string path_;
  std::function<void()> on_idle_;
  std::unique_ptr<Runner> runner_;
  std::optional<Job> present_;
  std::uint64_t present_id_ = 0; // of the jobs sent, so that a late answer is not taken for another
  std::deque<Job> waiting_;
  link::Timer deadline_;
  link::Timer idle_;
  bool closing_ = false;
};

} // namespace host::supervisor
