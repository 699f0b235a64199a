#pragma once

#include <string>

#include "host/base/error.h"
#include "host/kafka/admin.h"

namespace host::kafka {

// A topic of Connect's own, and the words for what is wrong with it (contract 3.1).
struct StoreTopic {
  NewTopic topic;                // as it is made when absent
  std::string key;               // `offset.storage.topic`
  std::string purpose;           // `source connector offsets`
  bool single_partition = false; // the config topic
};

// Makes the topic if it is absent; refuses one that is not compacted, with Connect's message.
// Retry error: the cluster does not answer, or has too few brokers yet.
Status ensure_topic(Admin &admin, const StoreTopic &wanted, const CallLimit &limit);

} // namespace host::kafka
