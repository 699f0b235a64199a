#include "host/supervisor/loss.h"

#include <csignal>

#include <gtest/gtest.h>

#include "host/link/exit_code.h"

namespace host::supervisor {
namespace {

using link::Callback;

Loss signalled(int number, std::vector<Occupation> occupations) {
  Loss loss;
  loss.exit = {ProcessExit::Kind::Signalled, number, std::int64_t{20} << 20};
  loss.occupations = std::move(occupations);
  loss.pid = 4711;
  return loss;
}

TEST(LossTest, NamesSignalCallbackAndTask) {
  EXPECT_EQ(signalled(SIGSEGV, {{Callback::Put, 0, 0}}).summary(),
            "runner killed by SIGSEGV in put (task 0)");
  EXPECT_EQ(signalled(SIGBUS, {{Callback::Start, link::kConnectorItself, 0}}).summary(),
            "runner killed by SIGBUS in start (connector)");
  EXPECT_EQ(signalled(SIGILL, {{Callback::Load, link::kConnectorItself, 0}}).summary(),
            "runner killed by SIGILL in load");
  EXPECT_EQ(signalled(SIGKILL, {}).summary(), "runner killed by SIGKILL");
}

TEST(LossTest, NamesAllThatItMayHaveBeenButNotEndlessly) {
  std::vector<Occupation> many;
  for (std::int32_t task = 0; task < 6; ++task)
    many.push_back({Callback::Poll, task, 0});
  EXPECT_EQ(signalled(SIGSEGV, many).summary(),
            "runner killed by SIGSEGV in poll (task 0), poll (task 1), poll (task 2), "
            "poll (task 3) and 2 more");
}

TEST(LossTest, OtherReasons) {
  Loss loss;
  loss.occupations = {{Callback::Poll, 2, 0}};
  loss.exit = {ProcessExit::Kind::Exited, 3, 0};
  EXPECT_EQ(loss.summary(), "runner exited with code 3 in poll (task 2)");
  loss.exit.value = link::kExitHostGone;
  EXPECT_EQ(loss.summary(), "runner ended in poll (task 2): its link to the host was closed there");
  loss.exit.value = 3;

  loss.reason = LossReason::Memory;
  loss.memory_bytes = std::int64_t{530} << 20;
  loss.memory_max_bytes = std::int64_t{512} << 20;
  EXPECT_EQ(loss.summary(), "runner killed by SIGKILL in poll (task 2): 530 MiB of memory, above "
                            "runner.memory.max (512 MiB)");

  loss.reason = LossReason::Stall;
  loss.detail = "poll (task 2)";
  loss.waited = Duration(300'250);
  EXPECT_EQ(loss.summary(), "runner killed: poll (task 2) blocked for 300250 ms, longer than "
                            "task.stall.timeout.ms");
}

TEST(LossTest, TraceHasTheJavaClassFirstAndTheLastWordsLast) {
  Loss loss = signalled(SIGABRT, {{Callback::Poll, 0, 0}});
  loss.memory_max_bytes = std::int64_t{512} << 20;
  loss.stderr_tail = "terminate called after throwing an instance of 'int'";
  EXPECT_EQ(loss.trace("restart 1 of 5 in 250 ms"),
            "org.apache.kafka.connect.errors.ConnectException: runner killed by SIGABRT in poll "
            "(task 0)\n"
            "\trestart 1 of 5 in 250 ms\n"
            "\tprocess 4711 killed by SIGABRT, 20 MiB of memory at its peak, runner.memory.max "
            "512 MiB\n"
            "\tend of its standard error (52 bytes):\n"
            "terminate called after throwing an instance of 'int'\n");
}

TEST(LossTest, WithoutAProcessThereIsLittleToSay) {
  Loss loss;
  loss.reason = LossReason::NotStarted;
  loss.detail = "cannot fork a runner: Resource temporarily unavailable";
  EXPECT_EQ(loss.trace(""), "org.apache.kafka.connect.errors.ConnectException: runner not "
                            "started: cannot fork a runner: Resource temporarily unavailable\n");
}

TEST(ProcessExitTest, SignalsHaveNames) {
  EXPECT_EQ(signal_name(SIGSEGV), "SIGSEGV");
  EXPECT_EQ(signal_name(SIGRTMIN + 3), "SIGRTMIN+3");
  EXPECT_EQ(signal_name(200), "signal 200");
}

} // namespace
} // namespace host::supervisor
