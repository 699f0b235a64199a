#include "host/link/page.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "host/metrics/callback_guard.h"

namespace host::link {
namespace {

using metrics::CallbackGuard;

class PageTest : public testing::Test {
protected:
  PageTest() : host_(HostPage::create().value()), runner_(map()) {}
  RunnerPage map() { return RunnerPage::map(host_.dup_fd().value()).value(); }
  const TaskSlot &seen() const { return host_.page().slots[1]; }

  HostPage host_;
  RunnerPage runner_;
};

TEST_F(PageTest, WhatTheRunnerWritesTheHostReads) {
  reset_slot(runner_.slot(1), 42);
  runner_.slot(1).ticks.store(3);
  runner_.slot(1).records_in.store(7);
  runner_.slot(1).stage.store(static_cast<std::uint32_t>(Stage::Waiting));
  const std::string id = "consumer-1";
  for (std::size_t i = 0; i < id.size(); ++i)
    runner_.slot(1).member_id[i].store(id[i]);
  const SlotReading reading = read_slot(seen(), 1000);
  EXPECT_EQ(reading.incarnation, 42u);
  EXPECT_EQ(reading.ticks, 3u);
  EXPECT_EQ(reading.records_in, 7u);
  EXPECT_EQ(reading.stage, Stage::Waiting);
  EXPECT_EQ(reading.callback, Callback::None);
  EXPECT_EQ(reading.member_id, id);
}

TEST_F(PageTest, NobodyCanChangeItsSize) {
  EXPECT_NE(::ftruncate(host_.fd(), 0), 0);
  EXPECT_NE(::ftruncate(host_.fd(), 2 * sizeof(SharedPage)), 0);
  EXPECT_NE(::fcntl(host_.fd(), F_ADD_SEALS, F_SEAL_WRITE), 0);
}

TEST_F(PageTest, UnusedSlotsCostNothing) {
  struct stat info {};
  reset_slot(runner_.slot(0), 1);
  ASSERT_EQ(::fstat(host_.fd(), &info), 0);
  EXPECT_LE(info.st_blocks * 512, 4096);
}

TEST_F(PageTest, GuardMarksAndNests) {
  TaskSlot &slot = runner_.slot(1);
  {
    CallbackGuard outer(slot, Callback::Put);
    EXPECT_EQ(read_callback(seen(), metrics::boottime_ms() + 500).callback, Callback::Put);
    EXPECT_GE(read_callback(seen(), metrics::boottime_ms() + 500).age_ms, 500);
    slot.callback_since_ms.store(1);
    {
      CallbackGuard inner(slot, Callback::Release);
      EXPECT_EQ(read_callback(seen(), 0).callback, Callback::Release);
    }
    EXPECT_EQ(read_callback(seen(), 11).callback, Callback::Put);
    EXPECT_EQ(read_callback(seen(), 11).age_ms, 10);
  }
  EXPECT_EQ(read_callback(seen(), 0).callback, Callback::None);
  EXPECT_EQ(read_callback(seen(), 0).age_ms, 0);
}

TEST_F(PageTest, ForeignValuesAreMadeHarmless) {
  TaskSlot &slot = runner_.slot(1);
  slot.callback.store(static_cast<std::uint32_t>(Callback::Poll));
  for (const std::int64_t since : {std::int64_t{5000}, INT64_MAX, INT64_MIN, std::int64_t{0}}) {
    slot.callback_since_ms.store(since);
    EXPECT_EQ(read_callback(seen(), 1000).age_ms, 0) << since;
  }
  slot.callback.store(0xffffffff);
  slot.stage.store(99);
  EXPECT_EQ(read_slot(seen(), 1000).callback, Callback::None);
  EXPECT_EQ(read_slot(seen(), 1000).stage, Stage::None);
  for (auto &c : slot.member_id)
    c.store('x');
  EXPECT_EQ(read_slot(seen(), 0).member_id, "") << "not terminated";
  slot.member_id[4].store('\0');
  slot.member_id[1].store('\n');
  EXPECT_EQ(read_slot(seen(), 0).member_id, "") << "not printable";
}

TEST_F(PageTest, ASlotIsAsNewForItsNextTask) {
  TaskSlot &slot = runner_.slot(1);
  slot.records_in.store(5);
  slot.retries.store(5);
  slot.records_skipped.store(1);
  slot.records_returned.store(2);
  slot.record_failures.store(3);
  slot.record_retries.store(4);
  slot.record_errors.store(5);
  slot.errors_logged.store(6);
  slot.dead_letter_requests.store(7);
  slot.dead_letter_failures.store(8);
  slot.last_error_ms.store(9);
  const SlotReading before = read_slot(seen(), 0);
  EXPECT_EQ(before.records_skipped, 1u);
  EXPECT_EQ(before.records_returned, 2u);
  EXPECT_EQ(before.record_failures, 3u);
  EXPECT_EQ(before.record_retries, 4u);
  EXPECT_EQ(before.record_errors, 5u);
  EXPECT_EQ(before.errors_logged, 6u);
  EXPECT_EQ(before.dead_letter_requests, 7u);
  EXPECT_EQ(before.dead_letter_failures, 8u);
  EXPECT_EQ(before.last_error_ms, 9);
  slot.member_id[0].store('x');
  slot.callback.store(static_cast<std::uint32_t>(Callback::Poll));
  reset_slot(slot, 2);
  const SlotReading reading = read_slot(seen(), 0);
  EXPECT_EQ(reading.incarnation, 2u);
  EXPECT_EQ(reading.records_in + reading.retries, 0u);
  EXPECT_EQ(reading.records_skipped + reading.records_returned + reading.record_failures +
                reading.record_retries + reading.record_errors + reading.errors_logged +
                reading.dead_letter_requests + reading.dead_letter_failures,
            0u);
  EXPECT_EQ(reading.last_error_ms, 0);
  EXPECT_EQ(reading.callback, Callback::None);
  EXPECT_EQ(reading.member_id, "");
}

TEST(RunnerPage, RefusesWhatIsNoPage) {
  EXPECT_FALSE(RunnerPage::map(UniqueFd(::open("/dev/null", O_RDWR))));
  UniqueFd unsealed(::memfd_create("test", MFD_CLOEXEC));
  ASSERT_EQ(::ftruncate(unsealed.get(), sizeof(SharedPage)), 0);
  EXPECT_FALSE(RunnerPage::map(std::move(unsealed)));
  EXPECT_FALSE(RunnerPage::map(UniqueFd()));
}

} // namespace
} // namespace host::link
