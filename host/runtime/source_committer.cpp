#include "host/runtime/source_committer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/runtime/offset_text.h"
#include "host/runtime/task_thread.h"

namespace host::runtime {
namespace {

const log::Logger kLog{"sluice.task"};

// How soon an answer is looked for while the loop has nothing else to do.
constexpr Duration kAnswerCheck{50};

} // namespace

SourceCommitter::SourceCommitter(TaskHost &host, metrics::TaskSlot &slot,
                                 std::shared_ptr<Signals> signals,
                                 const SourcePartitions &partitions, Ledger &ledger,
                                 const TaskOptions &options, TimePoint now)
    : host_(host), slot_(slot), signals_(std::move(signals)), partitions_(partitions),
      ledger_(ledger), interval_(options.commit_interval), timeout_(options.commit_timeout),
      due_(now + interval_) {}

bool SourceCommitter::turn(TimePoint now) {
  bool committed = false;
  if (under_way_ != nullptr) {
    if (const auto result = answer()) {
      under_way_ = nullptr;
      committed = result->has_value();
      committed ? done() : give_up(result->error());
    } else if (now >= overdue_) {
      under_way_ = nullptr; // a late answer is nobody's business any more
      give_up(Error(Code::Timeout, fmt::format("no answer from the offset store within "
                                               "offset.flush.timeout.ms ({} ms)",
                                               timeout_.count())));
    }
  }
  if (under_way_ == nullptr && now >= due_) {
    due_ = now + interval_;
    committed |= !begin(now);
  }
  return committed;
}

TimePoint SourceCommitter::next_turn(TimePoint now) const {
  return under_way_ != nullptr ? std::min(due_, now + kAnswerCheck) : due_;
}

// False if there was nothing to store.
bool SourceCommitter::begin(TimePoint now) {
  auto entries = take();
  if (!entries) {
    give_up(entries.error());
    return true;
  }
  if (entries->empty())
    return false;
  auto answer = std::make_shared<Answer>();
  under_way_ = answer;
  overdue_ = now + timeout_;
  begun_us_ = metrics::boottime_us();
  host_.commit_offsets(*std::move(entries), [answer, signals = signals_](Status result) {
    {
      std::lock_guard lock(answer->mutex);
      answer->result = std::move(result);
    }
    signals->notify();
  });
  return true;
}

std::optional<Status> SourceCommitter::answer() {
  std::lock_guard lock(under_way_->mutex);
  return under_way_->result;
}

void SourceCommitter::done() {
  add(slot_.commits, 1);
  add_time(slot_.commit_us, begun_us_);
}

void SourceCommitter::give_up(const Error &error) {
  add(slot_.commit_failures, 1);
  kLog.error("Failed to commit offsets: {}", error.message());
  for (const std::uint32_t partition : taken_)
    ledger_.offer_again(partition);
}

Result<std::vector<OffsetRecord>> SourceCommitter::take() {
  std::vector<OffsetRecord> entries;
  taken_.clear();
  for (const Ledger::Offset &offset : ledger_.take())
    taken_.push_back(offset.partition);
  // Every partition is in taken_ before any can fail, so that all of them are offered again.
  for (const Ledger::Offset &offset : ledger_.taken()) {
    auto text = canonical_offset_text(offset.text);
    if (!text)
      return std::move(text).error().context("source offset of " +
                                             partitions_.key(offset.partition));
    OffsetRecord entry{partitions_.key(offset.partition), std::nullopt};
    if (*text != "null")
      entry.value = *std::move(text);
    entries.push_back(std::move(entry));
  }
  return entries;
}

Status SourceCommitter::finish(const Clock &clock, TimePoint deadline) {
  std::uint64_t seen = 0;
  for (bool last_begun = false;;) {
    if (under_way_ != nullptr) {
      if (const auto result = answer()) {
        under_way_ = nullptr;
        if (!*result)
          give_up(result->error());
        else
          done();
        if (last_begun)
          return *result;
      } else if (clock.now() >= deadline) {
        under_way_ = nullptr;
        give_up(Error(Code::Timeout, "the offset store did not answer in time"));
        return fail(Code::Timeout, "the offset store did not answer in time");
      } else {
        signals_->wait(seen, deadline);
      }
      continue;
    }
    last_begun = true;
    if (!begin(clock.now()))
      return {};
    if (under_way_ == nullptr)
      return fail(Code::Data, "an offset cannot be stored");
  }
}

} // namespace host::runtime
