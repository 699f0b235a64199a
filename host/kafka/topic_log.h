#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/kafka/client_config.h"
#include "host/kafka/log_reader.h"
#include "host/kafka/store_topic.h"

namespace host::kafka {

// A topic read as a log from its first record on and written to: the ground of the stores
// (contract 3.1, KafkaBasedLog). Owned by its store, which it calls on its own single thread: every
// callback below runs there and must not block. All public calls return at once, from any thread.
//
// start() makes the topic if need be, checks it, reads it to its end and then keeps reading. A
// broker that does not answer is asked again for ever, with a line in the log now and then. stop()
// joins the thread; what is open then is told Cancelled. Both once, in this order.
class TopicLog {
public:
  struct Entry {
    std::string key;
    std::optional<std::string> value; // empty: a tombstone
  };
  using Done = std::function<void(Status)>;

  static constexpr TimePoint kNoDeadline = TimePoint::max();

  struct Settings {
    ClientConfig producer;
    ClientConfig consumer;
    StoreTopic topic;
    bool administer = true; // false in dev mode: the mock cluster makes and describes nothing
    LogReader::OnRecord on_record; // each record, in log order per partition
  };

  explicit TopicLog(Settings settings);
  ~TopicLog();
  TopicLog(const TopicLog &) = delete;
  TopicLog &operator=(const TopicLog &) = delete;

  // `on_ready` once: when the log was read to the end it had, or with what is wrong for good.
  void start(Done on_ready);
  void stop();

  // `done` when every in-sync replica has all of them; the first error if one has not. A Timeout
  // error after `deadline`: then it is not known what was written. It may come late by one call to
  // a broker that does not answer, at most ten seconds.
  void write(std::vector<Entry> entries, Done done, TimePoint deadline = kNoDeadline);
  // `done` after every record was seen that was in the log when this was called. Concurrent calls
  // share one look at the end offsets.
  void read_to_end(Done done, TimePoint deadline = kNoDeadline);

  // `done` on the log's thread at that time, or Cancelled when it stops before.
  void at(TimePoint time, Done done);

  // What is waited for, in words; empty once ready.
  std::string waiting_for() const;

private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

} // namespace host::kafka
