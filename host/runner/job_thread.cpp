#include "host/runner/job_thread.h"

#include <chrono>
#include <exception>
#include <system_error>
#include <utility>

#include "host/base/log.h"
#include "host/base/thread.h"

namespace host::runner {
namespace {

const log::Logger kLog{"sluice.runner"};

// Between the jobs of one start or stop a new thread each would be waste.
constexpr std::chrono::seconds kLinger{1};

} // namespace

JobThread::JobThread(std::string name) : name_(std::move(name)) {}

JobThread::~JobThread() {
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void JobThread::post(Job job) {
  Job refused; // destroyed after the lock is gone
  std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
  if (running_) {
    changed_.notify_all();
    return;
  }
  if (thread_.joinable())
    thread_.join(); // it has left the lock for the last time
  try {
    thread_ = std::thread([this] { run(); });
    running_ = true;
  } catch (const std::system_error &e) {
    kLog.error("no thread '{}' for a plugin call: {}", name_, e.what());
    refused = std::move(jobs_.back());
    jobs_.pop_back();
  }
}

void JobThread::run() {
  name_this_thread(name_);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait_for(lock, kLinger, [&] { return closing_ || !jobs_.empty(); });
    if (jobs_.empty()) {
      running_ = false;
      return;
    }
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    run(std::move(job));
    lock.lock();
  }
}

void JobThread::run(Job job) {
  try {
    job();
  } catch (const std::exception &e) {
    kLog.error("a job of the runner failed: {}", e.what());
  } catch (...) {
    kLog.error("a job of the runner failed");
  }
}

} // namespace host::runner
