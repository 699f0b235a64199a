#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "host/runtime/task.h"

namespace host::runtime::test {

// The runner's side of a task, without a runner: remembers what the task says, keeps offsets as the
// host would, and lets a test wait for either.
class FakeHost final : public TaskHost {
public:
  struct Said {
    State state;
    std::string trace;
  };

  void status(State state, std::string trace) override;
  void topic_active(const std::string &topic) override;
  Result<std::vector<std::optional<std::string>>>
  read_offsets(std::vector<std::string> keys) override;
  void commit_offsets(std::vector<OffsetRecord> entries, OnCommitted done) override;
  void cancel() override;

  // True once the last status is this one.
  bool wait_for(State state);
  // True once the stored offset of that key has this value.
  bool wait_for_offset(const std::string &key, const std::string &value);
  bool wait_until(const std::function<bool()> &condition);

  std::vector<Said> said() const;
  std::string last_trace() const;
  std::optional<std::string> offset(const std::string &key) const;
  std::vector<std::string> topics() const;
  int commits() const;

  void store(const std::string &key, const std::string &value);
  // Answers of later commits; nothing: success. Asked with the lock held.
  void answer_commits(std::function<Status()> answer);
  // Keeps later commits unanswered until `release_commits`.
  void hold_commits();
  void release_commits();
  // Keeps later reads unanswered until the task is cancelled; wait_until_read() waits for the
  // first.
  void hold_reads();
  bool wait_until_read();

private:
  void apply(const std::vector<OffsetRecord> &entries, const OnCommitted &done, Status result);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Said> said_;
  std::vector<std::string> topics_;
  std::map<std::string, std::string> offsets_;
  std::function<Status()> answer_;
  bool hold_ = false;
  bool hold_reads_ = false;
  bool reading_ = false;
  bool cancelled_ = false;
  std::vector<std::pair<std::vector<OffsetRecord>, OnCommitted>> held_;
  int commits_ = 0;
};

inline constexpr std::chrono::seconds kPatience{20};

} // namespace host::runtime::test
