#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "host/base/error.h"
#include "host/base/mailbox.h"
#include "host/base/strings.h"
#include "host/herder/group_calls.h"
#include "host/kafka/admin.h"

namespace host::app {

// The worker's questions to its Kafka cluster: which one it is, and what sinks' groups have
// committed. The questions wait for answers, so they have a thread of their own; the client behind
// it exists only while there is something to ask. Made, started and stopped by the app.
class Cluster {
public:
  explicit Cluster(StringMap worker_config);
  ~Cluster();
  Cluster(const Cluster &) = delete;
  Cluster &operator=(const Cluster &) = delete;

  // Asks until the cluster answers, saying in the log now and then that it does not; then calls
  // `found` once, on the thread. Not called after stop(), nor when a setting is wrong: `failed` is.
  void start(std::function<void(std::string cluster_id)> found, std::function<void(Error)> failed);
  void stop();

  // What is waited for, in words; empty once the cluster has answered. Any thread.
  std::string waiting_for() const;

  // Any thread; calls back on the thread.
  herder::GroupCalls group_calls();

private:
  void find_cluster(const std::stop_token &stop, const std::function<void(std::string)> &found,
                    const std::function<void(Error)> &failed);
  void say(std::string waiting_for);
  // Asks with a client that is made for it.
  template <class T>
  void ask(std::function<Result<T>(kafka::Admin &, const kafka::CallLimit &)> question,
           std::function<void(Result<T>)> done);

  const StringMap worker_config_;
  const std::string cluster_name_; // for people
  Mailbox<std::function<void(std::stop_token)>> questions_;
  mutable std::mutex mutex_;
  std::string waiting_for_; // under mutex_
  std::jthread thread_;
};

} // namespace host::app
