#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace host::runner {

// A thread that plugin code may run on, one job at a time, in order. It exists only while there is
// something to do and a moment longer, because a runner is idle for most of its life. Any thread
// may post. Destroying it finishes what is posted and joins, so a job must not hang by then.
class JobThread {
public:
  using Job = std::function<void()>;

  explicit JobThread(std::string name);
  ~JobThread();
  JobThread(const JobThread &) = delete;
  JobThread &operator=(const JobThread &) = delete;

  // A job that throws is logged and forgotten; a job that cannot run is destroyed.
  void post(Job job);

private:
  void run();
  static void run(Job job);

  const std::string name_;
  std::mutex mutex_; // guards all below
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::thread thread_;
  bool running_ = false;
  bool closing_ = false;
};

} // namespace host::runner
