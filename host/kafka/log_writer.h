#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "host/base/error.h"
#include "host/kafka/producer.h"
#include "host/kafka/topic_log.h"

namespace host::kafka {

// Writes groups of entries to one topic and tells when all of a group are durable. Used on the one
// thread of its TopicLog.
class LogWriter {
public:
  // `wake_fd`: an eventfd that becomes readable when there is something to serve().
  static Result<std::unique_ptr<LogWriter>> create(const ClientConfig &config,
                                                   const std::string &topic, int wake_fd);
  ~LogWriter();
  LogWriter(const LogWriter &) = delete;
  LogWriter &operator=(const LogWriter &) = delete;

  void write(std::vector<TopicLog::Entry> entries, TopicLog::Done done);
  // Produces what waited for room and tells what was delivered. A producer that gave up is an
  // error: its groups were told so, and the writer must be made again.
  Status serve();

  Producer &producer() { return *producer_; }

private:
  struct Group {
    std::vector<TopicLog::Entry> entries;
    TopicLog::Done done;
    std::size_t produced = 0;
    std::size_t open = 0; // produced and not delivered
    Status status;
  };

  LogWriter(std::unique_ptr<Producer> producer, Topic topic);
  bool produce(Group &group);
  void finish_if_done(Group *group);
  void on_deliveries(std::span<const Delivery> deliveries);

  std::unique_ptr<Producer> producer_;
  Topic topic_;
  std::unordered_map<Group *, std::unique_ptr<Group>> groups_;
  std::deque<Group *> waiting_; // not all produced, in order of arrival
};

} // namespace host::kafka
