#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "host/base/error.h"
#include "host/kafka/admin.h"
#include "host/regex/regex.h"
#include "host/runtime/task.h"

namespace host::runtime {

// Topics of a source task that do not exist yet, made by the rules of topic.creation.* (KIP-158,
// contract 5.2, 6.8). Without such keys it does nothing and the broker may make them. Belongs to
// the task's thread.
class TopicCreation {
public:
  static Result<TopicCreation> from(const TaskSpec &spec);

  bool active() const { return active_; }
  // The topic as the first group that fits would make it.
  kafka::NewTopic plan(const std::string &topic) const;
  // Makes sure that the topic exists; waits for the cluster until the stop.
  Status prepare(kafka::Admin &admin, const std::string &topic, std::stop_token stop) const;

private:
  struct Group {
    std::string name;
    std::optional<regex::Regex> include; // none: matches nothing
    std::optional<regex::Regex> exclude;
    std::int32_t partitions = -1;
    std::int32_t replication_factor = -1;
    StringMap config;

    bool fits(const std::string &topic) const;
  };

  static Result<Group> read_group(const StringMap &keys, const std::string &name,
                                  const Group *fallback);
  Status create(kafka::Admin &admin, const std::string &topic, std::stop_token stop) const;

  bool active_ = false;
  std::vector<Group> groups_; // `default` last
};

} // namespace host::runtime
