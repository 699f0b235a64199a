#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/base/error.h"
#include "host/base/offset_record.h"
#include "host/herder/group_calls.h"
#include "host/herder/steps.h"
#include "host/plugin/descriptor.h"
#include "host/storage/offset_store.h"
#include "host/supervisor/supervisor.h"

// Changes of stored offsets that a user asks for (contract 2.8). That the connector is stopped is
// the herder's to see to.
namespace host::herder {

// What a change is made with.
struct OffsetTools {
  Tick &tick;
  supervisor::Supervisor &supervisor;
  storage::OffsetStore &store;
  const GroupCalls &groups;
};

// The connector whose offsets change: its config and plugin, for a sink its consumer group.
struct OffsetOwner {
  supervisor::ConnectorSpec spec;
  plugin::Kind kind = plugin::Kind::Source;
  std::string group;
};

// Asks the connector, stores the change, and gives the sentence for the user. Without `changes` all
// stored offsets are removed.
Step<Result<std::string>> change_offsets(OffsetTools tools, OffsetOwner owner,
                                         std::optional<std::vector<OffsetChange>> changes);

// What a client is told whose connector runs.
Error not_stopped(const std::string &connector);

// The parts that only look at their arguments.

// A change of a sink's offsets, read; of two for one partition the last counts.
struct SinkChanges {
  std::vector<GroupOffset> stored;
  std::vector<TopicPartition> removed;
};
Result<SinkChanges> read_sink_changes(const std::vector<OffsetChange> &changes);
// In the one form in which connectors get it.
std::vector<OffsetChange> as_changes(const SinkChanges &changes);

// The records that make a change of a source's offsets, one per partition, and the change in the
// same form of JSON.
struct SourceChanges {
  std::vector<OffsetRecord> records;
  std::vector<OffsetChange> changes;
};
Result<SourceChanges> read_source_changes(const std::string &connector,
                                          const std::vector<OffsetChange> &changes);
// Those that remove all that is stored.
SourceChanges removal_of(const std::string &connector, const std::vector<OffsetRecord> &stored);

} // namespace host::herder
