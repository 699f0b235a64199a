#include "host/kafka/topic_log.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "host/kafka/admin.h"
#include "tests/runtime/kafka/fixture.h"

namespace host::kafka {
namespace {

// Waits for an answer that a callback gives on another thread.
class Answer {
public:
  TopicLog::Done done() {
    return [this](Status status) {
      std::lock_guard lock(mutex_);
      status_ = std::move(status);
      told_.notify_all();
    };
  }
  bool told() const {
    std::lock_guard lock(mutex_);
    return status_.has_value();
  }
  // Empty when there was no answer in time.
  std::optional<Status> wait(Duration time = Duration(20'000)) {
    std::unique_lock lock(mutex_);
    told_.wait_for(lock, time, [&] { return status_.has_value(); });
    return status_;
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable told_;
  std::optional<Status> status_;
};

class TopicLogTest : public test::MockTest {
protected:
  std::unique_ptr<TopicLog> make(const std::string &topic) {
    TopicLog::Settings settings{.producer = config(ClientKind::StoreProducer),
                                .consumer = config(ClientKind::StoreConsumer),
                                .topic = {.topic = {.name = topic},
                                          .key = "offset.storage.topic",
                                          .purpose = "source connector offsets"},
                                .administer = false,
                                .on_record = [this](const LogRecord &record) {
                                  std::lock_guard lock(mutex_);
                                  ++records_;
                                  if (record.value)
                                    map_[std::string(record.key)] = *record.value;
                                  else
                                    map_.erase(std::string(record.key));
                                }};
    return std::make_unique<TopicLog>(std::move(settings));
  }

  std::map<std::string, std::string> map() {
    std::lock_guard lock(mutex_);
    return map_;
  }

  std::mutex mutex_;
  std::map<std::string, std::string> map_;
  int records_ = 0;
};

void expect_ok(Answer &answer) {
  const auto status = answer.wait();
  ASSERT_TRUE(status.has_value()) << "no answer";
  EXPECT_TRUE(*status) << status->error().message();
}

TEST_F(TopicLogTest, WritesAreSeenAfterAReadToTheEnd) {
  topic("offsets", 5);
  const auto log = make("offsets");
  Answer ready, written, read;
  log->start(ready.done());
  expect_ok(ready);
  EXPECT_EQ(log->waiting_for(), "");
  log->write({{"a", "1"}, {"b", "2"}, {"a", "3"}, {"c", std::nullopt}}, written.done());
  expect_ok(written);
  log->read_to_end(read.done());
  expect_ok(read);
  EXPECT_EQ(map(), (std::map<std::string, std::string>{{"a", "3"}, {"b", "2"}}));
  log->stop();
}

TEST_F(TopicLogTest, StartReadsWhatIsThere) {
  topic("offsets", 3);
  {
    const auto log = make("offsets");
    Answer ready, written;
    log->start(ready.done());
    std::vector<TopicLog::Entry> entries;
    for (int i = 0; i < 5000; ++i)
      entries.push_back({"k" + std::to_string(i), std::to_string(i)});
    log->write(entries, written.done()); // before it is ready
    expect_ok(written);
    log->stop();
  }
  map_.clear();
  const auto log = make("offsets");
  Answer ready;
  log->start(ready.done());
  expect_ok(ready);
  EXPECT_EQ(map().size(), 5000u);
  log->stop();
}

TEST_F(TopicLogTest, SeesWhatOthersWrite) {
  topic("offsets", 2);
  const auto log = make("offsets");
  Answer ready, read;
  log->start(ready.done());
  expect_ok(ready);
  fill("offsets", 1, 50, "x");
  log->read_to_end(read.done());
  expect_ok(read);
  std::lock_guard lock(mutex_);
  EXPECT_EQ(records_, 50);
}

TEST_F(TopicLogTest, WaitsForABrokerAndSaysSo) {
  topic("offsets", 1);
  ASSERT_TRUE(cluster_->set_down(true));
  const auto log = make("offsets");
  Answer ready, written, read;
  log->start(ready.done());
  log->write({{"a", "1"}}, written.done());
  log->read_to_end(read.done());
  EXPECT_FALSE(ready.wait(Duration(300)).has_value());
  EXPECT_EQ(log->waiting_for(), "Kafka at " + cluster_->bootstrap());
  ASSERT_TRUE(cluster_->set_down(false));
  expect_ok(ready);
  expect_ok(written);
  expect_ok(read);
  // Asked before the write was acknowledged, so it need not see it; this one must.
  Answer again;
  log->read_to_end(again.done());
  expect_ok(again);
  EXPECT_EQ(map(), (std::map<std::string, std::string>{{"a", "1"}}));
  log->stop();
}

TEST_F(TopicLogTest, ABrokerThatGoesAwayDelaysButLosesNothing) {
  topic("offsets", 2);
  const auto log = make("offsets");
  Answer ready, written, read;
  log->start(ready.done());
  expect_ok(ready);
  ASSERT_TRUE(cluster_->set_down(true));
  log->write({{"a", "1"}}, written.done());
  log->read_to_end(read.done());
  EXPECT_FALSE(written.wait(Duration(300)).has_value());
  EXPECT_FALSE(read.told());
  ASSERT_TRUE(cluster_->set_down(false));
  expect_ok(written);
  expect_ok(read);
  log->stop();
}

TEST_F(TopicLogTest, AnEndThatWasNotAnsweredIsAskedForAgain) {
  constexpr std::int16_t kListOffsets = 2;
  constexpr std::int32_t kTransport = -195; // the broker drops the connection
  topic("offsets", 2);
  fill("offsets", 0, 3);
  const auto asker = producer();
  cluster_->push_errors(kListOffsets, kTransport, 2);
  const auto ends = Admin(*asker).end_offsets("offsets", 2, {});
  ASSERT_TRUE(ends) << ends.error().message();
  EXPECT_EQ((*ends)[0].offset, Offset(3));
  EXPECT_EQ((*ends)[1].offset, Offset(0));
}

// As after a broker's restart: the epoch that the client has in its cache is refused.
TEST_F(TopicLogTest, ANewLeaderEpochIsLearnt) {
  topic("offsets", 2);
  const auto log = make("offsets");
  Answer ready, read;
  log->start(ready.done());
  expect_ok(ready);
  ASSERT_TRUE(cluster_->elect_again("offsets", 0));
  ASSERT_TRUE(cluster_->elect_again("offsets", 1));
  log->read_to_end(read.done());
  expect_ok(read);
  log->stop();
}

TEST_F(TopicLogTest, RequestsRunOutOfTime) {
  topic("offsets", 1);
  const auto soon = [] { return std::chrono::steady_clock::now() + Duration(300); };
  const auto log = make("offsets");
  Answer ready, early, written, read, later;
  ASSERT_TRUE(cluster_->set_down(true));
  log->start(ready.done());
  log->write({{"a", "1"}}, early.done(), soon());
  ASSERT_TRUE(early.wait());
  EXPECT_EQ(early.wait()->error().code(), Code::Timeout);
  EXPECT_EQ(early.wait()->error().message(), "still waiting for Kafka at " + cluster_->bootstrap());
  ASSERT_TRUE(cluster_->set_down(false));
  expect_ok(ready);

  ASSERT_TRUE(cluster_->set_down(true));
  log->write({{"b", "1"}}, written.done(), soon());
  log->read_to_end(read.done(), soon());
  for (Answer *answer : {&written, &read}) {
    ASSERT_TRUE(answer->wait());
    EXPECT_EQ(answer->wait()->error().code(), Code::Timeout);
  }
  ASSERT_TRUE(cluster_->set_down(false));
  log->read_to_end(later.done());
  expect_ok(later);
  EXPECT_FALSE(map().contains("a")) << "what was given up before it was sent is not written";
  log->stop();
}

TEST_F(TopicLogTest, StopAnswersWhatIsOpen) {
  topic("offsets", 1);
  ASSERT_TRUE(cluster_->set_down(true));
  const auto log = make("offsets");
  Answer ready, written, read, late;
  log->start(ready.done());
  log->write({{"a", "1"}}, written.done());
  log->read_to_end(read.done());
  const auto start = std::chrono::steady_clock::now();
  log->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  for (Answer *answer : {&ready, &written, &read}) {
    ASSERT_TRUE(answer->told());
    EXPECT_EQ(answer->wait()->error().code(), Code::Cancelled);
  }
  log->read_to_end(late.done());
  ASSERT_TRUE(late.told());
  EXPECT_FALSE(*late.wait());
}

TEST_F(TopicLogTest, ConcurrentReadersAllGetTheirAnswer) {
  topic("offsets", 4);
  const auto log = make("offsets");
  Answer ready;
  log->start(ready.done());
  expect_ok(ready);
  std::vector<Answer> answers(200);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (std::size_t i = t * 50; i < (t + 1) * 50; ++i)
          if (i % 2 == 0)
            log->read_to_end(answers[i].done());
          else
            log->write({{"k" + std::to_string(i), "v"}}, answers[i].done());
      });
  }
  for (Answer &answer : answers)
    expect_ok(answer);
  Answer read;
  log->read_to_end(read.done());
  expect_ok(read);
  EXPECT_EQ(map().size(), 100u);
  log->stop();
}

TEST_F(TopicLogTest, ATooLargeEntryFailsItsWriteOnly) {
  topic("offsets", 1);
  const auto log = make("offsets");
  Answer ready, bad, good;
  log->start(ready.done());
  log->write({{"a", std::string(2 << 20, 'x')}, {"b", "1"}}, bad.done());
  log->write({{"c", "1"}}, good.done());
  ASSERT_TRUE(bad.wait().has_value());
  ASSERT_FALSE(*bad.wait());
  EXPECT_EQ(bad.wait()->error().exception(),
            "org.apache.kafka.common.errors.RecordTooLargeException");
  expect_ok(good);
  log->stop();
}

TEST_F(TopicLogTest, AConfigurationThatCannotWorkFailsForGood) {
  TopicLog::Settings settings{.producer = config(ClientKind::StoreProducer),
                              .consumer = config(ClientKind::StoreConsumer),
                              .topic = {.topic = {.name = "offsets"}, .key = "k", .purpose = "p"},
                              .on_record = [](const LogRecord &) {}};
  settings.producer.set("acks", "7000");
  TopicLog log(std::move(settings));
  Answer ready, read;
  log.start(ready.done());
  ASSERT_TRUE(ready.wait().has_value());
  EXPECT_EQ(ready.wait()->error().code(), Code::Config);
  log.read_to_end(read.done());
  ASSERT_TRUE(read.wait().has_value());
  EXPECT_EQ(read.wait()->error().code(), Code::Config);
  log.stop();
}

} // namespace
} // namespace host::kafka
