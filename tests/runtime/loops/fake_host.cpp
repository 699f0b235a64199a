#include "tests/runtime/loops/fake_host.h"

#include <algorithm>
#include <utility>

namespace host::runtime::test {

void FakeHost::status(State state, std::string trace) {
  std::lock_guard lock(mutex_);
  said_.push_back({state, std::move(trace)});
  changed_.notify_all();
}

void FakeHost::topic_active(const std::string &topic) {
  std::lock_guard lock(mutex_);
  // Told again between commits, as the herder hears it; it keeps one of each.
  if (std::find(topics_.begin(), topics_.end(), topic) == topics_.end())
    topics_.push_back(topic);
  changed_.notify_all();
}

Result<std::vector<std::optional<std::string>>>
FakeHost::read_offsets(std::vector<std::string> keys) {
  std::unique_lock lock(mutex_);
  reading_ = true;
  changed_.notify_all();
  changed_.wait(lock, [&] { return !hold_reads_ || cancelled_; });
  if (hold_reads_)
    return fail(Code::Cancelled, "the task is stopping");
  std::vector<std::optional<std::string>> values;
  for (const auto &key : keys) {
    const auto at = offsets_.find(key);
    values.push_back(at == offsets_.end() ? std::nullopt : std::optional(at->second));
  }
  return values;
}

void FakeHost::cancel() {
  std::lock_guard lock(mutex_);
  cancelled_ = true;
  changed_.notify_all();
}

void FakeHost::hold_reads() {
  std::lock_guard lock(mutex_);
  hold_reads_ = true;
}

bool FakeHost::wait_until_read() {
  return wait_until([this] { return reading_; });
}

void FakeHost::commit_offsets(std::vector<OffsetRecord> entries, OnCommitted done) {
  Status result;
  {
    std::lock_guard lock(mutex_);
    ++commits_;
    if (hold_) {
      held_.emplace_back(std::move(entries), std::move(done));
      changed_.notify_all();
      return;
    }
    if (answer_)
      result = answer_();
  }
  apply(entries, done, std::move(result));
}

void FakeHost::apply(const std::vector<OffsetRecord> &entries, const OnCommitted &done,
                     Status result) {
  {
    std::lock_guard lock(mutex_);
    for (const OffsetRecord &entry : entries) {
      if (!result)
        continue;
      if (entry.value)
        offsets_[entry.key] = *entry.value;
      else
        offsets_.erase(entry.key);
    }
    changed_.notify_all();
  }
  done(std::move(result));
}

bool FakeHost::wait_until(const std::function<bool()> &condition) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, condition);
}

bool FakeHost::wait_for(State state) {
  return wait_until([&] { return !said_.empty() && said_.back().state == state; });
}

bool FakeHost::wait_for_offset(const std::string &key, const std::string &value) {
  return wait_until([&] {
    const auto at = offsets_.find(key);
    return at != offsets_.end() && at->second == value;
  });
}

std::vector<FakeHost::Said> FakeHost::said() const {
  std::lock_guard lock(mutex_);
  return said_;
}

std::string FakeHost::last_trace() const {
  std::lock_guard lock(mutex_);
  return said_.empty() ? "" : said_.back().trace;
}

std::optional<std::string> FakeHost::offset(const std::string &key) const {
  std::lock_guard lock(mutex_);
  const auto at = offsets_.find(key);
  return at == offsets_.end() ? std::nullopt : std::optional(at->second);
}

std::vector<std::string> FakeHost::topics() const {
  std::lock_guard lock(mutex_);
  return topics_;
}

int FakeHost::commits() const {
  std::lock_guard lock(mutex_);
  return commits_;
}

void FakeHost::store(const std::string &key, const std::string &value) {
  std::lock_guard lock(mutex_);
  offsets_[key] = value;
}

void FakeHost::answer_commits(std::function<Status()> answer) {
  std::lock_guard lock(mutex_);
  answer_ = std::move(answer);
}

void FakeHost::hold_commits() {
  std::lock_guard lock(mutex_);
  hold_ = true;
}

void FakeHost::release_commits() {
  decltype(held_) held;
  {
    std::lock_guard lock(mutex_);
    hold_ = false;
    held.swap(held_);
  }
  for (auto &[entries, done] : held)
    apply(entries, done, {});
}

} // namespace host::runtime::test
