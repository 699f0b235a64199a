#include "host/link/log_pipe.h"

#include <unistd.h>

#include <random>

#include "host/base/redactor.h"
#include "tests/unit/link/test_loop.h"

namespace host::link {
namespace {

class ManualClock final : public Clock {
public:
  TimePoint now() const override { return now_; }
  std::int64_t wall_ms() const override { return 0; }
  void advance(Duration by) { now_ += by; }

private:
  TimePoint now_{};
};

log::Event event(std::string_view message, log::Level level = log::Level::Info) {
  return {1'700'000'000'123, level, "plugin.x", "[c|task-0] ", message};
}

class LogPipeTest : public testing::Test {
protected:
  LogPipeTest() : pipe_(make_log_pipe().value()) {}
  ~LogPipeTest() override {
    test_.call([&] { reader_.reset(); });
  }

  log::Sink sink(LogRate rate = {1'000'000, 1'000'000}) {
    return log_pipe_sink(pipe_.write.get(), dropped_, clock_, rate);
  }
  void read() {
    test_.call([&] {
      reader_.emplace(test_.loop, std::move(pipe_.read), [&](LogLine line) {
        seen_.add(std::string(log::name_of(line.level)) + " " + line.logger + " " + line.context +
                  "| " + line.message);
      });
    });
  }

  TestLoop test_;
  Journal seen_;
  ManualClock clock_;
  std::atomic<std::uint64_t> dropped_{0};
  LogPipe pipe_;
  std::optional<LogReader> reader_;
};

TEST_F(LogPipeTest, EventsArriveWhole) {
  read();
  const auto write = sink();
  write(event("a\nb \"ü\""));
  write(event("", log::Level::Fatal));
  EXPECT_EQ(seen_.wait_for(2), (std::vector<std::string>{"INFO plugin.x [c|task-0] | a\nb \"ü\"",
                                                         "FATAL plugin.x [c|task-0] | "}));
}

TEST_F(LogPipeTest, MessagesAreRedactedAndCut) {
  read();
  Redactor redactor;
  redactor.add({"secret"});
  const auto write = redacted(sink(), redactor);
  write(event("a secret"));
  write(event(std::string(kMaxLogMessageBytes + 5, '"')));
  const auto seen = seen_.wait_for(2);
  EXPECT_EQ(seen[0], "INFO plugin.x [c|task-0] | a [hidden]");
  EXPECT_TRUE(seen[1].ends_with("\"… (5 bytes more)")) << seen[1].substr(seen[1].size() - 40);
}

TEST_F(LogPipeTest, AFullPipeDropsAndCountsAndSaysSo) {
  const auto write = sink();
  const std::string text(1000, 'x');
  int lines = 0;
  while (dropped_.load() < 10) {
    write(event(text));
    ASSERT_LT(++lines, 10'000);
  }
  const std::size_t written = static_cast<std::size_t>(lines) - 10;
  EXPECT_GT(written, 50u);
  read();
  seen_.wait_for(written);
  write(event("after"));
  const auto seen = seen_.wait_for(written + 2);
  EXPECT_EQ(seen[written], "WARN sluice.link | 10 log lines of this runner were dropped: it logged "
                           "faster than they were read");
  EXPECT_EQ(seen[written + 1], "INFO plugin.x [c|task-0] | after");
  EXPECT_EQ(dropped_.load(), 10u);
}

TEST_F(LogPipeTest, ALineThatFitsOnlyInPartIsFinishedFirst) {
  const auto write = sink();
  const std::string text(kMaxLogMessageBytes, 'x'); // beyond what a pipe takes atomically
  int lines = 0;
  while (dropped_.load() == 0)
    write(event(text + std::to_string(++lines)));
  read();
  const std::size_t whole = static_cast<std::size_t>(lines) - 1;
  seen_.wait_for(whole - 1); // the last one may be in the pipe in part
  write(event("after"));
  const auto seen = seen_.wait_for(whole + 2);
  for (const std::string &line : seen)
    EXPECT_FALSE(line.find("what is no log line") != std::string::npos) << line.substr(0, 100);
  EXPECT_EQ(seen.back(), "INFO plugin.x [c|task-0] | after");
}

TEST_F(LogPipeTest, TheRateIsBounded) {
  read();
  const auto write = sink({10, 5});
  for (int i = 0; i < 20; ++i)
    write(event("burst"));
  EXPECT_EQ(dropped_.load(), 15u);
  clock_.advance(std::chrono::milliseconds(100));
  write(event("next"));
  const auto seen = seen_.wait_for(7);
  EXPECT_EQ(seen[5].substr(0, 34), "WARN sluice.link | 15 log lines of");
  EXPECT_EQ(seen[6], "INFO plugin.x [c|task-0] | next");
}

TEST_F(LogPipeTest, ForeignBytesBecomeWarningsAndAreBounded) {
  read();
  const std::string good = encode(event("good")) + '\n';
  const std::string bytes = "rubbish\n" + std::string(200'000, 'y') + "\n" + good;
  std::thread writer([&] { // blocks while the pipe is full
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const ssize_t n = ::write(pipe_.write.get(), rest.data(), rest.size());
      if (n > 0)
        rest.remove_prefix(static_cast<std::size_t>(n));
      else
        std::this_thread::yield();
    }
  });
  const auto seen = seen_.wait_for(3);
  writer.join();
  EXPECT_EQ(seen[0],
            "WARN sluice.link | a runner wrote to its log pipe what is no log line: rubbish");
  EXPECT_LT(seen[1].size(), 400u);
  EXPECT_EQ(seen[2], "INFO plugin.x [c|task-0] | good");
}

TEST_F(LogPipeTest, DrainTakesWhatADeadRunnerLeft) {
  sink()(event("last words"));
  test_.call([&] {
    pipe_.write.reset();
    reader_.emplace(test_.loop, std::move(pipe_.read),
                    [&](LogLine line) { seen_.add(line.message); });
    reader_->drain();
    EXPECT_TRUE(reader_->at_end());
  });
  EXPECT_EQ(seen_.now(), std::vector<std::string>{"last words"});
}

TEST(LogLine, MutatedLinesAreRefusedOrSound) {
  const std::string good = encode(event("a message", log::Level::Warn));
  std::mt19937_64 random(99);
  for (int round = 0; round < 5'000; ++round) {
    std::string text = good;
    for (int changes = 1 + static_cast<int>(random() % 3); changes-- > 0;)
      text[random() % text.size()] = static_cast<char>(random());
    if (const auto line = decode_log_line(text)) {
      EXPECT_GE(line->level, log::Level::Trace);
      EXPECT_LT(line->level, log::Level::Off);
      EXPECT_GE(line->wall_ms, 0);
    }
  }
}

TEST_F(LogPipeTest, AFloodIsReadAtABoundedRate) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  UniqueFd out(ends[1]);
  std::optional<PipeReader> reader;
  Journal turns;
  test_.call([&] {
    reader.emplace(
        test_.loop, UniqueFd(ends[0]),
        [&](std::string_view bytes) { turns.add(std::to_string(bytes.size())); },
        PipeReader::Rate{8, std::chrono::hours(1)});
  });
  ASSERT_EQ(::write(out.get(), "0123456789abcdef", 16), 16);
  EXPECT_EQ(turns.wait_for(1)[0], "8");
  test_.call([] {});
  EXPECT_EQ(turns.now().size(), 1u) << "the rest waits for its turn";
  test_.call([&] { reader->drain(); });
  EXPECT_EQ(turns.wait_for(2)[1], "8");
  test_.call([&] { reader.reset(); });
}

} // namespace
} // namespace host::link
