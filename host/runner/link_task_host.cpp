#include "host/runner/link_task_host.h"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace host::runner {

struct LinkTaskHost::Reading {
  using Answer = Result<link::OffsetsRead>;

  Answer wait() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return cancelled || answer.has_value(); });
    if (!answer)
      return fail(Code::Cancelled, "the task is stopping; its offsets were not read");
    return *std::exchange(answer, std::nullopt);
  }
  void set(Answer value) {
    {
      std::lock_guard lock(mutex);
      answer.emplace(std::move(value));
    }
    changed.notify_all();
  }
  void cancel() {
    {
      std::lock_guard lock(mutex);
      cancelled = true;
    }
    changed.notify_all();
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Answer> answer;
  bool cancelled = false;
};

LinkTaskHost::LinkTaskHost(link::IoLoop &loop, Outlet &outlet, TaskId task, Incarnation incarnation,
                           std::function<void()> on_ended)
    : loop_(loop), outlet_(outlet), task_(std::move(task)), incarnation_(incarnation),
      on_ended_(std::move(on_ended)), reading_(std::make_shared<Reading>()) {}

LinkTaskHost::~LinkTaskHost() = default;

void LinkTaskHost::status(State state, std::string trace) {
  outlet_.status(task_, incarnation_, state, trace);
}

void LinkTaskHost::topic_active(const std::string &topic) {
  outlet_.peer().tell(link::TopicActive{task_, topic});
}

Result<std::vector<std::optional<std::string>>>
LinkTaskHost::read_offsets(std::vector<std::string> keys) {
  const std::size_t asked = keys.size();
  outlet_.peer().request(
      link::ReadOffsets{task_.connector, std::move(keys)}, link::kNoDeadline,
      [reading = reading_](Reading::Answer answer) { reading->set(std::move(answer)); });
  HOST_ASSIGN(link::OffsetsRead read, reading_->wait());
  if (read.values.size() != asked)
    return fail(Code::Internal, "the host answered other offsets than were asked for");
  return std::move(read.values);
}

void LinkTaskHost::commit_offsets(std::vector<OffsetRecord> entries, OnCommitted done) {
  outlet_.peer().request(link::CommitOffsets{task_, incarnation_, std::move(entries)},
                         link::kNoDeadline,
                         [attached = std::weak_ptr<bool>(attached_),
                          done = std::move(done)](Result<link::Done> answer) {
                           if (attached.expired())
                             return;
                           done(answer ? Status() : Status(fail(std::move(answer).error())));
                         });
}

void LinkTaskHost::ended() { loop_.post(on_ended_); }

void LinkTaskHost::cancel() { reading_->cancel(); }

} // namespace host::runner
