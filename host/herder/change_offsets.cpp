// The sequence of a change of offsets.
#include <utility>

#include "host/herder/offset_changes.h"

namespace host::herder {
namespace {

constexpr Duration kBusyPause{200};
constexpr int kBusyAttempts = 25;

std::string done_text(bool complete, bool reset) {
  const std::string verb = reset ? "reset" : "altered";
  if (complete)
    return "The offsets for this connector have been " + verb + " successfully";
  return "The Connect framework-managed offsets for this connector have been " + verb +
         " successfully. However, if this connector manages offsets externally, they will need to "
         "be manually " +
         verb + " in the system that the connector uses.";
}

Step<Result<bool>> ask_connector(OffsetTools tools, supervisor::ConnectorSpec spec,
                                 std::vector<OffsetChange> changes) {
  Result<bool> complete =
      co_await Answer<Result<bool>>(tools.tick, [&](std::function<void(Result<bool>)> done) {
        tools.supervisor.alter_offsets(spec, std::move(changes), std::move(done));
      });
  if (!complete && complete.error().code() == Code::Unsupported)
    co_return fail(Code::Unsupported, exception::kConnect,
                   "Failed to modify offsets for connector " + spec.name +
                       " because it doesn't support external modification of offsets");
  co_return complete;
}

// A sink's last member may be on its way out of the group: that takes a moment, not forever.
Step<Status> change_group(Tick &tick, std::function<void(GroupCalls::Done)> change) {
  for (int attempt = 1;; ++attempt) {
    Status done = co_await Answer<Status>(tick, change);
    if (done || done.error().code() != Code::Conflict || attempt == kBusyAttempts)
      co_return done;
    (void)co_await Answer<bool>(tick, [&tick](const std::function<void(bool)> &go_on) {
      tick.after(kBusyPause, [go_on] { go_on(true); });
    });
  }
}

// What a failed change of a group is told as.
Error group_failure(Error error, const std::string &connector, bool reset) {
  const std::string verb = reset ? "reset" : "alter";
  std::string text = "Failed to " + verb + " consumer group offsets for connector " + connector;
  if (error.code() == Code::Conflict)
    text += " either because its tasks haven't stopped completely yet or the connector was resumed "
            "before the request to " +
            verb +
            " its offsets could be successfully completed. If the connector is in a stopped state, "
            "this operation can be safely retried. If it doesn't eventually succeed, the Connect "
            "cluster may need to be restarted to get rid of the zombie sink tasks.";
  else
    text += ": " + error.message();
  return std::move(error).wrap(Code::Fatal, exception::kConnect, std::move(text));
}

Step<Result<SourceChanges>> source_changes(OffsetTools tools, std::string connector,
                                           std::optional<std::vector<OffsetChange>> changes) {
  if (changes)
    co_return read_source_changes(connector, *changes);
  using Records = Result<std::vector<OffsetRecord>>;
  Records stored = co_await Answer<Records>(tools.tick, [&](std::function<void(Records)> done) {
    tools.store.list(connector, std::move(done));
  });
  if (!stored)
    co_return fail(std::move(stored).error());
  co_return removal_of(connector, *stored);
}

Step<Result<SinkChanges>> sink_changes(OffsetTools tools, std::string group,
                                       std::optional<std::vector<OffsetChange>> changes) {
  if (changes)
    co_return read_sink_changes(*changes);
  using Listed = Result<std::vector<GroupOffset>>;
  Listed listed = co_await Answer<Listed>(tools.tick, [&](std::function<void(Listed)> done) {
    tools.groups.list(group, std::move(done));
  });
  if (!listed)
    co_return fail(std::move(listed).error());
  SinkChanges removal;
  for (const GroupOffset &one : *listed)
    removal.removed.push_back(one.partition);
  co_return removal;
}

Step<Result<std::string>> change_source(OffsetTools tools, OffsetOwner owner,
                                        std::optional<std::vector<OffsetChange>> changes) {
  const bool reset = !changes;
  auto read = co_await source_changes(tools, owner.spec.name, std::move(changes));
  if (!read)
    co_return fail(std::move(read).error());
  const auto complete = co_await ask_connector(tools, owner.spec, read->changes);
  if (!complete)
    co_return fail(complete.error());
  if (!read->records.empty()) {
    Status written = co_await Answer<Status>(tools.tick, [&](std::function<void(Status)> done) {
      tools.store.write(std::move(read->records), std::move(done));
    });
    if (!written)
      co_return fail(std::move(written).error().wrap(
          Code::Fatal, exception::kConnect,
          "Failed to modify offsets for source connector " + owner.spec.name));
  }
  co_return done_text(*complete, reset);
}

Step<Result<std::string>> change_sink(OffsetTools tools, OffsetOwner owner,
                                      std::optional<std::vector<OffsetChange>> changes) {
  const bool reset = !changes;
  auto read = co_await sink_changes(tools, owner.group, std::move(changes));
  if (!read)
    co_return fail(std::move(read).error());
  const auto complete = co_await ask_connector(tools, owner.spec, as_changes(*read));
  if (!complete)
    co_return fail(complete.error());
  Status changed;
  if (reset) {
    changed = co_await change_group(tools.tick, [&](GroupCalls::Done done) {
      tools.groups.remove(owner.group, std::move(done));
    });
  } else {
    if (!read->stored.empty())
      changed = co_await change_group(tools.tick, [&](GroupCalls::Done done) {
        tools.groups.alter(owner.group, read->stored, std::move(done));
      });
    if (changed && !read->removed.empty())
      changed = co_await change_group(tools.tick, [&](GroupCalls::Done done) {
        tools.groups.forget(owner.group, read->removed, std::move(done));
      });
  }
  if (!changed)
    co_return fail(group_failure(std::move(changed).error(), owner.spec.name, reset));
  co_return done_text(*complete, reset);
}

} // namespace

Step<Result<std::string>> change_offsets(OffsetTools tools, OffsetOwner owner,
                                         std::optional<std::vector<OffsetChange>> changes) {
  if (owner.kind == plugin::Kind::Sink)
    co_return co_await change_sink(tools, std::move(owner), std::move(changes));
  co_return co_await change_source(tools, std::move(owner), std::move(changes));
}

Error not_stopped(const std::string &connector) {
  return Error(Code::BadRequest,
               "Connectors must be in the STOPPED state before their offsets can be modified. This "
               "can be done for the specified connector by issuing a 'PUT' request to the "
               "'/connectors/" +
                   connector + "/stop' endpoint");
}

} // namespace host::herder
