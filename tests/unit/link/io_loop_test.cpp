#include "host/link/io_loop.h"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "host/base/fd.h"
#include "tests/unit/link/test_loop.h"

namespace host::link {
namespace {

using std::chrono::milliseconds;

struct Pipe {
  Pipe() {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    in.reset(ends[0]);
    out.reset(ends[1]);
  }
  UniqueFd in, out;
};

TEST(IoLoop, RunsPostedCallsInOrderOnItsThread) {
  TestLoop test;
  Journal journal;
  test.loop.post([&] { journal.add(test.loop.may_touch() ? "1" : "wrong thread"); });
  test.loop.post([&] {
    test.loop.dispatch([&] { journal.add("2"); });
    journal.add("3");
  });
  EXPECT_EQ(journal.wait_for(3), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_FALSE(test.loop.may_touch());
}

TEST(IoLoop, RunOnTheCallersThreadEndsAfterWhatWasPosted) {
  IoLoop loop;
  int calls = 0;
  loop.post([&] { ++calls; });
  loop.request_stop();
  loop.post([&] { calls += 100; });
  loop.run();
  EXPECT_EQ(calls, 1);
}

TEST(IoLoop, TimersFireInOrderAndCancel) {
  TestLoop test;
  Journal journal;
  Timer late, early, never;
  test.call([&] {
    late = test.loop.after(milliseconds(30), [&] { journal.add("late"); });
    never = test.loop.after(milliseconds(5), [&] { journal.add("never"); });
    early = test.loop.after(milliseconds(10), [&] { journal.add("early"); });
    never.reset();
    EXPECT_TRUE(late.pending());
    EXPECT_FALSE(never.pending());
  });
  EXPECT_EQ(journal.wait_for(2), (std::vector<std::string>{"early", "late"}));
  test.call([&] { EXPECT_FALSE(late.pending()); });
}

TEST(IoLoop, ATimerThatIsDueAlreadyCanStillBeCancelled) {
  TestLoop test;
  Journal journal;
  Timer first, second;
  test.call([&] {
    // Both are due when the loop looks again; the first handler cancels the second.
    first = test.loop.after(milliseconds(0), [&] {
      second.reset();
      journal.add("first");
    });
    second = test.loop.after(milliseconds(0), [&] { journal.add("second"); });
    std::this_thread::yield();
  });
  journal.wait_for(1);
  test.call([] {});
  EXPECT_EQ(journal.now(), std::vector<std::string>{"first"});
}

TEST(IoLoop, ATimerMayReplaceItselfInItsHandler) {
  TestLoop test;
  Journal journal;
  Timer timer;
  std::function<void()> again = [&] {
    journal.add("tick");
    if (journal.now().size() < 3)
      timer = test.loop.after(milliseconds(1), again);
  };
  test.call([&] { timer = test.loop.after(milliseconds(1), again); });
  journal.wait_for(3);
  test.call([&] { EXPECT_FALSE(timer.pending()); });
}

TEST(IoLoop, WatchRepeatsWhileReadable) {
  TestLoop test;
  Journal journal;
  Pipe pipe;
  Watch watch;
  test.call([&] {
    watch = test.loop.watch_readable(pipe.in.get(), [&] {
      char byte = 0;
      EXPECT_EQ(::read(pipe.in.get(), &byte, 1), 1);
      journal.add(std::string(1, byte));
    });
  });
  ASSERT_EQ(::write(pipe.out.get(), "ab", 2), 2);
  journal.wait_for(2);
  ASSERT_EQ(::write(pipe.out.get(), "c", 1), 1);
  EXPECT_EQ(journal.wait_for(3), (std::vector<std::string>{"a", "b", "c"}));
  test.call([&] { watch.reset(); });
}

TEST(IoLoop, WatchSeesEndOfFileAndMayEndItself) {
  TestLoop test;
  Journal journal;
  Pipe pipe;
  Watch watch;
  test.call([&] {
    watch = test.loop.watch_readable(pipe.in.get(), [&] {
      watch.reset();
      journal.add("end");
    });
  });
  pipe.out.reset();
  journal.wait_for(1);
  test.call([] {});
  EXPECT_EQ(journal.now().size(), 1u);
  test.call([&] { // and the descriptor can be watched again
    watch = test.loop.watch_readable(pipe.in.get(), [&] {
      watch.reset();
      journal.add("again");
    });
  });
  journal.wait_for(2);
}

TEST(IoLoop, WatchExitComesOnceWhenTheProcessHasEnded) {
  TestLoop test;
  Journal journal;
  Pipe gate;
  const pid_t pid = ::fork();
  if (pid == 0) {
    char byte;
    gate.out.reset();
    ::_exit(::read(gate.in.get(), &byte, 1) == 0 ? 7 : 8);
  }
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  ASSERT_TRUE(pidfd.valid());
  Watch watch;
  test.call([&] { watch = test.loop.watch_exit(pidfd.get(), [&] { journal.add("exit"); }); });
  EXPECT_TRUE(journal.now().empty());
  gate.out.reset();
  journal.wait_for(1);
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(WEXITSTATUS(status), 7);
  test.call([] {});
  EXPECT_EQ(journal.now().size(), 1u);
  test.call([&] { watch.reset(); });
}

TEST(IoLoop, PendingHandlersAreDroppedWithTheLoop) {
  auto witness = std::make_shared<int>(0);
  {
    IoLoop loop;
    Timer timer = loop.after(std::chrono::hours(1), [witness] {});
    loop.post([witness] {});
    loop.start("dropped");
    loop.stop();
    loop.post([witness] {});
    EXPECT_GT(witness.use_count(), 1);
  }
  EXPECT_EQ(witness.use_count(), 1);
}

} // namespace
} // namespace host::link
