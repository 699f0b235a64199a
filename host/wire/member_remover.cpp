#include "host/wire/member_remover.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "host/base/log.h"
#include "host/base/thread.h"
#include "host/wire/remove_members.h"

namespace host::wire {
namespace {

const log::Logger kLog{"sluice.wire"};

// After it the next group has its turn.
constexpr Duration kLongestRound{5'000};

std::string names_of(const std::vector<std::string> &ids) {
  std::string names;
  for (const std::string &id : ids)
    names += (names.empty() ? "" : ", ") + id;
  return names;
}

} // namespace

MemberRemover::~MemberRemover() { assert(!thread_.joinable()); }

void MemberRemover::remove(StaticMember member) {
  const std::lock_guard lock(mutex_);
  if (stopping_)
    return;
  const TimePoint deadline = std::chrono::steady_clock::now() + patience_;
  queue_.push_back({std::move(member), deadline});
  if (!thread_.joinable())
    thread_ = std::thread([this] { run(); });
  changed_.notify_all();
}

void MemberRemover::keep(const StaticMember &member) {
  const std::lock_guard lock(mutex_);
  const auto is_it = [&](const Ended &ended) { return ended.member == member; };
  std::erase_if(queue_, is_it);
  // The others of the round are taken up again.
  if (round_ && std::erase_if(round_->members, is_it) > 0)
    round_->stop.request_stop();
}

void MemberRemover::stop(Duration last_chance) {
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, last_chance, [this] { return queue_.empty() && !round_; });
    if (!queue_.empty() || round_)
      kLog.warn("static members of ended sink tasks are left in their groups until their sessions "
                "end: the brokers do not answer");
    queue_.clear();
    given_up_ = true;
    if (round_)
      round_->stop.request_stop();
  }
  if (thread_.joinable())
    thread_.join();
}

void MemberRemover::run() {
  name_this_thread("group-leaver");
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty())
      return;
    begin_round();
    work_off(lock);
    round_.reset();
    changed_.notify_all();
  }
}

// All that have ended of the group whose turn it is.
void MemberRemover::begin_round() {
  const StaticMember first = queue_.front().member;
  const auto others = std::stable_partition(queue_.begin(), queue_.end(), [&](const Ended &ended) {
    return ended.member.bootstrap == first.bootstrap && ended.member.group == first.group &&
           ended.member.security == first.security;
  });
  round_.emplace();
  round_->members.assign(queue_.begin(), others);
  queue_.erase(queue_.begin(), others);
}

void MemberRemover::work_off(std::unique_lock<std::mutex> &lock) {
  const StaticMember &any = round_->members.front().member;
  EndedMembers ended{any.bootstrap, any.group, {}, any.security};
  TimePoint deadline = std::chrono::steady_clock::now() + kLongestRound;
  for (const Ended &one : round_->members) {
    ended.instance_ids.push_back(one.member.instance_id);
    deadline = std::min(deadline, one.deadline);
  }
  const std::stop_token stop = round_->stop.get_token();
  lock.unlock();
  const Status removed = remove_members(ended, deadline, stop);
  lock.lock();
  if (removed)
    return kLog.info("group {}: left by {}", ended.group, names_of(ended.instance_ids));
  if (removed.error().retriable() || removed.error().code() == Code::Cancelled)
    return put_back(round_->members);
  kLog.warn("{} stay in group {} until their sessions end: {}", names_of(ended.instance_ids),
            ended.group, removed.error().message());
}

void MemberRemover::put_back(const std::vector<Ended> &members) {
  if (given_up_)
    return;
  const TimePoint now = std::chrono::steady_clock::now();
  for (const Ended &one : members)
    if (one.deadline > now)
      queue_.push_back(one);
    else
      kLog.warn("{} stays in group {} until its session ends: no broker of {} has removed it in "
                "{} ms",
                one.member.instance_id, one.member.group, one.member.bootstrap, patience_.count());
}

} // namespace host::wire
